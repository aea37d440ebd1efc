"""Other machines that work for us: their addresses, keys, settings and prices, kept by operators."""
