"""Lines and voices, music, room tone, and the mix."""
