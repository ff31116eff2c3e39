"""Files of other tools: recognised by their header, read with every oddity said."""

import pytest

from ogpmonitor.imports.formats import FORMATS, read_file
from ogpmonitor.imports.service import compare_file
from ogpmonitor.kit.errors import Invalid

DECIDIM = (
    "id;category/id;parent/id;title/es;title/ca;description/es;start_date;end_date;status/key;progress;url\n"
    '7;1;3;"Hito, primero";"";"<p>Uno &amp; dos</p><p>Tres</p>";2024-02-01;2024-06-30;ongoing;50;http://x\n'
    '3;1;;"Compromiso";"";"";2024-01-01;;;;http://y\n'
)
OLD_DECIDIM = "result_id,parent_id,title_es,description_es,start_date,end_date\n3,,Compromiso,,,\n7,3,Hito,,,\n"
GOBIERTO = (
    '"Level 1","Level 2","Node.external_id","Node.Title","Node.Status","Node.Start","Node.End","Node.Progress"\n'
    '"Eje 1","Parques","a1","Plantar árboles","En curso","01/02/2024","30/06/2024","50.00%"\n'
    '"Eje 1","Parques","","Regar","","","",""\n'
    '"Eje 2","Vacío","","","","","",""\n'
)
OGP = (
    "Commitment Unique Identifier,Commitment Title,Start Date,End Date,Lead Institution,Public Participation,"
    "OGP Value Civic Participation,Completion (End Of Term)\n"
    "CL0026,Open data,July 2014,NA,Ministry,1,1,Complete\n"
)
SHORT = "id,year,policy_area,title\nCL0001,2012,E-Government,Chileatiende\nCL0025,2014,,Sin área\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [(DECIDIM, "decidim"), (OLD_DECIDIM, "decidim"), (GOBIERTO, "gobierto"), (OGP, "ogp"), (SHORT, "ogp")],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_format_is_recognised_in_any_usual_encoding(text: str, code: str, encoding: str) -> None:
    content = text.replace("\n", "\r\n").encode(encoding)

    assert [name for name, (_, fits, _) in FORMATS.items() if fits(content)] == [code]
    assert read_file(content, "es").format == code


def test_decidim_results_become_commitments_and_milestones() -> None:
    reading = read_file(DECIDIM.encode(), "es")

    milestone, commitment = reading.items
    assert (commitment.kind, commitment.code, commitment.values["starts_on"]) == ("commitment", "D3", "2024-01-01")
    assert (milestone.kind, milestone.parent, milestone.values["due_on"]) == ("milestone", "D3", "2024-06-30")
    assert milestone.values["title"] == {"source": "es", "es": "Hito, primero"}
    assert milestone.values["expected_output"] == {"source": "es", "es": "Uno & dos\nTres"}
    assert [one.value for one in reading.findings] == ["category/id", "status/key", "progress", "url"]


def test_a_decidim_result_without_its_parent_is_an_error() -> None:
    reading = compare_file(DECIDIM.replace("3;1;;", "4;1;;").encode(), None, "es").reading

    assert "The result this one belongs to is not in the file." in [one.message for one in reading.errors]


def test_gobierto_levels_become_commitments() -> None:
    reading = read_file(GOBIERTO.encode(), "es")

    assert [(item.kind, item.code, item.parent) for item in reading.items] == [
        ("commitment", "G1", None), ("commitment", "G2", None), ("milestone", "a1", "G1"), ("milestone", "N2", "G1"),
    ]  # fmt: skip
    assert reading.items[0].values["axis"] == {"source": "es", "es": "Eje 1"}
    assert reading.items[2].values["starts_on"] == "2024-02-01"  # 30/06 in the other column says nothing of this one


def test_ogp_ratings_stay_where_they_are() -> None:
    reading = read_file(OGP.encode(), "es")

    values = reading.items[0].values
    assert (values["starts_on"], values["values"], values["policy_area"]) == (
        "2014-07", ["civic_participation"], "public_participation",
    )  # fmt: skip
    assert "ends_on" not in values
    assert any("Completion (End Of Term)" in one.value for one in reading.findings)


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"hola", b"a,b\n1,2\n", b"PK\x03\x04broken", b'{"commitments": 3}']
)
def test_what_is_of_no_known_kind_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(content, "es")
