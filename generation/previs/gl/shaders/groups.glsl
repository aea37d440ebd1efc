// The surfaces of a pixel, as light.shade finds them: samples that lie on one smooth surface are one group, named by its first sample.
uniform sampler2DMS seen;
ivec4 tri, label;
vec4 closest;
bool whole;
float normal_of[3];

// Closeness of triangle t at a place on the screen: where the ray through it meets the triangle's plane.
float closeness(int t, vec2 p) {
    if (t < 0) return 0.0;
    vec3 right = vec3(camera_[0].w, camera_[1].xy), up = vec3(camera_[1].zw, camera_[2].x), ahead = camera_[2].yzw;
    vec3 ray = ahead + right * ((p.x - camera_[3].y) / camera_[3].x) + up * ((camera_[3].z - p.y) / camera_[3].x);
    vec3 face = vec3(record_at(t, 18), record_at(t, 19), record_at(t, 20));
    vec3 away = vec3(record_at(t, 0), record_at(t, 1), record_at(t, 2)) - camera_[0].xyz;
    float toward = dot(face, ray);
    float z = abs(toward) < 1e-4 ? 1.0 / dot(ahead, away) : toward / dot(face, away);
    return clamp(z, 1e-5, 1.0 / NEAR);
}

void look(ivec2 at) {
    for (int s = 0; s < 4; s++) tri[s] = int(texelFetch(seen, at, s).r) - 1;
    label = ivec4(0);
    whole = tri.x == tri.y && tri.y == tri.z && tri.z == tri.w;
    if (whole) return;
    for (int s = 0; s < 4; s++) closest[s] = closeness(tri[s], vec2(at) + OFFSETS[s]);
    for (int s = 1; s < 4; s++) {
        label[s] = s;
        for (int q = 0; q < s; q++)
            if (label[s] == s && label[q] == q && k_alike(tri[q], tri[s], closest[q], closest[s])) label[s] = q;
    }
}

ivec4 members(int q) { return ivec4(equal(label, ivec4(q))); }
int amount(int q) { ivec4 m = members(q); return m.x + m.y + m.z + m.w; }

int largest() {
    int own = 0;
    for (int q = 1; q < 4; q++)
        if (label[q] == q && amount(q) > amount(own)) own = q;
    return own;
}

// Middle of a group: its place on the screen and its closeness.
vec3 middle(ivec2 at, int q) {
    if (whole) return vec3(vec2(at) + 0.5, closeness(tri.x, vec2(at) + 0.5));
    vec4 m = vec4(members(q));
    float share = 1.0 / float(amount(q));
    vec2 place = OFFSETS[0] * m.x + OFFSETS[1] * m.y + OFFSETS[2] * m.z + OFFSETS[3] * m.w;
    return vec3(vec2(at) + place * share, dot(closest, m) * share);
}

void shade_group(int t, vec3 at) {
    int material = t >= 0 ? int(record_at(t, 21)) : 0;
    normal_of = k_fragment(0, t, at.z, at.x, at.y, material, size_.z, t >= size_.w);
}
