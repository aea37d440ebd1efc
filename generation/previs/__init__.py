"""previs: lit maquettes on a plain CPU. Sets, figures, cameras, light, voices and music with no weights."""
