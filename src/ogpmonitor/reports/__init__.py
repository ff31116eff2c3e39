"""Documents to print: an edition of a plan as HTML and as PDF."""
