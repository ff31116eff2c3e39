"""Whatever a browser sends about any question of any form: never a failure, never half an answer saved."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.assessments import PENALOLEN, a_draft, a_sent_assessment
from tests.factories.cast import Cast
from tests.factories.site import Site

from ogpmonitor.assessments import queries
from ogpmonitor.assessments.queries import Sheet
from ogpmonitor.assessments.schemas import Given, anchor, read_submission, tidy
from ogpmonitor.method.conditions import clean_answers, problems
from ogpmonitor.method.forms import Form, load_method

FORMS = list(load_method().forms.values())
COMMITMENTS = ("C2", "C3")
# What a form asks beside its questions.
AROUND = (
    "recommendation_id", "recommendation_text", "recommendation_addressee", "recommendation_commitment", "language",
    "seen:recommendation:", "follow_state:x", "follow_words:x", "then",
)  # fmt: skip
# What else can be sent about a draft, with the fields that each place reads.
STEPS = (
    "declare", "recuse", "move", "correct", "second/begin", "second", "second/settle", "clarifications", "publish",
    "send", "revise", "discard",
)  # fmt: skip
STEP_FIELDS = (
    "conflict", "statement", "commitment", "reason", "subject", "asked", "due_on", "then", "settled:EOC1.1",
    "value:EOC1.1", "explanation:EOC1.1", "version",
)  # fmt: skip
PATIENT = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    ["", " ", "\x00", "\x00abc", "\u202e", "a" * 20_001, "<script>", "%s %(num)s {{ 7 }}", "ñ\r\nñ", "\ufffe"]
)
urls = texts | st.sampled_from(["https://example.org/a", "http://[", "javascript:alert(1)", "https://a b", "ftp://x"])
contents = st.binary(max_size=60) | st.sampled_from(
    [b"texto", b"%PDF-1.7\n", b"<svg onload=x>", b"PK\x03\x04", b"\x00"]
)


def codes_of(form: Form, key: str) -> list[str]:
    """Every option of the question, and one that is none."""
    scale = form.scale_of(form.questions[key.partition("/")[0]])
    return [*(option.code for option in scale.options), "nonsense"] if scale else ["nonsense"]


@st.composite
def fields_of(draw: st.DrawFn, form: Form, key: str) -> list[tuple[str, Any]]:
    """Some of the fields of one question, with sense or without, now and then twice."""
    code = st.sampled_from(codes_of(form, key))
    names = st.sampled_from(["file:x", "published:x", "link:https://example.org/b", "link:x", "file:" + "0" * 32, ""])
    field = st.one_of(
        st.tuples(st.just(f"value:{key}"), code | texts),
        st.tuples(st.just(f"explanation:{key}"), texts),
        st.tuples(st.just(f"references:{key}"), texts),
        st.tuples(st.just(f"cite:{key}"), names | texts),
        st.tuples(st.just(f"link_url:{key}"), urls),
        st.tuples(st.just(f"link_title:{key}"), texts),
        st.tuples(st.just(f"note:{key}"), texts),
        st.tuples(st.just(f"seen:{key}"), texts),
    )
    return draw(st.lists(field, max_size=6))


@st.composite
def sendings(draw: st.DrawFn, form: Form, keys: list[str]) -> tuple[list[tuple[str, Any]], list[tuple[str, bytes]]]:
    """Fields and files about some questions of a form, one of them always in it."""
    asked = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=6, unique=True))
    fields = [pair for key in asked for pair in draw(fields_of(form, key))]
    fields += draw(st.lists(st.tuples(st.sampled_from(AROUND), texts), max_size=6))
    files = draw(st.lists(st.tuples(st.sampled_from(asked).map(lambda key: f"file:{key}"), contents), max_size=2))
    return fields, files


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.ref)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_question_reads_whatever_is_sent_without_failing(form: Form, data: st.DataObject) -> None:
    codes = COMMITMENTS if form.about == "plan" else ()
    keys = [asking.key for asking in form.askings(codes)]
    for key in keys:
        sent: dict[str, list[Any]] = {}
        for name, value in data.draw(fields_of(form, key)):
            sent.setdefault(name, []).append(value)

        submission = read_submission(sent, keys, max_bytes=100)
        judged = {name: one.as_answer() for name, one in submission.typed.items() if not one.as_answer().is_empty}
        cleaned = clean_answers(form, judged, codes)

        assert set(submission.typed) == set(keys)
        assert {one.key for one in problems(form, judged, codes)} <= set(keys)
        assert clean_answers(form, cleaned, codes) == cleaned


@given(texts)
def test_tidy_leaves_text_that_can_be_kept(text: str) -> None:
    kept = tidy(text)

    assert kept == tidy(kept) == kept.strip()
    assert "\x00" not in kept


def test_anchors_are_distinct_and_safe() -> None:
    keys = [asking.key for form in FORMS for asking in form.askings(COMMITMENTS)]
    anchors = [anchor(key) for key in dict.fromkeys(keys)]

    assert len(set(anchors)) == len(anchors)
    assert all(one.replace("-", "").replace("_", "").isalnum() for one in anchors)


@dataclass
class Desk:
    """A monitor in a browser, with a draft on every form."""

    cast: Cast
    client: httpx.AsyncClient
    drafts: dict[str, UUID]

    async def sheet(self, form: str) -> Sheet:
        async with self.cast.at(PENALOLEN, self.cast.monitor, read_only=True) as session:
            return await queries.get_sheet(session, PENALOLEN, self.drafts[form])

    def address(self, form: str) -> str:
        return f"/es/penalolen/workbench/assessments/{self.drafts[form]}/"


@pytest.fixture
async def desk(cast: Cast, site: Site) -> Desk:
    drafts = {}
    async with cast.at(PENALOLEN, cast.monitor) as session:
        for form in FORMS:
            commitment = "CLPLN0002" if form.about == "commitment" else None
            drafts[form.code] = (await a_draft(session, cast.monitor, form=form.code, commitment=commitment)).id
    return Desk(cast, await site.sign_in("penalolen-monitor"), drafts)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.ref)
@given(data=st.data())
@PATIENT
async def test_random_input_is_saved_whole_or_not_at_all(desk: Desk, form: Form, data: st.DataObject) -> None:
    before = await desk.sheet(form.code)
    keys = [asking.key for asking in form.askings(before.asked_of)]
    fields, files = data.draw(sendings(form, keys))
    version = data.draw(st.sampled_from([str(before.assessment.version)] * 8 + ["0", "", "x", "9" * 30]))
    body: dict[str, list[str]] = {"version": [version], "evaluator": ["Ente"]}
    for name, value in fields:
        body.setdefault(name, []).append(value)

    answer = await desk.client.post(
        desk.address(form.code),
        data=body,
        files=[(name, ("acta.txt", content, "text/plain")) for name, content in files] or {"": ("", b"")},
    )

    after = await desk.sheet(form.code)
    assert answer.status_code in {303, 409, 422}, answer.text
    if answer.status_code == 303:
        kept = {key: one.as_answer() for key, one in after.answers.items()}
        assert problems(form, kept, after.asked_of) == ()
        assert clean_answers(form, kept, after.asked_of) == kept
    else:
        assert (after.answers, after.assessment.version) == (before.answers, before.assessment.version)


@given(data=st.data())
@settings(PATIENT, max_examples=80)
async def test_no_step_fails_whatever_is_sent(desk: Desk, data: st.DataObject) -> None:
    """Whole values among nonsense, in any order, on a draft that an example before may have changed."""
    step = data.draw(st.sampled_from(STEPS))
    whole = st.sampled_from(["yes", "no", "CLPLN0002", "question:EOC1.1", "hand_in", "limited", "2027-01-01", "2"])
    body = data.draw(st.dictionaries(st.sampled_from(STEP_FIELDS), whole | texts, max_size=6))
    if step == "discard":  # with its version the draft would be gone, and every step after it trivial
        body.pop("version", None)

    answer = await desk.client.post(f"{desk.address('end-of-commitment')}{step}/", data=body)

    assert answer.status_code in {303, 404, 409, 422}, answer.text


@given(data=st.data())
@settings(PATIENT, max_examples=20)
async def test_random_replies_are_kept_whole_or_not_at_all(site: Site, cast: Cast, data: st.DataObject) -> None:
    sent = await _sent(cast)
    keys = [one for one in sent.answers if one.startswith("EOT1")]
    names = [f"{part}:{key}" for key in keys for part in ("reply", "version")]
    body = data.draw(st.dictionaries(st.sampled_from(names), texts | st.sampled_from(["0", "1"]), max_size=6))
    client = await site.sign_in("penalolen-coordinator")
    before = {key: one.words for key, one in sent.dossier.replies.items()}

    answer = await client.post(f"/es/penalolen/workbench/replies/{sent.assessment.id}/", data=body)

    after = {key: one.words for key, one in (await _sent(cast)).dossier.replies.items()}
    assert answer.status_code in {303, 409, 422}, answer.text
    assert answer.status_code == 303 or after == before


async def _sent(cast: Cast) -> Sheet:
    """The one assessment that was sent for comment, sent now if none was."""
    async with cast.at(PENALOLEN, cast.monitor) as session:
        found = await queries.find_assessment(session, form="end-of-term", plan="2021-2024", commitment=None)
        if found is None:
            return await a_sent_assessment(session, cast.monitor)
        return await queries.get_sheet(session, PENALOLEN, found.id)


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/x"]
)
@given(body=st.binary(max_size=200))
@settings(PATIENT, max_examples=15)
async def test_random_bytes_change_nothing(desk: Desk, kind: str, body: bytes) -> None:
    before = await desk.sheet("end-of-commitment")

    answer = await desk.client.post(desk.address("end-of-commitment"), content=body, headers={"Content-Type": kind})

    assert answer.status_code in {400, 409, 422}, answer.text
    assert (await desk.sheet("end-of-commitment")).assessment.version == before.assessment.version


@pytest.mark.parametrize("charset", ["utf-8", "utf-7", "nonsense"])
async def test_text_in_an_unknown_alphabet_is_refused_politely(desk: Desk, charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}"
    part = f'--x\r\nContent-Disposition: form-data; name="evaluator"\r\n{kind}\r\n\r\n'
    body = part.encode() + b"\xff\xfe\xfa\r\n--x--\r\n"

    answer = await desk.client.post(
        desk.address("inception"), content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )

    assert answer.status_code in {400, 409, 422}, answer.text


async def test_given_answers_survive_the_way_to_the_database_and_back(desk: Desk) -> None:
    said = "Línea una\nlínea dos «comillas» 🌱"
    sheet = await desk.sheet("end-of-commitment")
    data = {"version": str(sheet.assessment.version), "evaluator": "Ente", "value:EOC1.2": said}

    answer = await desk.client.post(desk.address("end-of-commitment"), data=data)

    assert answer.status_code == 303
    assert (await desk.sheet("end-of-commitment")).answers == {"EOC1.2": Given(said)}
