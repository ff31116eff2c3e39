"""Who must hear of what: reminders, digests and mail."""
