"""Productions, who works on them and with what right, invitations, and who is here now."""
