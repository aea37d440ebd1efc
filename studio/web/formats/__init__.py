"""Numbers and typed days are written alike in every language: they go into attributes, addresses and fields, where browsers and scripts read them.
Days as people read them follow each language."""
