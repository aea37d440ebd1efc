// Reading the shadow maps as shadow.lit does: closeness of what is nearest to the light.
uniform sampler2D near_map, far_map, spot_map, near_survey, far_survey, spot_survey;
int map_size(int m) { return int(maps_[m * 4 + 3][3]); }
float near_at(int m, int v, int u) {
    float d;
    if (m == 0) d = texelFetch(near_map, ivec2(u, v), 0).r;
    else if (m == 1) d = texelFetch(far_map, ivec2(u, v), 0).r;
    else d = texelFetch(spot_map, ivec2(u, v), 0).r;
    return d >= 1.0 ? EMPTY : d * decode_[m].x + decode_[m].y;
}
vec2 survey_at(int m, int v, int u) {
    if (m == 0) return texelFetch(near_survey, ivec2(u, v), 0).rg;
    if (m == 1) return texelFetch(far_survey, ivec2(u, v), 0).rg;
    return texelFetch(spot_survey, ivec2(u, v), 0).rg;
}
