uniform sampler2D still;
void main() { gl_FragDepth = texelFetch(still, ivec2(gl_FragCoord.xy), 0).r; }
