"""What can go wrong that a person should hear about.

* DomainError
  x NotFound        the row is missing, or is somebody else's          404
  x NotSignedIn     nobody is signed in, and somebody must be          401
  x NotProved       somebody signed in too long ago for this step      401
  x NotPermitted    the actor may see it but not do this to it         403
  x TooSlow         what was being sent did not come                   408
  x Conflict        it is no longer in a state that allows this        409
  x Gone            it was there, and will not be again                410
  x TooLarge        more bytes than the setting allows                 413
  x Misdirected     asked at a host that is none of ours               421
  x Invalid         what was sent does not hold together               422
  x TooMany         it was done too often in a short time              429
  x Unavailable     a part this needs is not there just now            503

Each leaf carries `code`, a stable dotted name for machines and tests, and `message`, an English msgid for people.
"""

from collections.abc import Mapping


class DomainError(Exception):
    """An expected refusal. Raising it rolls the transaction back; it is not logged as an error."""

    status = 400

    def __init__(self, code: str, message: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.facts: Mapping[str, object] = facts


class NotFound(DomainError):  # noqa: N818  the facts of the domain are named, not suffixed
    status = 404

    def __init__(self, code: str = "not_found", message: str = "", **facts: object) -> None:
        super().__init__(code, message, **facts)


class NotSignedIn(DomainError):  # noqa: N818  see NotFound
    status = 401

    def __init__(self, code: str = "not_signed_in", message: str = "", **facts: object) -> None:
        super().__init__(code, message, **facts)


class NotProved(NotSignedIn):
    def __init__(self, code: str = "sign_in.too_long_ago", message: str = "", **facts: object) -> None:
        super().__init__(code, message, **facts)


class NotPermitted(DomainError):  # noqa: N818  see NotFound
    status = 403


class TooSlow(DomainError):  # noqa: N818  see NotFound
    status = 408


class Conflict(DomainError):  # noqa: N818  see NotFound
    status = 409


class Gone(DomainError):  # noqa: N818  see NotFound
    status = 410


class TooLarge(DomainError):  # noqa: N818  see NotFound
    status = 413


class Misdirected(DomainError):  # noqa: N818  see NotFound
    status = 421


class Invalid(DomainError):  # noqa: N818  see NotFound
    status = 422


class TooMany(DomainError):  # noqa: N818  see NotFound
    """`seconds` is after how long the same will be allowed again."""

    status = 429

    def __init__(self, code: str, message: str = "", *, seconds: int = 60, **facts: object) -> None:
        super().__init__(code, message, **facts)
        self.seconds = seconds


class Unavailable(DomainError):  # noqa: N818  see NotFound
    status = 503
