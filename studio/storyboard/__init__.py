"""Panels: what each shot will look like, before any take of it exists."""
