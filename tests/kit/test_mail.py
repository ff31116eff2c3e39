"""Messages leave once, after commit, by a real server, and leave nothing behind that was secret."""

import asyncio
import socket
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.factories.cast import Cast
from tests.factories.mail import SENDER, Mailbox, letter_templates, smtp_server

from ogpmonitor.kit.db import Database, utc_now
from ogpmonitor.kit.errors import Invalid
from ogpmonitor.kit.mail import outbox
from ogpmonitor.kit.mail.jobs import PAUSES, Post, send_all, send_one
from ogpmonitor.kit.mail.letters import compose, message_of, sheet
from ogpmonitor.kit.mail.outbox import Sender, Taken
from ogpmonitor.kit.mail.smtp import Server, deliver
from ogpmonitor.kit.migrate import conninfo
from ogpmonitor.kit.templating import Templates
from ogpmonitor.settings import Settings

LINK = "https://monitor.example.org/es/sign-in/with/0123456789"
CODED = "p%40ss"  # as it is written in an address
TASKS = ("mail.send", "reports.render_edition")
STOP = "https://monitor.example.org/es/penalolen/notices/stop/" + "gAAAAAB" * 30


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    return letter_templates(tmp_path)


@pytest.fixture
def post(database: Database, templates: Templates) -> Post:
    return Post(database, templates, SENDER)


def a_message(post: Post) -> EmailMessage:
    letter = compose(post.templates, "mail/test", "es", {"title": "t", "name": "n", "link": "l"})
    taken = Taken(UUID(int=1), "ana@example.org", Sender(), "mail/test", "es", {}, 1, utc_now())
    return message_of(letter, taken, sender=SENDER)


def by(post: Post, box: Mailbox) -> Post:
    return Post(post.database, post.templates, SENDER, box.deliver)


async def write(database: Database, key: str = "letter:1", **given: Any) -> bool:
    facts: dict[str, Any] = {
        "to": "ana@example.org",
        "template": "mail/test",
        "lang": "es",
        "context": {"title": "Entrada", "name": "Ana", "link": LINK},
        "key": key,
    }
    async with database.tenant_session(None) as session:
        return await outbox.send(session, **{**facts, **given})


def rows(settings: Settings, statement: str = "SELECT * FROM platform.mails ORDER BY created_at") -> list[Any]:
    """What a superuser sees, whom nothing is hidden from."""
    with psycopg.connect(conninfo(settings.database_url), row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(statement.encode()).fetchall()


def jobs(settings: Settings) -> list[Any]:
    statement = "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'mail.send'"
    return [one["args"] for one in rows(settings, statement)]


def pass_time(settings: Settings, by: timedelta) -> None:
    with psycopg.connect(conninfo(settings.database_url)) as connection:
        connection.execute("UPDATE platform.mails SET due_at = due_at - %s, expires_at = expires_at - %s", [by, by])


async def test_a_message_arrives_in_two_forms_and_its_content_is_gone(settings: Settings, post: Post) -> None:
    async with smtp_server() as box:
        await write(post.database, sender=Sender("Peñalolén", "gobierno@example.cl"), unsubscribe_url=STOP)

        assert await send_all(by(post, box)) == 1

    message = box.messages[0]
    assert box.envelopes == [("no-reply@monitor.example.org", ["ana@example.org"])]
    assert message["From"] == "Peñalolén <no-reply@monitor.example.org>"
    assert (message["Reply-To"], message["Auto-Submitted"]) == ("gobierno@example.cl", "auto-generated")
    assert message["Message-ID"] == f"<{rows(settings)[0]['id']}@monitor.example.org>"
    assert message["Date"].datetime is not None
    assert LINK in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert LINK in message.get_body(("html",)).get_content()  # type: ignore[union-attr]  # as above
    assert [(row["state"], row["context"]) for row in rows(settings)] == [("sent", None)]
    assert LINK not in str(rows(settings)) + str(rows(settings, "SELECT * FROM jobs.procrastinate_jobs"))


async def test_the_address_to_unsubscribe_is_never_broken(post: Post) -> None:
    """Python breaks a long word into encoded words, which no mailbox reads as an address."""
    async with smtp_server() as box:
        await write(post.database, unsubscribe_url=STOP)
        await send_all(by(post, box))

    raw = box.messages[0].as_bytes(policy=box.messages[0].policy.clone(max_line_length=None))
    assert box.messages[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"List-Unsubscribe: <{STOP}>".encode() in raw


async def test_a_message_that_nobody_can_stop_does_not_say_so(post: Post) -> None:
    async with smtp_server() as box:
        await write(post.database)
        await send_all(by(post, box))

    assert (box.messages[0]["List-Unsubscribe"], box.messages[0]["List-Unsubscribe-Post"]) == (None, None)


async def test_the_same_key_is_one_message(post: Post) -> None:
    async with smtp_server() as box:
        assert [await write(post.database), await write(post.database), await write(post.database, "letter:2")] == [
            True,
            False,
            True,
        ]
        await send_all(by(post, box))
        await send_all(by(post, box))

    assert len(box.messages) == 2


async def test_what_is_rolled_back_was_never_written(settings: Settings, database: Database) -> None:
    async with database.tenant_session(None) as session:
        await outbox.send(session, to="ana@example.org", template="mail/test", lang="es", context={}, key="gone")
        await session.rollback()

    assert rows(settings) == []
    assert jobs(settings) == []


async def test_a_message_is_a_job_of_the_same_transaction(settings: Settings, database: Database) -> None:
    await write(database)

    assert jobs(settings) == [{"mail": str(rows(settings)[0]["id"])}]


async def test_a_message_does_not_wait_behind_the_drawing_of_reports(settings: Settings, database: Database) -> None:
    await write(database)

    waiting = rows(settings, "SELECT task_name, priority FROM jobs.procrastinate_jobs WHERE status = 'todo'")
    priorities = {task: [one["priority"] for one in waiting if one["task_name"] == task] for task in TASKS}
    assert min(priorities["mail.send"]) > max(priorities["reports.render_edition"])


async def test_a_server_that_is_away_is_asked_again_with_growing_pauses(settings: Settings, post: Post) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = Mailbox(port=free.getsockname()[1])
    await write(post.database, lasting=timedelta(days=9))

    for attempt, pause in enumerate(PAUSES, 1):
        assert await send_all(by(post, away)) == 0
        assert await send_all(by(post, away)) == 0  # not yet
        row = rows(settings)[0]
        assert (row["state"], row["attempts"]) == ("waiting", attempt)
        pass_time(settings, pause)
    assert await send_all(by(post, away)) == 1

    assert [(row["state"], row["attempts"], row["context"]) for row in rows(settings)] == [
        ("failed", len(PAUSES) + 1, None)
    ]


async def test_a_slow_server_does_not_hold_the_worker(post: Post) -> None:
    async with smtp_server(seconds=30) as box:
        outcome = await deliver(box.server, a_message(post), command=20, whole=0.3)

    assert (outcome.result, outcome.said.split(":")[0]) == ("later", "TimeoutError")


async def test_a_refused_recipient_is_not_asked_again_and_the_others_are_served(settings: Settings, post: Post) -> None:
    async with smtp_server() as box:
        await write(post.database, to="gone@example.org")
        box.says_to_recipient = "550 5.1.1 no such mailbox"
        await send_all(by(post, box))
        box.says_to_recipient = ""
        await write(post.database, "letter:2")
        pass_time(settings, timedelta(hours=1))
        await send_all(by(post, box))

    assert [message["To"] for message in box.messages] == ["ana@example.org"]
    first = rows(settings)[0]
    assert (first["state"], first["answer"], first["context"]) == (
        "refused",
        "550 5.1.1 no such mailbox",
        None,
    )


async def test_a_full_mailbox_may_be_better_later(settings: Settings, post: Post) -> None:
    async with smtp_server(says_to_recipient="452 4.2.2 mailbox full") as box:
        await write(post.database)
        await send_all(by(post, box))

    assert [(row["state"], row["answer"]) for row in rows(settings)] == [("waiting", "452 4.2.2 mailbox full")]


async def test_a_message_that_the_server_finds_wrong_is_refused_for_good(settings: Settings, post: Post) -> None:
    async with smtp_server(says_to_data="554 5.7.1 not wanted") as box:
        await write(post.database)
        await send_all(by(post, box))

    assert [(row["state"], row["answer"]) for row in rows(settings)] == [("refused", "554 5.7.1 not wanted")]


async def test_a_server_that_dies_after_taking_it_gets_the_same_message_again(settings: Settings, post: Post) -> None:
    """Nobody can know whether it was taken: the second has the Message-ID of the first."""
    async with smtp_server(dies_after_data=True) as box:
        await write(post.database)
        await send_all(by(post, box))
        assert rows(settings)[0]["state"] == "waiting"
        box.dies_after_data = False
        pass_time(settings, PAUSES[0])
        await send_all(by(post, box))

    assert [message["Message-ID"] for message in box.messages] == [box.messages[0]["Message-ID"]] * 2
    assert rows(settings)[0]["state"] == "sent"


async def test_a_worker_that_died_while_sending_leaves_the_message_to_another(settings: Settings, post: Post) -> None:
    await write(post.database)
    mail_id = rows(settings)[0]["id"]
    async with post.database.tenant_session(None) as session:
        first = await outbox.take(session, mail_id, lease=timedelta(minutes=10))
    async with smtp_server() as box:
        assert await send_one(by(post, box), mail_id) is False  # somebody has it
        pass_time(settings, timedelta(minutes=10))
        assert await send_one(by(post, box), mail_id) is True
        async with post.database.tenant_session(None) as session:
            assert first is not None
            assert await outbox.settle(session, first, "failed") is False  # the first comes too late to say anything

    assert [(row["state"], row["attempts"]) for row in rows(settings)] == [("sent", 2)]


async def test_two_workers_do_not_send_one_message(post: Post) -> None:
    async with smtp_server(seconds=0.2) as box:
        await write(post.database)
        done = await asyncio.gather(send_all(by(post, box)), send_all(by(post, box)))

    assert (sorted(done), len(box.messages)) == ([0, 1], 1)


async def test_what_is_too_old_is_blank_and_never_sent(settings: Settings, post: Post) -> None:
    async with smtp_server() as box:
        await write(post.database, lasting=timedelta(minutes=15))
        pass_time(settings, timedelta(minutes=16))
        await send_all(by(post, box))

    assert box.messages == []
    assert [(row["state"], row["context"]) for row in rows(settings)] == [("expired", None)]


async def test_addresses_go_thirty_days_after_a_message(settings: Settings, post: Post) -> None:
    async with smtp_server() as box:
        await write(post.database)
        await send_all(by(post, box))
        rows(settings, "UPDATE platform.mails SET settled_at = settled_at - interval '31 days' RETURNING id")
        await send_all(by(post, box))

    assert [(row["address"], row["key"]) for row in rows(settings)] == [("", "letter:1")]


async def test_without_a_server_messages_wait(settings: Settings, post: Post) -> None:
    await write(post.database)

    assert await send_all(post) == 0
    assert [(row["state"], row["attempts"]) for row in rows(settings)] == [("waiting", 0)]


async def test_a_template_that_is_broken_costs_nobody_the_message(settings: Settings, post: Post) -> None:
    await write(post.database, context={"title": "t"})
    async with smtp_server() as box:
        await send_all(by(post, box))

    assert [(row["state"], row["context"]["title"]) for row in rows(settings)] == [("waiting", "t")]
    assert "it could not be written" in rows(settings)[0]["answer"]


@pytest.mark.parametrize(
    "to", ["a@b.example\nBcc: all@example.org", "Ana <ana@example.org>", "ana", "ñ@example.org", ""]
)
async def test_what_is_no_address_is_refused_before_it_is_written(
    settings: Settings, database: Database, to: str
) -> None:
    with pytest.raises(Invalid):
        await write(database, to=to)

    assert rows(settings) == []


async def test_no_text_begins_another_header(post: Post) -> None:
    async with smtp_server() as box:
        await write(
            post.database,
            context={"title": "Hola\r\nBcc: all@example.org", "name": "<b>Ana</b>", "link": LINK},
            sender=Sender("Nombre\r\nBcc: all@example.org", "x\r\nBcc: all@example.org"),
        )
        await send_all(by(post, box))

    message = box.messages[0]
    assert (message["Bcc"], message["Reply-To"]) == (None, None)
    assert box.envelopes[0][1] == ["ana@example.org"]
    assert message["Subject"] == "Hola Bcc: all@example.org"
    assert "<b>" not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one


async def test_letters_ask_nothing_of_another_server(post: Post) -> None:
    letter = compose(post.templates, "mail/test", "es", {"title": "t", "name": "n", "link": LINK})

    assert "http" not in sheet()
    assert letter.html.count("http") == letter.html.count(LINK) == 1


@pytest.mark.parametrize("person", ["coordinator", "monitor", "operator", "ogp_staff", "citizen"])
async def test_nobody_reads_a_message(settings: Settings, cast: Cast, person: str) -> None:
    """Neither the table nor, for whoever is somebody, the functions of the worker; an operator sees no content."""
    await write(cast.database)
    mail_id = rows(settings)[0]["id"]
    actor = getattr(cast, person)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with cast.at("penalolen", actor) as session:
            await session.execute(text("SELECT * FROM platform.mails"))
    key = None if actor.id else "a key"
    async with cast.database.tenant_session(cast.tenant_ids["penalolen"], actor.id, key=key) as session:
        seen = [await outbox.due(session, most=9), await outbox.take(session, mail_id, lease=timedelta(minutes=1))]
        seen += [await outbox.kept(session), await outbox.troubles(session)]
    assert seen == [[], None, [], []]


async def test_the_operator_sees_what_did_not_arrive_and_not_what_it_said(post: Post, cast: Cast) -> None:
    async with smtp_server(says_to_recipient="550 no") as box:
        await write(post.database)
        await send_all(by(post, box))

    async with cast.database.tenant_session(None, cast.operator.id) as session:
        found, counted = await outbox.troubles(session), await outbox.counts(session)

    assert [(one.address, one.state, one.answer) for one in found] == [("ana@example.org", "refused", "550 no")]
    assert counted == {"refused": 1}
    assert LINK not in str(found)


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        (f"smtp://user:{CODED}@mail.example.org", 587, "starttls"),
        (f"smtps://user:{CODED}@mail.example.org", 465, "tls"),
        (f"smtp+plain://user:{CODED}@mail.example.org:2525", 2525, "none"),
    ],
)
def test_the_address_of_a_server_says_how_it_is_protected(url: str, port: int, security: str) -> None:
    server = Server.at(url)

    assert (server.host, server.port, server.security) == ("mail.example.org", port, security)
    assert (server.user, server.password) == ("user", "p@ss")
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host/path", "smtp://h?x=1"]
)
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="user and password before it"):
        Server.at(url)


async def test_a_server_that_offers_no_protection_gets_no_password(post: Post) -> None:
    """`smtp://` insists on STARTTLS: a server that has none, or somebody in between who hides it, gets nothing."""
    async with smtp_server() as box:
        server = Server("127.0.0.1", box.port, "starttls", "user", "secret")
        outcome = await deliver(server, a_message(post), command=2, whole=2)

    assert outcome.result == "later"
    assert box.messages == []
