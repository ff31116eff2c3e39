"""Reading a folder of tenants: all of them, or nothing and every reason why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ogpmonitor.kit.datafiles import DataRefused, Problem, read_toml
from ogpmonitor.tenants.logo import check_logo
from ogpmonitor.tenants.schemas import TenantFile

__all__ = ["DataRefused", "Page", "Problem", "TenantFolder", "read_tenants"]

PAGES = ("about",)
LEFT_OPEN = "FILL IN:"  # what `tenants new` writes where nobody answered
_PAGE_NAME = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<language>[a-z]{2})\.md")
KNOWN = frozenset({"tenant.toml", "plans", "demo", "pages"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the tenant's own, as Markdown in one language."""

    name: str
    language: str
    markdown: str


@dataclass(frozen=True, slots=True)
class TenantFolder:
    """One folder of `tenants/`. Plans and demo content are only named here: their rooms read them."""

    tenant: TenantFile
    path: Path
    logo_svg: str
    pages: Mapping[tuple[str, str], Page] = field(default_factory=dict)
    plan_files: tuple[Path, ...] = ()
    demo_files: tuple[Path, ...] = ()


def read_tenants(folder: Path) -> tuple[TenantFolder, ...]:
    """Every tenant under `folder`, by slug.

    Raises:
        DataRefused: one or more problems anywhere; nothing was loaded.
    """
    if not folder.is_dir():
        raise DataRefused([Problem(str(folder), "", "is not a folder")])
    problems: list[Problem] = []
    tenants: list[TenantFolder] = []
    for path in sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")):
        try:
            tenants.append(_read_tenant(path, below=folder))
        except DataRefused as refused:
            problems.extend(refused.problems)
    problems.extend(_shared_hosts(tenants))
    if not tenants and not problems:
        problems.append(Problem(str(folder), "", "holds no tenant"))
    if problems:
        raise DataRefused(problems)
    return tuple(tenants)


def _read_tenant(path: Path, *, below: Path) -> TenantFolder:
    if left_open := list(_left_open(path)):
        raise DataRefused(left_open)
    tenant = read_toml(path / "tenant.toml", TenantFile, below=below)
    name = path.name
    problems = (
        [] if tenant.slug == name else [Problem(f"{name}/tenant.toml", "slug", f"is not the folder's name {name!r}")]
    )
    logo = _read_text(path / tenant.logo, f"{name}/{tenant.logo}", problems)
    if logo is not None:
        problems.extend(Problem(f"{name}/{tenant.logo}", "", reason) for reason in check_logo(logo))
    problems.extend(
        Problem(f"{name}/{entry.name}", "", "is not a file this folder knows")
        for entry in sorted(path.iterdir())
        if entry.name not in KNOWN | {tenant.logo} and not entry.name.startswith(".")
    )
    pages = _read_pages(path / "pages", tenant, problems)
    if problems:
        raise DataRefused(problems)
    plans, demo = (tuple(sorted((path / kind).glob("*.toml"))) for kind in ("plans", "demo"))
    return TenantFolder(tenant, path, logo or "", pages, plans, demo)


def _left_open(folder: Path) -> Iterator[Problem]:
    """Every line of the folder that is still to be written by somebody."""
    for path in (folder / "tenant.toml", *sorted((folder / "pages").glob("*.md"))):
        file = str(path.relative_to(folder.parent))
        lines = (_read_text(path, file, []) or "").splitlines()
        for number, line in enumerate(lines, start=1):
            _, marked, what = line.partition(LEFT_OPEN)
            if marked:
                yield Problem(file, f"line {number}", f"is still to be filled in: {what.strip()}")


def _read_pages(folder: Path, tenant: TenantFile, problems: list[Problem]) -> dict[tuple[str, str], Page]:
    pages: dict[tuple[str, str], Page] = {}
    for path in sorted(folder.glob("*")):
        file = f"{tenant.slug}/pages/{path.name}"
        named = _PAGE_NAME.fullmatch(path.name)
        if named is None or named["language"] not in tenant.languages:
            problems.append(Problem(file, "", "is not named like about.es.md, in a language of the tenant"))
            continue
        text = _read_text(path, file, problems)
        if text is not None:
            pages[named["name"], named["language"]] = Page(named["name"], named["language"], text)
    for name in sorted({*PAGES, *(name for name, _ in pages)}):
        problems.extend(
            Problem(f"{tenant.slug}/pages/{name}.{language}.md", "", "is missing or empty")
            for language in tenant.languages
            if (name, language) not in pages or not pages[name, language].markdown.strip()
        )
    return pages


def _read_text(path: Path, file: str, problems: list[Problem]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(Problem(file, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        problems.append(Problem(file, "", "is not UTF-8 text"))
    return None


def _shared_hosts(tenants: list[TenantFolder]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for folder in tenants:
        slug = folder.tenant.slug
        for host in folder.tenant.hosts:
            owner = owners.setdefault(host, slug)
            if owner != slug:
                yield Problem(f"{slug}/tenant.toml", "hosts", f"{host!r} already belongs to {owner!r}")
