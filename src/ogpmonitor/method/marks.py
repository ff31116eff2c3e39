"""How sure we are of a rule, a label or a number of the method."""

from typing import Literal

# confirmed: read on a public page of OGP. derived: held in everything we looked at. unconfirmed: general knowledge.
Mark = Literal["confirmed", "derived", "unconfirmed"]
