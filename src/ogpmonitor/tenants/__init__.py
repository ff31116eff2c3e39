"""Who is being monitored: identity, hosts, languages, look, words and switches, as data."""
