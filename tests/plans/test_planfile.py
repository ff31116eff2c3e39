"""What a plan file may say."""

import shutil
from pathlib import Path

import pytest

from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.kit.localized import Localized
from ogpmonitor.plans.planfile import PlanFile, read_plan

TENANTS = Path(__file__).parents[2] / "tenants"
PLANS = sorted(TENANTS.glob("*/plans/*.toml"))
PENALOLEN = TENANTS / "penalolen" / "plans" / "2021-2024.toml"


def _refusal(folder: Path, old: str, new: str, *, of: Path = PENALOLEN) -> list[str]:
    copy = folder / of.name
    shutil.copy(of, copy)
    text = copy.read_text(encoding="utf-8")
    assert old in text
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        read_plan(copy, below=folder)
    return [f"{problem.key}: {problem.reason}" for problem in refused.value.problems]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_plan_of_the_repository_loads_and_survives_json(path: Path) -> None:
    plan = read_plan(path, below=TENANTS)

    assert PlanFile.model_validate_json(plan.model_dump_json()) == plan


def test_penalolen_is_complete_and_names_no_person() -> None:
    plan = read_plan(PENALOLEN)

    assert len(plan.answers) == 19
    assert plan.answers["EC01"][0].in_("es") == "Dirección de Control y Gobierno Abierto"
    assert (len(plan.answers["EC05"]), plan.answers["EC06"], plan.answers["EC07"]) == (9, 24, 11)
    assert (str(plan.submitted_on), str(plan.ends_on), str(plan.cycle_ends_on)) == ("2021-11-16", "2024-09", "2024-09")
    assert [commitment.code for commitment in plan.commitments] == ["CLPLN0002", "C2", "C3"]
    assert len(plan.endorsements) == 10
    assert "[name withheld]" in plan.answers["EC09"].in_("en")


def test_long_texts_of_penalolen_are_verbatim_english_with_our_spanish_marked() -> None:
    plan = read_plan(PENALOLEN)
    texts = [text for text in (plan.foreword, *plan.answers.values()) if isinstance(text, Localized)]

    assert len(texts) == 16
    assert {(text.source, text.unofficial) for text in texts} == {("en", ("es",))}


def test_santiago_counts_what_it_set_aside_out_of_the_base() -> None:
    plan = read_plan(TENANTS / "santiago" / "plans" / "2022-2024.toml")
    declared = [commitment.declared_status.status for commitment in plan.commitments if commitment.declared_status]

    assert plan.programme_balance is not None
    assert (plan.programme_balance.base, plan.programme_balance.fulfilled) == (152, 134)
    assert (declared.count("fulfilled"), declared.count("pending")) == (9, 4)
    assert [milestone.code for milestone in plan.commitments[-1].milestones] == [f"F{n}" for n in range(1, 10)]
    assert all(milestone.source_note for milestone in plan.commitments[-1].milestones)


def test_renca_has_no_commitment_as_fact() -> None:
    plan = read_plan(TENANTS / "renca" / "plans" / "en-cocreacion.toml")

    assert (plan.status, plan.commitments) == ("co_creation", ())


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("EC06 = 24", 'EC06 = "many"', ": answers: EC06 asks for a number, not a text"),
        ("EC06 = 24", "EC66 = 24", ": answers: 'EC66' is not a question of the plan template"),
        (
            'ends_on = "2024-09"',
            'ends_on = "2024-9"',
            "ends_on: '2024-9' is not a date like 2024, 2024-09 or 2024-09-30",
        ),
        ('slug = "2021-2024"', 'slug = "2021"', "slug: is '2021' in a file named '2021-2024.toml'"),
        (
            'submitted_on = "2021-11-16"\n',
            "",
            ": submitted_on is missing: a plan that was submitted has a date, or says that none is known",
        ),
        ('missing = ["starts_on"]', 'missing = ["ends_on"]', ": missing: 'ends_on' is filled in"),
        (
            'missing = ["starts_on"]',
            'missing = ["mayor"]',
            ": missing: 'mayor' is neither a field of a plan nor a question",
        ),
        ('code = "C2"', 'code = "clpln0002"', ": the same commitment code is used twice: clpln0002"),
        (
            'code = "C2"',
            'code = "C 2"',
            "commitments[1].code: String should match pattern '^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$'",
        ),
        (
            'ogp_id = "CLPLN0002"',
            'ogp_id = "CL2"',
            "commitments[0].ogp_id: String should match pattern '^[A-Z]{2}[A-Z]{3}[0-9]{4}$'",
        ),
        ('starts_on = "2022-01"', 'starts_on = "2025"', "commitments[0]: ends (2024-09) before it starts (2025)"),
        (
            '"access_to_information"',
            '"happiness"',
            "commitments[0].values[1]: 'happiness' is not a value of open government",
        ),
        ('number = "1"', 'number = "1"\npolicy_area = "x"', "commitments[0].policy_area: 'x' is not a policy area"),
        ('number = "1"', 'number = "1"\nsector = "gender"', "commitments[0].sector: 'gender' is not a sector"),
        ('missing = ["problem"', 'missing = ["code"', "commitments[0]: missing: 'code' is filled in"),
        ('missing = ["problem"', 'missing = ["soul"', "commitments[0]: missing: 'soul' is not a field of a commitment"),
        (
            'missing = ["problem", ',
            "missing = [",
            "commitments[0]: 'problem' is neither filled in nor named in 'missing'",
        ),
    ],
)
def test_plan_file_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert _refusal(tmp_path, old, new) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("set_aside = 15", "set_aside = 14", "programme_balance: 167 committed less 14 set aside is not a base of 152"),
        ("fulfilled = 134", "fulfilled = 153", "programme_balance: 153 fulfilled is more than the base of 152"),
        ('code = "F2"', 'code = "F1"', "commitments[13]: the same milestone code is used twice: F1"),
        (
            'code = "F2"',
            'code = "F2"\nstarts_on = "2024"\ndue_on = "2023"',
            "commitments[13].milestones[1]: ends (2023) before it starts (2024)",
        ),
    ],
)
def test_balance_and_milestones_must_add_up(tmp_path: Path, old: str, new: str, problem: str) -> None:
    santiago = TENANTS / "santiago" / "plans" / "2022-2024.toml"

    assert _refusal(tmp_path, old, new, of=santiago) == [problem]
