// Python's % and //, which round down; GLSL leaves % of negative numbers open. b > 0.
int whole_mod(int a, int b) { return a >= 0 ? a % b : b - 1 - (-a - 1) % b; }
int whole_div(int a, int b) { return (a - whole_mod(a, b)) / b; }
