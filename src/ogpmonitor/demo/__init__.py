"""The demo: real jurisdictions and plans; invented people, reports, evidence and ratings, marked as such."""
