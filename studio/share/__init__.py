"""Links for clients: one page without an account, for exactly one frozen cut."""
