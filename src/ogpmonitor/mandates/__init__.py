"""Who may assess a jurisdiction: monitoring bodies, confirmed by OGP or an operator, for a term."""
