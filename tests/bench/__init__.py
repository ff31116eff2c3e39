"""Measurements against named floors, in the same run: `make bench`. See `harness.py` for how to add a row."""
