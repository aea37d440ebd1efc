"""Client links: what somebody without an account may watch, say and sign."""
