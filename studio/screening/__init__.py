"""Playlists, and review sessions: several people watch one film at once, from where one of them stops it."""
