"""RUN, the number by which Chile knows a person: checked, and kept only as a hash that nobody can count back."""

import hashlib
import hmac
import re

_SHAPE = re.compile(r"0*([1-9][0-9]{0,8})-?([0-9Kk])")


def check_digit(number: int) -> str:
    """The digit that belongs to `number`: modulo 11, "K" for ten."""
    total, factor = 0, 2
    while number:
        number, digit = divmod(number, 10)
        total += digit * factor
        factor = 2 if factor == 7 else factor + 1
    return "0123456789K0"[11 - total % 11]


def read_run(written: str) -> str:
    """`written` as "12345678-5"; points and spaces are left aside, and so are zeros in front.

    Raises:
        ValueError: it is no RUN, or its check digit is another.
    """
    found = _SHAPE.fullmatch(re.sub(r"[.\s]", "", written))
    if found is None or check_digit(int(found[1])) != found[2].upper():
        raise ValueError("not a RUN")
    return f"{found[1]}-{found[2].upper()}"


def keyed_hash(secret: str, purpose: str, value: str) -> str:
    """What is kept of `value`: without the deployment's secret nobody can try all values there are.

    `purpose` keeps the same value from being recognised in two places.
    """
    key = hmac.new(secret.encode(), f"ogpmonitor {purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
