"""The actors: a design (plain JSON) becomes a jointed maquette that is posed and drawn frame by frame."""
