"""What the neural engines share: models on disk and in memory, cards, precision, adapters, steps, previews. Nothing here imports torch before
it is used, and nothing here knows an engine."""
