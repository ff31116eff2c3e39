"""Commitments and milestones of a plan being written, over HTTP: what they keep, their order, codes, and leaving."""

import httpx
from tests.factories.cast import Cast
from tests.factories.forms import fill_in
from tests.factories.site import Site
from tests.factories.writing import COORDINATOR, at, the_milestone, the_plan, traces


async def test_every_field_of_a_commitment_and_a_milestone_is_kept(writer: httpx.AsyncClient, cast: Cast) -> None:
    texts = ("summary", "problem", "action", "resources", "axis")
    sent = {name: f"Sobre {name}" for name in texts}
    await fill_in(
        writer,
        at("commitments/C1/"),
        **sent,
        values=["access_to_information", "civic_participation"],
        policy_area="open_data",
        institutions_name=["Secpla", "Junta"],
        institutions_role=["lead", "support"],
        ogp_id="CLPLN0009",
    )
    await fill_in(
        writer,
        at("commitments/C1/milestones/M1/"),
        indicator="Actas",
        supporting=["Junta", "Liceo"],
        responsible_unit="Secpla",
        contact_name="Ana Rojas",
        contact_email="ana@example.org",
    )
    commitment = (await the_plan(cast)).commitments[0]
    milestone = commitment.milestones[0]

    assert {name: commitment.content[name]["es"] for name in texts} == sent
    assert commitment.content["values"] == ["access_to_information", "civic_participation"]
    assert [one["role"] for one in commitment.content["institutions"]] == ["lead", "support"]
    assert (commitment.content["ogp_id"], commitment.content["number"]) == ("CLPLN0009", "1")
    assert [one["es"] for one in milestone.content["supporting"]] == ["Junta", "Liceo"]
    assert milestone.contact == {"name": "Ana Rojas", "email": "ana@example.org", "public": False}
    assert "contact" not in milestone.content


async def test_the_record_and_the_public_never_hold_a_contact_who_did_not_agree(
    writer: httpx.AsyncClient, cast: Cast
) -> None:
    step = at("commitments/C1/milestones/M1/")
    await fill_in(writer, step, contact_name="Ana Rojas", contact_email="ana@example.org")
    told = [f"{one.before} {one.after}" for one in await traces(cast)]
    silent = (await writer.get("/es/penalolen/workbench/publish/?plan=2026-2028")).text
    await fill_in(writer, step, contact_public="yes")
    named = (await writer.get("/es/penalolen/workbench/publish/?plan=2026-2028")).text

    assert any("'given': True" in one for one in told)
    assert not any("Ana" in one or "ana@" in one for one in told)
    assert (await the_milestone(cast)).contact == {"name": "Ana Rojas", "email": "ana@example.org", "public": True}
    assert "Instalar la mesa" in silent or "Mesa vecinal" in silent
    assert "Ana Rojas" not in silent
    assert "ana@example.org" not in silent + named


async def test_commitments_and_milestones_change_places(writer: httpx.AsyncClient, cast: Cast) -> None:
    await fill_in(writer, at("commitments/new/"), title="Segundo")
    await fill_in(writer, at("commitments/C1/milestones/new/"), title="Otro paso")

    up = await writer.post(at("commitments/C2/move/"), data={"to": "up"})
    await writer.post(at("commitments/C1/milestones/M1/move/"), data={"to": "down"})
    nowhere = await writer.post(at("commitments/C2/move/"), data={"to": "up"})
    wrong = await writer.post(at("commitments/C2/move/"), data={"to": "sideways"})
    plan = await the_plan(cast)

    assert [up.status_code, nowhere.status_code, wrong.status_code] == [303, 303, 422]
    assert [one.code for one in plan.commitments] == ["C2", "C1"]
    assert [one.code for one in plan.commitments[1].milestones] == ["M2", "M1"]


async def test_a_code_is_used_once(writer: httpx.AsyncClient) -> None:
    await fill_in(writer, at("commitments/new/"), title="Segundo")

    new = await fill_in(writer, at("commitments/new/"), title="Tercero", code="c1")
    renamed = await fill_in(writer, at("commitments/C2/"), code="C1")
    step = await fill_in(writer, at("commitments/C1/milestones/new/"), title="Otro", code="m1")

    for answer in (new, renamed, step):
        assert answer.status_code == 422
        assert answer.text.count("Otro de este plan ya tiene este código.") == 2


async def test_only_what_is_empty_is_taken_out(writer: httpx.AsyncClient, cast: Cast) -> None:
    full = await writer.post(at("commitments/C1/remove/"))
    step = await writer.post(at("commitments/C1/milestones/M1/remove/"))
    empty = await writer.post(at("commitments/C1/remove/"))

    assert [full.status_code, step.status_code, empty.status_code] == [409, 303, 303]
    assert "Se sacó del plan." in (await writer.get(empty.headers["location"])).text
    assert (await the_plan(cast)).commitments == []
    assert [one.action for one in await traces(cast)][-2:] == ["milestone.removed", "commitment.removed"]


async def test_what_was_reported_stays(writer: httpx.AsyncClient, cast: Cast) -> None:
    step = (await the_milestone(cast)).id
    report = {"version": "1", "progress": "ongoing", "text": "Se avanzó."}
    await writer.post(f"/es/penalolen/workbench/milestones/{step}/", data=report)

    assert (await writer.post(at("commitments/C1/milestones/M1/remove/"))).status_code == 409
    assert (await the_milestone(cast)).title["es"] == "Instalar la mesa"


async def test_a_submitted_plan_takes_nothing_in_or_out_here(site: Site) -> None:
    client = await site.sign_in(COORDINATOR)
    root = "/es/penalolen/workbench/plans/2021-2024/"

    assert (await client.get(f"{root}commitments/new/")).status_code == 409
    assert (await client.post(f"{root}commitments/C2/move/", data={"to": "up"})).status_code == 409
    assert (await client.post(f"{root}commitments/C2/milestones/M1/remove/")).status_code == 409
    assert "Subir" not in (await client.get(root)).text
