"""What a monitor fills in: the answers of a form, as kept, as typed, and as a published answer's citations."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any
from urllib.parse import quote

from ogpmonitor.evidence.service import Upload, check_link
from ogpmonitor.evidence.sniffing import sniff
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.forms import TOO_LONG
from ogpmonitor.kit.i18n import LANGUAGES, msgid
from ogpmonitor.method.answers import Answer
from ogpmonitor.method.conditions import (
    CITE,
    CITE_VERDICT,
    EXPLAIN,
    AnswerProblem,
)
from ogpmonitor.method.forms import Question
from ogpmonitor.register.assessment_documents import Citation

SEEN = "seen:"  # before the name of what a page showed, in the names of its marks
MAX_LINKS = 20
MAX_NOTE = 5000
PERSONAL = msgid("References are public. Leave out e-mail addresses, telephone numbers and RUN.")
# An e-mail address, a Chilean RUN with its check digit, or nine digits and more that could be called.
_PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]|\b\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]\b|\+?\d(?:[ -]?\d){8,}", re.IGNORECASE)
MAX_EVALUATOR = 200
MAX_TITLE = 300
MAX_DIGITS = 9  # what an INTEGER of the database holds in any case
TOO_MANY_FILES = msgid("At most three files with one answer, and three with one saving.")
TOO_MANY_LINKS = msgid("At most twenty links with one answer.")
TOO_LARGE = msgid("The file is larger than 10 MB. Make it smaller, or give a link to it.")
# Which part of a question a message of the method stands beside; every other one stands beside the choice itself.
PARTS: Mapping[str, str] = {EXPLAIN: "explanation", CITE: "evidence", CITE_VERDICT: "evidence"}


@dataclass(frozen=True)
class Given:
    """One answer with what it rests on."""

    value: str = ""
    explanation: str = ""
    references: str = ""
    citations: tuple[Citation, ...] = ()

    def as_answer(self) -> Answer:
        """The same answer as the method judges it: citations by name only."""
        return Answer(
            value=self.value or None,
            explanation=self.explanation,
            references=self.references,
            citations=tuple(citation_name(citation) for citation in self.citations),
        )

    def cleaned_as(self, answer: Answer) -> "Given":
        """What of this answer the form asks for."""
        citations = self.citations if answer.citations else ()
        return Given(answer.value or "", answer.explanation, answer.references, citations)

    @property
    def mark(self) -> str:
        """Told apart from every other answer by this: what a form sends to say which answer it showed."""
        cited = sorted(citation_name(citation) for citation in self.citations)
        said = json.dumps([self.value, self.explanation, self.references, cited])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


Answers = Mapping[str, Given]


def names_a_person(words: str) -> bool:
    """Whether `words` hold what looks like a way to reach or identify a person. Web addresses do not count."""
    return _PERSONAL.search(re.sub(r"https?://\S+", "", words)) is not None


def citation_name(citation: Citation) -> str:
    """What a citation is called in a form: the same piece of evidence has the same name in every answer."""
    if citation.kind == "link":
        return f"link:{citation.url}"
    return f"{citation.kind}:{citation.evidence_id}"


def anchor(key: str, part: str = "") -> str:
    """The id of a question, or of a part of it, on the page, safe in an address."""
    plain = quote(key, safe="").replace("%", "_").replace(".", "-")
    return f"q-{plain}-{part}" if part else f"q-{plain}"


def number_of(question: Question) -> str:
    """The number a question goes by on the page: "EOC2.1.1D" is a part of 2.1.1."""
    return question.key.lstrip(ascii_uppercase).rstrip("D")


@dataclass
class Submission:
    """One sending of the form: what was typed, which names were ticked, which files came along, and what is wrong."""

    version: int
    evaluator: str
    language: str  # of the answers; "" where none of ours was sent
    typed: dict[str, Given]
    ticked: dict[str, tuple[str, ...]]
    links: dict[str, tuple[str, str]]  # title and address, as typed
    uploads: dict[str, list[Upload]]
    seen: dict[str, str] = field(default_factory=dict)  # the mark of each thing as the page showed it, by its name
    notes: dict[str, str] = field(default_factory=dict)
    errors: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # messages by question and part

    def add(self, key: str, part: str, message: str) -> None:
        """Say `message` beside that part of the question."""
        said = self.errors.setdefault(key, {}).setdefault(part, [])
        if message not in said:
            said.append(message)

    def add_problems(self, problems: Sequence[AnswerProblem]) -> None:
        """Say what the method says, each beside the part it is about."""
        for problem in problems:
            self.add(problem.key, PARTS.get(problem.message, ""), problem.message)


def read_submission(sent: Mapping[str, Sequence[Any]], keys: Sequence[str], *, max_bytes: int) -> Submission:
    """What was sent about the questions `keys`; anything else is left aside. Wrong links and files are said at once."""
    submission = Submission(
        version=read_version(sent),
        evaluator=tidy(_first(sent, "evaluator")),
        language=language if (language := _first(sent, "language")) in LANGUAGES else "",
        typed={key: _typed(sent, key) for key in keys},
        ticked={key: tuple(tidy(name) for name in sent.get(f"cite:{key}", ())) for key in keys},
        links={key: (tidy(_first(sent, f"link_title:{key}")), tidy(_first(sent, f"link_url:{key}"))) for key in keys},
        uploads={key: [one for one in sent.get(f"file:{key}", ()) if isinstance(one, Upload)] for key in keys},
        seen={name.removeprefix(SEEN): _first(sent, name) for name in sent if name.startswith(SEEN)},
        notes={key: tidy(_first(sent, f"note:{key}")) for key in keys if f"note:{key}" in sent},
    )
    if len(submission.evaluator) > MAX_EVALUATOR:
        submission.add("", "evaluator", TOO_LONG)
    for key in keys:
        _check_link(submission, key)
        if names_a_person(submission.typed[key].references):
            submission.add(key, "references", PERSONAL)
        if len(submission.notes.get(key, "")) > MAX_NOTE:
            submission.add(key, "note", TOO_LONG)
        _check_uploads(submission, key, max_bytes)
    return submission


def read_version(sent: Mapping[str, Sequence[Any]]) -> int:
    """The version a page was made from; 0, which nothing has, where none was sent."""
    text = tidy(_first(sent, "version"))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


def _typed(sent: Mapping[str, Sequence[Any]], key: str) -> Given:
    values = [tidy(value) for value in sent.get(f"value:{key}", ()) if isinstance(value, str)]
    return Given(
        value=" ".join(value for value in values if value) if len(values) > 1 else "".join(values),
        explanation=tidy(_first(sent, f"explanation:{key}")),
        references=tidy(_first(sent, f"references:{key}")),
    )


def _check_link(submission: Submission, key: str) -> None:
    title, url = submission.links[key]
    if not title and not url:
        return
    try:
        check_link(url)
    except Invalid as invalid:
        submission.add(key, "link", invalid.message)
    if len(title) > MAX_TITLE:
        submission.add(key, "link", TOO_LONG)


def _check_uploads(submission: Submission, key: str, max_bytes: int) -> None:
    for upload in submission.uploads[key]:
        if len(upload.content) > max_bytes:
            submission.add(key, "file", TOO_LARGE)
            continue
        try:
            sniff(upload.content, upload.file_name)
        except Invalid as invalid:
            submission.add(key, "file", invalid.message)


def _first(sent: Mapping[str, Sequence[Any]], name: str) -> str:
    return next((value for value in sent.get(name, ()) if isinstance(value, str)), "")


def tidy(text: Any) -> str:
    """`text` as the database and canonical JSON can keep it: one kind of line end, no control characters."""
    lines = str(text if isinstance(text, str) else "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in lines if letter in "\n\t" or (letter >= " " and not "\x7f" <= letter <= "\x9f"))
    return kept.encode("utf-8", "replace").decode().strip()
