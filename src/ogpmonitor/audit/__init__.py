"""The append-only record of who did what; it knows actors only by id."""
