// One way of a blur by a bell (post.blur_across).
uniform sampler2D source, weights;
uniform ivec2 along;
uniform int reach;
uniform float share;
out vec4 blurred;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(source, 0) - 1;
    vec3 sum = vec3(0.0);
    for (int k = -reach; k <= reach; k++) sum += texelFetch(source, clamp(at + along * k, ivec2(0), last), 0).rgb * texelFetch(weights, ivec2(k + reach, 0), 0).r;
    blurred = vec4(sum * share, share);
}
