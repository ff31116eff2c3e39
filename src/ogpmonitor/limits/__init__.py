"""How often somebody may do something: by the network address a request comes from, and by account."""
