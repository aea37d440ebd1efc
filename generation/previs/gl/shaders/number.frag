flat in float number;
out float seen;
void main() { seen = number; }
