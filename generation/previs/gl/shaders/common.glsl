// What every pass knows. Row 0 of every target is the top row of the picture, so nothing is ever turned over.
layout(std140) uniform Scene {
    vec4 camera_[4];  // raster.VIEW
    vec4 air_[7];     // sky.AIR
    vec4 maps_[12];   // views of the sun's near and far map and of the spot's, each with the map's side as its 16th number
    vec4 decode_[3];  // of each map: depth to closeness (factor, offset), whether it is used
    vec4 softness_;   // sun (radians), spot (metres)
    vec4 lens_;       // focus, aperture and largest blur (pixels)
    vec4 look_[3];    // see post.finish
    vec4 rain_[2];    // kind, seed, time, wind; and where the cover begins (x, y), metres a cell
    vec4 drops_;      // colour of what falls
    ivec4 size_;      // width and height of the picture, lights, first triangle that moves
    ivec4 key_;       // of the grain; how many drops fall
};
uniform sampler2D records, materials, lights, geo;
float parts[PARTS];
float total[3];

float record_at(int t, int k) { return texelFetch(records, ivec2((t % ROW) * TEXELS + (k >> 2), t / ROW), 0)[k & 3]; }
float material_at(int m, int k) { return texelFetch(materials, ivec2(k >> 2, m), 0)[k & 3]; }
float light_at(int l, int k) { return texelFetch(lights, ivec2(k >> 2, l), 0)[k & 3]; }
vec4 geo_at(int y, int x) { return texelFetch(geo, ivec2(x, y), 0); }  // normal and depth
