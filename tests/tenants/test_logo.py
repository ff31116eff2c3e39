"""Whether a logo is only a drawing."""

import pytest

from ogpmonitor.tenants.logo import MAX_CHARACTERS, check_logo

START = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><title>A</title>'


def test_logo_that_is_a_plain_drawing_is_taken() -> None:
    assert check_logo(f'<!-- ours -->{START}<path id="p" d="M0 0h8" fill="url(#a)"/><use href="#p"/></svg>') == []


@pytest.mark.parametrize(
    ("svg", "reason"),
    [
        (f"{START}<script>1</script></svg>", "contains <script>, which is not part of a plain drawing"),
        (f"{START}<style>a{{}}</style></svg>", "contains <style>, which is not part of a plain drawing"),
        (f"{START}<foreignObject/></svg>", "contains <foreignObject>, which is not part of a plain drawing"),
        (f'{START}<b xmlns="x"/></svg>', "contains <b>, which is not part of a plain drawing"),
        (f'{START}<path onload="x()"/></svg>', "has the event handler 'onload'"),
        (f'{START}<path style="fill:red"/></svg>', "has a style attribute; write presentation attributes instead"),
        (f'{START}<use href="other.svg#a"/></svg>', "refers to 'other.svg#a' outside itself"),
        (f'{START}<path fill="url(https://example.org/a)"/></svg>', "refers outside itself in 'fill'"),
        (f"{START}<image/></svg>", "contains <image>, which is not part of a plain drawing"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><title>A</title></svg>', "has no viewBox"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>', "has no <title>"),
        ("<p/>", "is not an SVG drawing"),
        ("<svg", "is not well-formed XML: unclosed token: line 1, column 0"),
        ("<!DOCTYPE svg><svg/>", "declares a document type, an entity, CDATA or an instruction"),
        ('<?xml-stylesheet href="a"?><svg/>', "declares a document type, an entity, CDATA or an instruction"),
        ("x" * (MAX_CHARACTERS + 1), f"is longer than {MAX_CHARACTERS} characters"),
    ],
)
def test_logo_that_could_do_more_than_be_seen_is_refused(svg: str, reason: str) -> None:
    assert check_logo(svg) == [reason]


def test_logo_may_link_inside_itself_by_the_old_attribute() -> None:
    xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink"'

    assert check_logo(f'{START}<use {xlink} xlink:href="#p"/></svg>') == []
    assert check_logo(f'{START}<use {xlink} xlink:href="a#p"/></svg>') == ["refers to 'a#p' outside itself"]
