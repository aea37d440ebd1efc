// Raw visibility of sun and spot (shadow.visibility). Where only every other pixel is asked, only those have a place in the target.
uniform sampler2D asked;
out vec2 raw;
void main() {
    int y = int(gl_FragCoord.y), x = int(gl_FragCoord.x);
    if (SPARSE) x = 2 * x + (y & 1);
    raw = vec2(UNASKED);
    vec4 g = geo_at(y, x);
    vec2 ask = texelFetch(asked, ivec2(x, y), 0).rg;
    if (g.a <= 0.0 || ask.x + ask.y == 0.0) return;
    vec3 right = vec3(camera_[0].w, camera_[1].xy), up = vec3(camera_[1].zw, camera_[2].x), ahead = camera_[2].yzw;
    vec2 slope = vec2(float(x) + 0.5 - camera_[3].y, camera_[3].z - float(y) - 0.5) / camera_[3].x;
    vec3 p = camera_[0].xyz + (ahead + right * slope.x + up * slope.y) * g.a, n = g.xyz;
    vec2 turn = TURNS[(y & 3) * 4 + (x & 3)];
    if (ask.x > 0.0) {
        vec3 d = p - maps_[0].xyz;
        float u = maps_[3].y + dot(vec3(maps_[0].w, maps_[1].xy), d) * maps_[3].x;
        float v = maps_[3].z - dot(vec3(maps_[1].zw, maps_[2].x), d) * maps_[3].x;
        bool outside = min(u, v) < 32.0 || max(u, v) > maps_[3].w - 32.0;
        if (decode_[1].z > 0.0 && outside) raw.x = k_lit(1, 1, 1, 1, true, softness_.x, float(WIDE * BLOCK), p.x, p.y, p.z, n.x, n.y, n.z, turn.x, turn.y);
        else raw.x = k_lit(0, 0, 0, 0, true, softness_.x, float(WIDE * BLOCK), p.x, p.y, p.z, n.x, n.y, n.z, turn.x, turn.y);
    }
    if (ask.y > 0.0) raw.y = k_lit(2, 2, 2, 2, false, softness_.y, float(WIDE * BLOCK), p.x, p.y, p.z, n.x, n.y, n.z, turn.x, turn.y);
}
