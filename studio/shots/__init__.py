"""Shots, their recipes, takes and versions, and what became stale."""
