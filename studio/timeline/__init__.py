"""The cut: clips in order, every edit an operation that can be undone, and what the player and the export play."""
