"""The demo: real jurisdictions and plans, and invented people, reports, evidence and ratings that are marked as such."""
