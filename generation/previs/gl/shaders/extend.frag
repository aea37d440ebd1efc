// The same over all blocks a disc of taps can meet (shadow.extend).
uniform sampler2D map;
out vec2 bounds;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(map, 0) - 1;
    bounds = texelFetch(map, at, 0).rg;
    for (int y = -WIDE; y <= WIDE; y++)
        for (int x = -WIDE; x <= WIDE; x++) {
            vec2 b = texelFetch(map, clamp(at + ivec2(x, y), ivec2(0), last), 0).rg;
            bounds = vec2(max(bounds.x, b.x), min(bounds.y, b.y));
        }
}
