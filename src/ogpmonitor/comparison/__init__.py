"""The same question asked of several jurisdictions. Made only from published facts."""
