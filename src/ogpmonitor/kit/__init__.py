"""Plumbing that has never heard of open government."""
