"""What is held about a person, in words: the same as the file for programs, as tables that people can read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ogpmonitor.kit.i18n import msgid, translate

WHERE, WHEN, UNTIL = msgid("Jurisdiction"), msgid("When"), msgid("Until")
EVERYWHERE = msgid("the whole platform")
ROLES: Mapping[str, str] = {
    "coordinator": msgid("Coordination"),
    "contact": msgid("Contact of a unit"),
    "viewer": msgid("Reader"),
    "monitor": msgid("Monitor"),
    "support": msgid("Operator who helps"),
    "ogp_staff": msgid("OGP staff"),
    "operator": msgid("Operator"),
}
WAYS: Mapping[str, str] = {
    "persona": msgid("as an invented person"),
    "provider": msgid("with an account at a provider"),
    "email": msgid("by a link"),
}


@dataclass(frozen=True)
class Field:
    """One column: its name in the file, what it is called, and what kind of value it holds."""

    name: str
    label: str
    kind: str = "text"  # text | day | instant | role | place | action | way | answer


@dataclass(frozen=True)
class Section:
    """One kind of thing that is held, as a table: of each row a text for each field, "" for none.

    Of the kinds "day" and "instant" it is ISO 8601, for whoever shows it in a language and a time zone.
    """

    key: str
    title: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[str]]


# In the order in which they are shown. The file says more of each: what only programs can use.
SECTIONS: Mapping[str, tuple[str, Sequence[Field]]] = {
    "roles": (
        msgid("Roles"),
        (
            Field("jurisdiction", WHERE, "place"),
            Field("role", msgid("Role"), "role"),
            Field("unit", msgid("Unit")),
            Field("since", msgid("Since"), "day"),
            Field("until", UNTIL, "day"),
        ),
    ),
    "past_roles": (
        msgid("Past roles"),
        (
            Field("jurisdiction", WHERE, "place"),
            Field("role", msgid("Role"), "role"),
            Field("since", msgid("Since"), "day"),
            Field("until", UNTIL, "day"),
        ),
    ),
    "bodies": (
        msgid("Monitoring bodies that named you"),
        (
            Field("body", msgid("Monitoring body")),
            Field("jurisdiction", WHERE, "place"),
            Field("name", msgid("Name")),
            Field("email", msgid("E-mail")),
        ),
    ),
    "milestones": (
        msgid("Milestones that name you as a contact"),
        (
            Field("milestone", msgid("Milestone")),
            Field("jurisdiction", WHERE, "place"),
            Field("name", msgid("Name")),
            Field("email", msgid("E-mail")),
            Field("public", msgid("Named in public"), "answer"),
        ),
    ),
    "requests": (
        msgid("Requests for reports"),
        (
            Field("created_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("name", msgid("Name")),
            Field("email", msgid("E-mail")),
            Field("unit", msgid("Unit")),
        ),
    ),
    "invitations": (
        msgid("Invitations"),
        (
            Field("sent_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("role", msgid("Role"), "role"),
            Field("name", msgid("Name")),
            Field("accepted_at", msgid("Accepted"), "instant"),
        ),
    ),
    "sign_ins": (
        msgid("Sign-ins"),
        (
            Field("created_at", WHEN, "instant"),
            Field("way", msgid("How"), "way"),
            Field("browser", msgid("Browser")),
            Field("last_seen_at", msgid("Last used"), "instant"),
            Field("expires_at", UNTIL, "instant"),
        ),
    ),
    "identities": (
        msgid("Accounts at providers"),
        (
            Field("issuer", msgid("Provider")),
            Field("subject", msgid("What it calls you")),
            Field("last_used_at", msgid("Last used"), "instant"),
        ),
    ),
    "entries": (
        msgid("Sign-ins that were begun"),
        (Field("created_at", WHEN, "instant"), Field("provider", msgid("Provider"))),
    ),
    "links": (
        msgid("Links to sign in"),
        (Field("created_at", WHEN, "instant"), Field("used_at", msgid("Used"), "instant")),
    ),
    "mails": (
        msgid("Letters to your address"),
        (
            Field("created_at", WHEN, "instant"),
            Field("address", msgid("E-mail")),
            Field("settled_at", msgid("Sent or given up"), "instant"),
        ),
    ),
    "notice_choices": (msgid("Your choices about notices"), (Field("choices", msgid("Choices")),)),
    "notices": (
        msgid("Reminders you were sent"),
        (
            Field("told_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("due_on", msgid("What was due on"), "day"),
        ),
    ),
    "declarations": (
        msgid("Your declarations on conflicts of interest"),
        (
            Field("declared_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("has_conflict", msgid("A conflict"), "answer"),
            Field("statement", msgid("What you declared")),
        ),
    ),
    "recusals": (
        msgid("Commitments you took no part in"),
        (
            Field("recused_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("commitment", msgid("Commitment")),
            Field("reason", msgid("Why")),
        ),
    ),
    "support": (
        msgid("Your accesses to help a jurisdiction"),
        (
            Field("begun_at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("reason", msgid("Why")),
            Field("ends_at", UNTIL, "instant"),
        ),
    ),
    "refusals": (
        msgid("Attempts of yours that were refused"),
        (Field("at", WHEN, "instant"), Field("jurisdiction", WHERE, "place"), Field("path", msgid("Page"))),
    ),
    "records": (
        msgid("What others did with your account"),
        (
            Field("at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("action", msgid("What"), "action"),
            Field("reason", msgid("Why")),
        ),
    ),
    "done": (
        msgid("What you did"),
        (
            Field("at", WHEN, "instant"),
            Field("jurisdiction", WHERE, "place"),
            Field("action", msgid("What"), "action"),
            Field("reason", msgid("Why")),
        ),
    ),
}


def sections(
    held: Mapping[str, Any], lang: str, *, places: Mapping[str, str], actions: Mapping[str, str]
) -> Sequence[Section]:
    """What `erasure.own_data` gave in words of `lang`: each kind of which something is held, but for the account.

    `places` names jurisdictions by slug, `actions` has the words of what the records hold.
    """

    def words(row: Mapping[str, Any], field: Field) -> str:
        value = row.get(field.name)
        if field.kind == "place":
            return places.get(str(value), str(value)) if value else translate(lang, EVERYWHERE)
        if value is None or value == "":
            return ""
        if field.kind == "answer":
            return translate(lang, msgid("yes") if value else msgid("no"))
        known = {"role": ROLES, "action": actions, "way": WAYS}.get(field.kind, {})
        text = _plain(value)
        return translate(lang, known[text]) if text in known else text

    return [
        Section(
            key,
            translate(lang, title),
            [replace(field, label=translate(lang, field.label)) for field in fields],
            [[words(row, field) for field in fields] for row in held[key]],
        )
        for key, (title, fields) in SECTIONS.items()
        if held.get(key)
    ]


def _plain(value: Any) -> str:
    """A value as a text: of a mapping and of a list each part."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    return ", ".join(_plain(one) for one in value) if isinstance(value, list) else str(value)
