"""The limits, in one table. A route names the one it is under; docs/security/limits.md says the same for people.

They are wide: a whole ministry may share one address, and a form saves itself while somebody writes. They end floods
and guessing, not work.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limit:
    """At most `most` at once, and as many again in each `per`; what is used comes back evenly, not at the hour."""

    name: str
    most: int
    per: timedelta


MINUTE = timedelta(minutes=1)
SIGN_IN = Limit("sign-in", 100, 10 * MINUTE)  # by address, so of a whole office
LINK = Limit("link", 600, 10 * MINUTE)  # opening links that came by mail: 32 random bytes each
VERIFY = Limit("verify", 60, MINUTE)  # each recomputes a proof
VERIFY_FILE = Limit("verify-file", 20, MINUTE)  # each reads up to 25 MB
COMPARE = Limit("compare", 120, MINUTE)  # every jurisdiction at once, where the page is not kept in memory
EXPORT = Limit("export", 120, MINUTE)  # whole editions, spreadsheets, histories
REPORT = Limit("report", 60, MINUTE)  # laying out a report is the dearest thing that a stranger can ask for
WRITE = Limit("write", 3000, 10 * MINUTE)  # whatever changes something, by address
WRITE_AS = Limit("write-as", 1200, 10 * MINUTE)  # and by account
UPLOAD = Limit("upload", 300, 10 * MINUTE)  # forms with files, by account
