"""Reporting by period: when units report, what each says of its milestones, and whether it was accepted."""
