"""Whether a colour can be read on our paper."""

import pytest

from ogpmonitor.tenants.contrast import PAPERS_DARK, PAPERS_LIGHT, check_readable, contrast_ratio


def test_contrast_of_black_and_white_is_twenty_one() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#ffffff") == pytest.approx(1)


def test_contrast_just_below_the_limit_is_refused_and_never_looks_sufficient() -> None:
    assert check_readable("#767676", ("#ffffff",)) == "#767676"
    with pytest.raises(ValueError, match=r"#777777 on #ffffff has a contrast of 4\.47:1, less than 4\.5:1"):
        check_readable("#777777", PAPERS_LIGHT)


def test_contrast_is_checked_on_every_paper() -> None:
    with pytest.raises(ValueError, match=r"#767676 on #fbfaf7 has a contrast of 4\.3\d:1"):
        check_readable("#767676", PAPERS_LIGHT)
    with pytest.raises(ValueError, match=r"#1f6a45 on #15171a has a contrast of 2\.7\d:1"):
        check_readable("#1f6a45", PAPERS_DARK)


@pytest.mark.parametrize("colour", ["red", "#fff", "#FFFFFF", "#12345g", "#1234567"])
def test_contrast_refuses_what_is_not_a_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="is not a colour like"):
        check_readable(colour, PAPERS_LIGHT)
