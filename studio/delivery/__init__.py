"""Exports: a frozen cut as a file one can take away."""
