// The pixel's own surface: normal and depth, id, and whether sun and spot could light it at all.
layout(location = 0) out vec4 surface;
layout(location = 1) out uint id;
layout(location = 2) out vec2 asked;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    look(at);
    int q = largest(), t = tri[q];
    vec3 m = middle(at, q);
    asked = vec2(0.0);
    surface = vec4(0.0);
    id = 0u;
    if (t < 0) return;
    shade_group(t, m);
    vec3 n = vec3(normal_of[0], normal_of[1], normal_of[2]);
    surface = vec4(n, 1.0 / m.z);
    id = uint(record_at(t, 22));
    float wrap = material_at(int(record_at(t, 21)), 7);
    vec3 right = vec3(camera_[0].w, camera_[1].xy), up = vec3(camera_[1].zw, camera_[2].x), ahead = camera_[2].yzw;
    vec3 ray = ahead + right * ((m.x - camera_[3].y) / camera_[3].x) + up * ((camera_[3].z - m.y) / camera_[3].x);
    vec3 p = camera_[0].xyz + ray / m.z;
    vec3 sun = vec3(air_[4].w, air_[5].xy);
    float[4] lamp = k_lamp(size_.z, p.x, p.y, p.z);
    asked.x = decode_[0].z > 0.0 && dot(n, sun) + wrap > 0.0 ? 1.0 : 0.0;
    asked.y = decode_[2].z > 0.0 && lamp[3] > 0.0 && dot(n, vec3(lamp[0], lamp[1], lamp[2])) + wrap > 0.0 ? 1.0 : 0.0;
}
