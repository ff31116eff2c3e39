"""OGP Monitor: local open government action plans that anyone can follow, rate and verify."""
