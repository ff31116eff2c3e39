"""What the forms that write a plan ask for: the fields of the plan, of its questionnaire, a commitment, a milestone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ogpmonitor.kit.i18n import msgid, translate
from ogpmonitor.kit.localized import Localized
from ogpmonitor.method.questionnaire import load_questionnaire
from ogpmonitor.method.vocabularies import load_policy_areas, load_values
from ogpmonitor.register.field_labels import ROLE_LABELS, field_label

Kind = Literal[
    "line",
    "text",
    "list",
    "lines",
    "number",
    "date",
    "choice",
    "choices",
    "code",
    "rows",
    "contact",
    "email",
    "consent",
]
LOCALISED: frozenset[Kind] = frozenset({"line", "text", "list", "rows"})
ABOUT, ENDORSEMENTS = "about", "endorsements"
LONG = msgid("Light formatting is understood: **bold**, lists that begin with “- ”, [links](https://example.org).")
ROWS = msgid("One in each row. An empty row is left aside; after saving there are empty rows again.")
WHEN = msgid("As precisely as it is known: 2024, 09-2024, sep 2024 or 30-09-2024.")


@dataclass(frozen=True)
class Choice:
    """One option of a list."""

    code: str
    label: Localized | str


@dataclass(frozen=True)
class Asked:
    """One field of a form. `name` is its column, key of the content or question; `parts` what each of its rows asks.

    A part of a row is a line that people write in each language, or one of `options`.
    """

    name: str
    kind: Kind
    help: str = ""
    required: bool = False
    public: bool = True
    parts: tuple[str, ...] = ()
    group: str = ""  # the heading it stands under

    @property
    def is_localised(self) -> bool:
        """Whether it says something else in each language."""
        return self.kind in LOCALISED

    @property
    def keys(self) -> tuple[str, ...]:
        """What the form sends for it."""
        return tuple(f"{self.name}_{part}" for part in self.parts) or (self.name,)


PLAN_ABOUT = (
    Asked("title", "line", msgid("As it stands on the cover."), required=True),
    Asked("starts_on", "date", WHEN),
    Asked("ends_on", "date", msgid("When the last commitment ends.")),
    Asked("cycle_ends_on", "date", msgid("When OGP's cycle ends, with the time for the last report.")),
    Asked("foreword", "text", LONG),
)
PLAN_ENDORSEMENTS = (
    Asked(
        "endorsements",
        "rows",
        msgid("The position and the organisation. Persons' names are not asked for and must not be written."),
        parts=("position", "organisation"),
    ),
    Asked("endorsements_note", "text", LONG),
    Asked("attachments", "lines", msgid("What each document that goes with the plan is called, one in each row.")),
)
WHAT, WHY, WHO, WHICH = (
    msgid("What is promised"), msgid("Why, and what will change"), msgid("Who, and with what"), msgid("How it is filed")
)  # fmt: skip
COMMITMENT = (
    Asked("title", "line", msgid("A sentence that a neighbour understands."), required=True, group=WHAT),
    Asked("summary", "text", msgid("Two or three sentences for who reads nothing else."), group=WHAT),
    Asked("starts_on", "date", WHEN, group=WHAT),
    Asked("ends_on", "date", WHEN, group=WHAT),
    Asked("problem", "text", msgid("Which problem it solves, whom it touches, and since when."), group=WHY),
    Asked("status_quo", "text", msgid("How things stand today, with figures where there are some."), group=WHY),
    Asked("action", "text", msgid("What will be done, and what will be there at the end."), group=WHY),
    Asked("contribution", "text", msgid("How doing this solves the problem."), group=WHY),
    Asked("long_term_goal", "text", msgid("What it leads to after this plan."), group=WHY),
    Asked("values", "choices", msgid("What it makes more open."), group=WHY),
    Asked("value_relevance", "text", msgid("How it serves each value that is ticked."), group=WHY),
    Asked(
        "institutions",
        "rows",
        msgid("Public bodies and organisations, with the part that each has. One leads."),
        parts=("name", "role"),
        group=WHO,
    ),
    Asked("resources", "text", msgid("Money, people and other means."), group=WHO),
    Asked(
        "additional", "text", msgid("Links to other plans and laws, or whatever else readers should know."), group=WHO
    ),
    Asked(
        "code",
        "code",
        msgid("It is part of the public address: letters, figures and hyphens."),
        required=True,
        group=WHICH,
    ),
    Asked("number", "code", msgid("As the plan counts its commitments."), required=True, group=WHICH),
    Asked("ogp_id", "code", msgid("Only if OGP has assigned one, such as CLPLN0002."), group=WHICH),
    Asked("axis", "line", msgid("If the plan orders its commitments by axes."), group=WHICH),
    Asked("policy_area", "choice", group=WHICH),
    Asked("sector", "choice", group=WHICH),
)
STEP, TIME, ANSWERS = msgid("What is done"), msgid("When"), msgid("Who answers for it")
MILESTONE = (
    Asked("title", "line", msgid("A step that can be seen to be done or not."), required=True, group=STEP),
    Asked("indicator", "text", msgid("How one will know: what is counted or seen."), group=STEP),
    Asked("expected_output", "text", msgid("What will be there that anyone can check."), group=STEP),
    Asked("starts_on", "date", WHEN, group=TIME),
    Asked("due_on", "date", WHEN, group=TIME),
    Asked("responsible_unit", "line", msgid("The unit whose contact will report on it."), group=ANSWERS),
    Asked("supporting", "list", ROWS, group=ANSWERS),
    Asked("contact_name", "contact", msgid("The person who answers for it in that unit."), public=False, group=ANSWERS),
    Asked("contact_email", "email", msgid("For reminders. It is never published."), public=False, group=ANSWERS),
    Asked(
        "contact_public",
        "consent",
        msgid("Tick it only if the person said so. Otherwise neither name nor address is ever published."),
        public=False,
        group=ANSWERS,
    ),
    Asked("code", "code", msgid("It names the step within its commitment, such as M1."), required=True, group=ANSWERS),
)
CONTACT = ("contact_name", "contact_email", "contact_public")  # together they are the column `contact`


@cache
def sections() -> Mapping[str, Sequence[Asked]]:
    """What each section of a plan asks, in the order of the plan."""
    asked = {
        section.key: tuple(
            Asked(question.key, question.kind, {"text": LONG, "list": ROWS}.get(question.kind, ""))
            for question in section.questions
        )
        for section in load_questionnaire().sections
    }
    return {ABOUT: PLAN_ABOUT, **asked, ENDORSEMENTS: PLAN_ENDORSEMENTS}


def section_title(key: str, lang: str) -> str:
    """What a section is called."""
    if key == ABOUT:
        return translate(lang, msgid("About the plan"))
    found = next((one for one in load_questionnaire().sections if one.key == key), None)
    return found.title.in_(lang) if found else field_label(lang, key)


OWN_LABELS: Mapping[str, str] = {
    "number": msgid("Number in the plan"),
    "contact_name": msgid("Contact's name"),
    "contact_email": msgid("Contact's e-mail address"),
    "contact_public": msgid("The contact agrees to be named in public"),
}


def label_of(name: str, lang: str) -> str:
    """What a field of these forms is called; a question of the plan is asked in its own words."""
    question = load_questionnaire().questions.get(name)
    if question:
        return question.text.in_(lang)
    return translate(lang, OWN_LABELS[name]) if name in OWN_LABELS else field_label(lang, name)


def options_of(name: str, lang: str) -> Sequence[Choice]:
    """What can be chosen in the field `name`, if it is one of a list."""
    if name == "role":
        return [Choice(code, translate(lang, words)) for code, words in ROLE_LABELS.items()]
    if name == "values":
        return [Choice(item.code, item.label) for item in load_values().items]
    if name == "sector":
        return [Choice(item.code, item.label) for item in load_policy_areas().items if item.kind == "sector"]
    if name == "policy_area":
        return [Choice(item.code, item.label) for item in load_policy_areas().items if item.kind in {"area", "means"}]
    return ()
