"""Who must hear of what: what each person owes and waits for, reminders of it, news, and how each wants to hear."""
