"""Running a server's programs as somebody who owns nothing else, when we ourselves are root.

PostgreSQL refuses to run as root. Opening our folders to another user would be worse than the illness, so:

* The server gets a user number of its own, out of the range systemd keeps for services that need no account
  (`61184..65519`, `DynamicUser=`). No other process has it, so nobody else owns what it owns.
* It starts *inside* its folder and names that folder `/proc/self/cwd`. Folders above it may stay closed: a process that
  already stands in a folder needs no way in (path_resolution(7), proc(5)).
* Programs that the user cannot reach (a virtual environment below a closed home) are copied to a temporary folder.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

HERE = "/proc/self/cwd"
_FIRST, _LAST = 61184, 65519
_SHORT_FOLDERS = ("/tmp", "/var/tmp", "/run")  # noqa: S108 (what we make there is private and has a random name)


class AsAccount(TypedDict, total=False):
    """What `subprocess` takes to become somebody else; empty when we stay who we are."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True)
class Account:
    """A user and group number to run as. The account of the current process is `Account.mine()`."""

    uid: int
    gid: int

    @classmethod
    def mine(cls) -> "Account":
        """Who we are now."""
        return cls(os.geteuid(), os.getegid())

    @property
    def arguments(self) -> AsAccount:
        """Keyword arguments for `subprocess` that run a program as this account."""
        if self == Account.mine():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": ()}

    def own(self, folder: Path) -> None:
        """Everything in `folder`, itself included, belongs to this account; links are not followed."""
        os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        for root, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(root, name), self.uid, self.gid, follow_symlinks=False)


def named_account() -> Account:
    """The account `nobody`: needed where a program insists on a user with a name."""
    if os.geteuid() != 0:
        return Account.mine()
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def private_account(folder: Path) -> Account:
    """An account that nobody else on this machine has, the same for the same folder; `nobody` where there is none.

    A container that maps few user numbers has none to spare.
    """
    if os.geteuid() != 0:
        return Account.mine()
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    start = int.from_bytes(hashlib.sha256(os.fsencode(folder.resolve())).digest()[:4], "big")
    for step in range(_LAST - _FIRST + 1):
        uid = _FIRST + (start + step) % (_LAST - _FIRST + 1)
        if uid not in taken:
            account = Account(uid, uid)
            return account if _can_run(("/bin/sh", "-c", ":"), account) else named_account()
    return named_account()


def starts_inside() -> bool:
    """Whether a server must be given its folder as `HERE` rather than by its path: as root, where `/proc` is there."""
    return os.geteuid() == 0 and Path(HERE).exists()


def reachable_programs(
    programs: Path, libraries: Path, account: Account, *, needed: Sequence[str]
) -> tuple[Path, Path | None]:
    """A folder whose `bin` holds the `needed` programs where `account` can run them, and what to delete afterwards.

    Nothing is to be deleted when `account` can run them where they are. In a copy, `programs` and `libraries` keep
    their places relative to each other, because programs find their libraries by a relative path.
    """
    probe = Path("bin", needed[0])
    if _can_run((str(programs / probe), "--version"), account):
        return programs, None
    for parent in _SHORT_FOLDERS:
        if not os.access(parent, os.W_OK):
            continue
        folder = Path(tempfile.mkdtemp(prefix="programs-", dir=parent))
        copy = _copied(programs, libraries, folder, needed)
        if _can_run((str(copy / probe), "--version"), account):
            return copy, folder
        shutil.rmtree(folder)  # mounted without permission to execute, most likely
    message = f"user {account.uid} can neither run {programs / probe} nor a copy of it in {', '.join(_SHORT_FOLDERS)}"
    raise PermissionError(message)


def short_folder(account: Account) -> Path:
    """A new folder with a short path that only `account` can enter."""
    parent = next((name for name in _SHORT_FOLDERS if os.access(name, os.W_OK)), tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="socket-", dir=parent))
    os.chown(folder, account.uid, account.gid)
    return folder


def _copied(programs: Path, libraries: Path, folder: Path, needed: Sequence[str]) -> Path:
    def leave_out(parent: str, names: list[str]) -> list[str]:
        if Path(parent) == programs / "bin":
            return [name for name in names if name not in needed]
        return [name for name in names if name in {"include", "pkgconfig", "pgxs"} or name.endswith(".a")]

    copy = folder / programs.parent.name / programs.name
    shutil.copytree(programs, copy, ignore=leave_out)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copy


def _can_run(command: Sequence[str], account: Account) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **account.arguments)  # noqa: S603 (our own programs)
    except (OSError, ValueError):
        return False
    return done.returncode == 0
