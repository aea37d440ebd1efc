"""Files by content: the store, what may be served to whom, renditions, and range serving."""
