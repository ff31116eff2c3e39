"""Files and links that back a milestone: submit, review, withdraw."""
