"""Choosing an engine and filling in its form: what every room that asks for generated things has in common. No rows of its own."""
