"""The append-only, hash-chained log: the one source of audit, activity, live updates and webhooks."""
