"""Seeing the whole of a plan at work: who has reported, what is due, the timeline, one unit's part."""
