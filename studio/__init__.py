"""Everything a person touches: one Django app per room."""
