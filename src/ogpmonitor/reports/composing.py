"""One report in words: the context of its page, and the sheet of paper that is handed over to be drawn."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ogpmonitor.kit.i18n import msgid, translate, translations
from ogpmonitor.kit.qr import qr_code
from ogpmonitor.kit.static import SHEET, StaticFiles, tenant_css
from ogpmonitor.kit.templating import Templates
from ogpmonitor.register.documents import canonical_json
from ogpmonitor.register.export import export_edition
from ogpmonitor.register.log import written
from ogpmonitor.reports.endofterm import EndOfTerm, Source, ToldAssessment, end_of_term
from ogpmonitor.reports.printing import SHEETS, SOURCES, Sheet, font_faces, fonts
from ogpmonitor.tenants.directory import KnownTenant

PRINT = "reports/end_of_term_print.html"
ATTACHMENT = msgid("The edition this report was made from: its manifest, every document and its place in the log.")
_RELEASE_FILES = (".css", ".html", ".po", ".py", ".toml", ".woff2")
_DRAWN_BY = ("weasyprint", "pydyf", "fonttools", "jinja2", "babel")


class Composer:
    """Composes reports with the templates and files of one release, for a deployment at `base_url`."""

    def __init__(self, templates: Templates, static: StaticFiles, folder: Path, base_url: str) -> None:
        self._templates, self._static, self._folder = templates, static, folder
        self.base_url = base_url.rstrip("/")

    def version(self, tenant: KnownTenant) -> str:
        """What besides the edition and the language decides the bytes: this release, the tenant's look, our address."""
        parts = (release(self._folder), tenant.digest, self.base_url)
        return hashlib.sha256(canonical_json(list(parts))).hexdigest()[:16]

    def compose(self, source: Source, tenant: KnownTenant, lang: str) -> Sheet:
        """The report of `source` on paper, in `lang`; everything it needs comes along."""
        report = end_of_term(source, tenant.zone)
        edition = source.published.edition
        html = self._templates.render(
            PRINT,
            lang,
            zone=tenant.zone,
            **self._context(report, tenant, lang),
            created=written(edition.published_at),
            sheets=[f"report:{name}" for name in ("fonts.css", "end-of-term.css", "words.css")],
        )
        return Sheet(
            html=html,
            at=edition.published_at.astimezone(UTC),
            identifier=f"{edition.sha256}/{lang}",
            files=self._files(report, tenant, lang),
            attachment_name=f"{file_stem(source)}.json",
            attachment=export_edition(source.published, source.proof),
            attachment_description=translate(lang, ATTACHMENT),
        )

    def _context(self, report: EndOfTerm, tenant: KnownTenant, lang: str) -> dict[str, Any]:
        edition = report.published.edition
        plan, words = report.plan, translations(lang)
        title = words.pgettext("report", "End-of-term report")
        number = translate(lang, "Edition %(number)s", number=edition.number)
        return {
            "tenant": tenant,
            "report": report,
            "asset": lambda name: f"report:{name}",
            "link": lambda path: f"{self.base_url}/{lang}/{path}",
            "contents": contents(report, lang),
            "canonical_url": f"{self.base_url}/{lang}/{report_path(tenant.slug, plan.slug)}",
            "verify_url": self.verify_url(report, lang),
            "running_line": f"{tenant.name.in_(lang)} · {title} · {number}",
            "foot_line": f"{edition.sha256[:16]}…",
        }

    def verify_url(self, report: EndOfTerm, lang: str) -> str:
        """Where this very edition is recomputed for whoever asks."""
        return f"{self.base_url}/{lang}/verify/{report.published.edition.sha256}"

    def _files(self, report: EndOfTerm, tenant: KnownTenant, lang: str) -> dict[str, bytes]:
        embedded = fonts()
        colours = tenant_css(tenant.accent, tenant.accent_dark)
        return {
            **embedded,
            **{name: self._sheet(name) for name in (SHEET, "report.css")},
            **{path.name: path.read_bytes() for path in sorted(SHEETS.glob("*.css"))},
            f"static/tenants/{tenant.slug}.css": colours.encode(),
            "fonts.css": font_faces(embedded).encode(),
            "words.css": _margin_words(report, lang).encode(),
            "logo.svg": tenant.logo_svg.encode(),
            "qr.svg": qr_code(self.verify_url(report, lang)),
        }

    def _sheet(self, name: str) -> bytes:
        fingerprint = self._static.url(name).split("/")[2]
        found = self._static.find(fingerprint, name)
        return found.content if found else b""


def contents(report: EndOfTerm, lang: str) -> list[tuple[str, str, int]]:
    """The id, words and level of every part, in order."""
    words = translations(lang)
    parts: list[tuple[str, str, int]] = [
        ("at-a-glance", words.pgettext("report", "At a glance"), 1),
        ("indicators", words.pgettext("report", "Indicators"), 1),
        ("co-creation", words.pgettext("report", "How the plan was made"), 1),
    ]
    parts.extend(_assessments(report.plan_assessments, lang))
    for section in report.sections:
        parts.append((f"commitment-{section.code}", f"{section.code} · {section.document.title.in_(lang)}", 1))
        parts.extend(_assessments(section.assessments, lang))
    parts.append(("method", words.pgettext("report", "Method and scales"), 1))
    parts.append(("annex", words.pgettext("report", "Annex: fingerprints"), 1))
    return parts


def _assessments(told: Sequence[ToldAssessment], lang: str) -> list[tuple[str, str, int]]:
    return [(f"assessment-{each.document.code}", each.title.in_(lang), 2) for each in told]


def page_context(report: EndOfTerm, lang: str, href: Callable[[str], str]) -> dict[str, Any]:
    """What the report as a page on screen needs besides what every page has."""
    return {"report": report, "link": href, "contents": contents(report, lang)}


def report_path(tenant: str, plan: str) -> str:
    """The address of the report, without language and without kind of file."""
    return f"{tenant}/plans/{plan}/reports/end-of-term"


def file_stem(source: Source) -> str:
    """How files of this edition are called: `penalolen-2021-2024-edition-7`."""
    edition = source.published.edition
    return f"{edition.jurisdiction}-{edition.plan}-edition-{edition.number}"


@cache
def release(templates: Path) -> str:
    """A fingerprint of this release: its code, words, method, sheets, fonts, templates, and the libraries that draw."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _DRAWN_BY).encode())
    for folder in (SOURCES / "ogpmonitor", templates):
        for path in _release_files(folder):
            digest.update(f"\n{path.relative_to(folder)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _release_files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in _RELEASE_FILES and path.is_file())


def _margin_words(report: EndOfTerm, lang: str) -> str:
    """The words that stand in the margins of every page, as rules."""
    words = translations(lang)
    of = words.pgettext("pages", "of")
    demo = words.pgettext("report", "Demonstration content") if report.is_demo else ""
    pages = f'counter(page) " {of} " counter(pages)'
    return (
        f"@page{{@bottom-right{{content:{pages}}}@top-right{{content:'{demo}'}}}}"
        "@page cover{@bottom-right{content:none}@top-right{content:none}}"
    )
