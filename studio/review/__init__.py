"""Notes on frames, what is drawn on them, and the verdict on exactly one cut revision."""
