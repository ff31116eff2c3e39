"""The action plan, its commitments and their milestones: draft, publish, amend, report progress."""
