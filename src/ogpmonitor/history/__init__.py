"""Who changed what, when and why: the audit record as people read it."""
