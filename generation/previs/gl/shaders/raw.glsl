uniform sampler2D raw;
vec2 raw_at(int y, int x) {
    if (!SPARSE) return texelFetch(raw, ivec2(x, y), 0).rg;
    return ((x + y) & 1) == 1 ? vec2(UNASKED) : texelFetch(raw, ivec2(x >> 1, y), 0).rg;
}
