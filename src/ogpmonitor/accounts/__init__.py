"""People, memberships, sessions, and the one table of permissions."""
