"""Pages that look across rooms: home, a project's overview, the film line, search, the sample film."""
