"""Everything a machine computes: a library with no Django in it, usable from a script."""
