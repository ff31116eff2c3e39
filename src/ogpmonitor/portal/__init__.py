"""The public site: home, jurisdiction, plan, commitment, history. Made only from the register."""
