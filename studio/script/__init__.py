"""The screenplay: Fountain text, what it means for the camera, and the sample film's script."""
