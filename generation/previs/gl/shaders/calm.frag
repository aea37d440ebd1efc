// The one value each light's visibility has over a tile and its margin, or 2 where there are several (shadow.smooth).
out vec2 value;
void main() {
    ivec2 from = ivec2(gl_FragCoord.xy) * TILE;
    vec2 low = vec2(4.0), high = vec2(UNASKED);
    ivec2 a = max(ivec2(0), from - 1), b = min(size_.xy, from + TILE + 2);
    for (int y = a.y; y < b.y; y++)
        for (int x = a.x; x < b.x; x++) {
            vec2 r = raw_at(y, x);
            bvec2 known = greaterThanEqual(r, vec2(0.0));
            if (known.x) { low.x = min(low.x, r.x); high.x = max(high.x, r.x); }
            if (known.y) { low.y = min(low.y, r.y); high.y = max(high.y, r.y); }
        }
    value = vec2(high.x > low.x ? 2.0 : max(0.0, high.x), high.y > low.y ? 2.0 : max(0.0, high.y));
}
