"""Characters and places, what they look like, and what is true in a scene."""
