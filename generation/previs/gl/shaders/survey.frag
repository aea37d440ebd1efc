// Largest and smallest closeness of a block of a map (shadow.survey).
uniform sampler2D map;
uniform vec2 decode;
out vec2 bounds;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy) * BLOCK;
    float low = 2.0, high = -1.0;
    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++) {
            float d = texelFetch(map, at + ivec2(x, y), 0).r;
            low = min(low, d);
            high = max(high, d);
        }
    // Depth grows as closeness falls.
    bounds = vec2(low >= 1.0 ? EMPTY : low * decode.x + decode.y, high >= 1.0 ? EMPTY : high * decode.x + decode.y);
}
