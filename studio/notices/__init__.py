"""Who is told of what, on the page, by mail, and by calling other programs."""
