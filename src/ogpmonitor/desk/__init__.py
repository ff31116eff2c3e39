"""The platform's desk: jurisdictions and their state, background work, the platform's record. No word of a draft."""
