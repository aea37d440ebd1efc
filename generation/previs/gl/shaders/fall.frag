flat in float drop[8];
out vec4 light;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float depth = geo_at(at.y, at.x).a;
    light = vec4(0.0);
    if (depth > 0.0 && depth <= drop[2]) discard;
    vec2 gap = vec2(at) + 0.5 - vec2(drop[0], drop[1]), streak = vec2(drop[5], drop[6]);
    float dots = drop[7], sum = 0.0;
    if (dots < 1.5) sum = k_falloff(gap.x, gap.y, drop[3]);
    else {
        // Of the dots along the streak only those near this pixel reach it.
        float long2 = dot(streak, streak), middle = -dot(gap, streak) / long2 * dots - 0.5, near = drop[3] * dots * inversesqrt(long2);
        int first = max(0, int(ceil(middle - near))), last = min(int(dots) - 1, int(floor(middle + near)));
        for (int s = first; s <= last; s++) {
            float a = (float(s) + 0.5) / dots;
            vec2 d = gap + streak * a;
            sum += k_swell(a) * k_falloff(d.x, d.y, drop[3]);
        }
    }
    light = vec4(drops_.rgb * (sum * drop[4]), 0.0);
}
