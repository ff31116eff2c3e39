"""The scales of OGP's reviews: their codes in OGP's dataset, the years they were used, and the star."""

import pytest

from ogpmonitor.method.distinctions import load_distinctions
from ogpmonitor.method.forms import load_method

METHOD = load_method()


@pytest.mark.parametrize(
    ("scale", "column", "codes"),
    [
        ("completion", "code", [1, 2, 3, 4, 5]),
        ("diog", "by_value", [1, 2, 3, 4, 5]),
        ("diog_overall", "overall", [0, 1, 2, 3, 4, 1]),
        ("early_results", "code", [0, 1, 2]),
        ("potential_impact", "code", [0, 1, 2, 3]),
        ("potential_for_results", "code", [0, 1, 2]),
        ("specificity", "code", [0, 1, 2, 3]),
        ("relevance", "code", [0, 1]),
        ("carried_forward", "code", [0, 1]),
    ],
)
def test_options_carry_the_codes_of_the_dataset(scale: str, column: str, codes: list[int]) -> None:
    assert [option.dataset for option in METHOD.scale(scale).options] == [{column: code} for code in codes]


def test_codes_by_value_are_one_higher_than_overall() -> None:
    overall = METHOD.scale("diog_overall")

    for option in METHOD.scale("diog").options:
        other = overall.option(f"overall_{option.code}")
        assert other is not None
        assert option.dataset["by_value"] == other.dataset["overall"] + 1
        assert (other.label.in_("es"), other.help) == (option.label.in_("es"), option.help)


@pytest.mark.parametrize(
    ("scale", "years", "historic"),
    [
        ("diog", (2013, 2016), False),
        ("diog_overall", (2013, 2020), True),
        ("early_results", (2021, None), False),
        ("potential_impact", (2012, 2019), True),
        ("potential_for_results", (2020, None), False),
        ("specificity", (2011, 2016), True),
        ("starred", (None, 2017), True),
        ("completion_change", (None, 2016), True),
        ("public_influence", (None, None), False),
    ],
)
def test_scales_say_which_plans_they_are_of(scale: str, years: tuple[int | None, int | None], historic: bool) -> None:
    found = METHOD.scale(scale)

    assert ((found.plans_from, found.plans_until), found.historic) == (years, historic)


def test_no_form_asks_a_historic_scale() -> None:
    assert [scale.ref for scale in METHOD.scales.values() if scale.historic and METHOD.asking(scale)] == []


def test_every_option_leads_to_its_scale() -> None:
    assert METHOD.options["marginal"].code == "diog"
    assert METHOD.options["overall_marginal"].code == "diog_overall"


ALL = ("relevant", "verifiable", "impact_transformative", "complete")


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (ALL, True),
        (("relevant", "specificity_high", "impact_transformative", "substantial"), True),
        (("relevant", "specificity_low", "impact_transformative", "complete"), False),
        (("relevant", "not_verifiable", "impact_transformative", "complete"), False),
        (("relevant", "verifiable", "impact_moderate", "complete"), False),
        (("relevant", "verifiable", "complete"), None),
        (("relevant", "verifiable", "limited"), False),
        ((), None),
    ],
)
def test_a_star_follows_from_four_ratings(given: tuple[str, ...], holds: bool | None) -> None:
    star = load_distinctions().giving("starred")

    assert star is not None
    assert star.holds(given, METHOD) == holds


def test_a_distinction_names_the_scales_it_waits_for() -> None:
    star = load_distinctions().giving("starred")

    assert star is not None
    assert [scale.code for scale in star.undecided(("relevant", "verifiable", "complete"), METHOD)] == [
        "potential_impact"
    ]
