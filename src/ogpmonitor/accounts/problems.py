"""Why somebody did not get in: for the log with a reference, and for the page in plain words without details."""

from enum import StrEnum

from ogpmonitor.kit.errors import DomainError


class Reason(StrEnum):
    """What the page tells; the log knows more."""

    AWAY = "away"  # the provider does not answer, or not in time
    NONSENSE = "nonsense"  # what it answered cannot be believed
    CANCELLED = "cancelled"  # the person, or the provider, said no
    ENDED = "ended"  # the sign-in is not under way here: too old, used, or begun in another browser
    UNKNOWN = "unknown"  # nobody here is known by this account
    UNVERIFIED = "unverified"  # the provider did not verify the address
    ELSEWHERE = "elsewhere"  # an account of another organisation
    LINK_ENDED = "link_ended"  # a link by e-mail is too old, used, or a newer one was sent


class SignInRefused(DomainError):  # noqa: N818  the facts of the domain are named, not suffixed
    """Nobody was signed in. `detail` is for the log: it names no person and repeats nothing that was sent."""

    status = 403

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"sign_in.{reason}")
        self.reason, self.detail = reason, detail
