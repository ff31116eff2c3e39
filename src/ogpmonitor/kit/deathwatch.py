"""Children that end when their parent does, even when it was killed and could not say goodbye."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A function for `subprocess`'s `preexec_fn`: the child gets signal `number` when the thread that made it ends.

    None where the system knows no such thing (only Linux does).
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: afterwards only the call itself is safe
    parent = os.getpid()

    def watch() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), number)

    return watch
