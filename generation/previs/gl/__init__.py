"""The second renderer of previs: the picture of `generation.previs.render`, drawn through OpenGL on EGL. Import nothing of it unless you draw."""
