"""What engines that write have in common: the form, JSON schemas and whether an answer keeps to one. Imports nothing heavy."""
