// The sum of light of a pixel's surfaces, with occlusion and shadows put in (summing.compose).
uniform sampler2D calm;
out vec4 light;
vec2 visible(ivec2 at) {
    vec2 v = texelFetch(calm, at / TILE, 0).rg;
    if (v.x > 1.5) v.x = k_blurred(0, at.y, at.x);
    if (v.y > 1.5) v.y = k_blurred(1, at.y, at.x);
    return v;
}
// Where a surface that is not the pixel's own finds its shadows: the neighbour of nearest depth.
ivec2 neighbour(ivec2 at, float w) {
    float best = 1e9;
    ivec2 found = at;
    for (int y = max(0, at.y - 1); y < min(size_.y, at.y + 2); y++)
        for (int x = max(0, at.x - 1); x < min(size_.x, at.x + 2); x++) {
            float gap = abs(geo_at(y, x).a - w);
            if (gap < best) { best = gap; found = ivec2(x, y); }
        }
    return found;
}
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    look(at);
    // Groups one after another without gaps, so that pixels worked on together do not wait for each other's numbers.
    int own = largest(), groups = 1;
    ivec4 order = ivec4(0);
    for (int q = 1; q < 4; q++)
        if (label[q] == q) order[groups++] = q;
    float used = 0.0;
    total = float[3](0.0, 0.0, 0.0);
    for (int g = 0; g < groups; g++) {
        int q = order[g], t = tri[q];
        vec3 m = middle(at, q);
        shade_group(t, m);
        float w = t >= 0 ? 1.0 / m.z : 0.0;
        ivec2 b = q == own ? at : neighbour(at, w);
        float open = w > 0.0 ? k_openness(STEP, b.y, b.x, geo_at(b.y, b.x).a) : 1.0;
        vec2 v = visible(b);
        used += k_add(float(amount(q)) * 0.25, open, v.x, v.y);
    }
    float inverse = used > 0.0 ? 1.0 / used : 0.0;
    light = vec4(total[0] * inverse, total[1] * inverse, total[2] * inverse, 1.0);
}
