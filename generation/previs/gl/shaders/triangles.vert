// A view's triangles, one after another; the fourth number of the view's last row says whether it is parallel.
uniform vec4 view[4];
uniform vec2 target;   // pixels of what is drawn into
uniform vec2 range;    // parallel: distance where depth is 0, and metres to where it is 1
in vec3 corner;
flat out float number;
void main() {
    vec3 d = corner - view[0].xyz;
    vec3 right = vec3(view[0].w, view[1].xy), up = vec3(view[1].zw, view[2].x), ahead = view[2].yzw;
    vec3 p = vec3(dot(d, right), dot(d, up), dot(d, ahead));
    float scale = view[3].x;
    vec2 centre = view[3].yz;
    if (view[3].w > 0.5) gl_Position = vec4((centre + vec2(p.x, -p.y) * scale) / target * 2.0 - 1.0, (p.z - range.x) / range.y * 2.0 - 1.0, 1.0);
    else gl_Position = vec4((centre * p.z + vec2(p.x, -p.y) * scale) / target * 2.0 - p.z, p.z - 2.0 * NEAR, p.z);
    number = float(gl_VertexID / 3 + 1);
}
