// One drop of rain or flake of snow: a quad around its streak.
flat out float drop[8];
void main() {
    drop = k_drop(gl_InstanceID, size_.x, size_.y, int(rain_[0].x), int(rain_[0].y), rain_[0].z, rain_[0].w);
    vec2 head = vec2(drop[0], drop[1]), tail = head - vec2(drop[5], drop[6]);
    vec2 low = min(head, tail) - drop[3] - 1.0, high = max(head, tail) + drop[3] + 2.0;
    vec2 p = vec2((gl_VertexID & 1) == 0 ? low.x : high.x, (gl_VertexID & 2) == 0 ? low.y : high.y);
    gl_Position = drop[4] > 0.0 ? vec4(p / vec2(size_.xy) * 2.0 - 1.0, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}
