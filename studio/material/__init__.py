"""Pieces of material: pictures, clips, sounds and texts that were generated or uploaded and are not (yet) a take of something."""
