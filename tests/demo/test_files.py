"""What a demo file may say, and the bytes of its invented files."""

import io
import re
import zlib
from pathlib import Path

import pytest

from ogpmonitor.demo.files import DemoEvidence, DemoFile, read_demo
from ogpmonitor.demo.media import evidence_bytes, pdf_page, png_bars
from ogpmonitor.kit.datafiles import DataRefused
from ogpmonitor.plans.planfile import PlanFile, read_plan

TENANTS = Path(__file__).parents[2] / "tenants"
DEMOS = sorted(TENANTS.glob("*/demo/*.toml"))


def _plan_of(path: Path) -> PlanFile:
    return read_plan(path.parents[1] / "plans" / path.name)


def _refusal(folder: Path, old: str, new: str) -> list[str]:
    demo = TENANTS / "penalolen" / "demo" / "2021-2024.toml"
    text = demo.read_text(encoding="utf-8")
    assert old in text
    (folder / "demo.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        read_demo(folder / "demo.toml", _plan_of(demo), below=folder)
    return [f"{problem.key}: {problem.reason}" for problem in refused.value.problems]


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.parts[-3])
def test_demo_of_the_repository_loads_and_says_that_it_is_invented(path: Path) -> None:
    demo = read_demo(path, _plan_of(path))

    assert demo.note.in_("es").startswith("Contenido de demostración")
    assert demo.note.in_("en").startswith("Demo content")
    assert DemoFile.model_validate_json(demo.model_dump_json()) == demo


def test_every_commitment_of_the_demo_has_something_to_show() -> None:
    demo = read_demo(TENANTS / "penalolen/demo/2021-2024.toml", _plan_of(TENANTS / "penalolen/demo/2021-2024.toml"))
    progress = [report.progress for report in demo.reports if report.commitment == "CLPLN0002"]

    assert progress == ["completed"] * 4 + ["ongoing"] * 2
    assert [assessment.commitment for assessment in demo.assessments] == ["C2"]
    suffixes = {Path(item.file_name).suffix for report in demo.reports for item in report.evidence if item.file_name}
    assert suffixes == {".pdf", ".csv", ".png", ".txt"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('plan = "2021-2024"', 'plan = "2020"', "plan: is '2020', not '2021-2024'"),
        (
            'commitment = "C3"\ncode = "M1"',
            'commitment = "C9"\ncode = "M1"',
            "milestones[10].commitment: there is no commitment 'C9'",
        ),
        (
            'due_on = "2024-09-30"',
            'due_on = "2024-10-01"',
            "milestones[5].due_on: 2024-10-01 is after the end of the plan (2024-09)",
        ),
        ('code = "M2"', 'code = "M1"', ": the same milestone is used twice: CLPLN0002/M1"),
        ('code = "E2"', 'code = "E1"', ": the same evidence code is used twice: E1"),
        (
            "completed_on = 2022-06-22\n",
            "",
            "reports[0]: completed_on is given when the milestone is completed, and only then",
        ),
        (
            "started_on = 2022-01-17",
            "started_on = 2023-01-17",
            "reports[0]: a report comes after what it reports, and a start before its end",
        ),
        (
            "https://example.org/penalolen/mesa-ambiental",
            "https://example.com/",
            "reports[0].evidence[1]: E2: an invented link points to https://example.org/",
        ),
        (
            'file_name = "demo-areas-verdes.csv"\n',
            "",
            "reports[1].evidence[0]: E3: evidence is a link, or a file with its content",
        ),
        (
            "demo-areas-verdes.csv",
            "demo-areas-verdes.exe",
            "reports[1].evidence[0]: E3: a demo file is one of .csv, .pdf, .png, .txt",
        ),
        (
            'cites = ["E20", "E21", "E22"]',
            'cites = ["E1"]',
            "assessments[0].answers.EOC1.1.cites: 'E1' is not evidence of this commitment",
        ),
    ],
)
def test_demo_that_does_not_fit_its_plan_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert problem in _refusal(tmp_path, old, new)


def test_demo_report_that_is_late_says_why(tmp_path: Path) -> None:
    old = 'due_on = "2023-12-29"'

    assert _refusal(tmp_path, old, 'due_on = "2023-12-01"') == [
        "reports[3].reason_late: is missing: the milestone was reported late"
    ]


def _evidence(name: str, content: str) -> DemoEvidence:
    data = {"code": "E1", "title": {"source": "es", "es": "A"}, "dated_on": "2024-01-01"}
    return DemoEvidence.model_validate({**data, "file_name": name, "content": content})


def test_evidence_text_is_its_own_bytes_and_a_link_has_none() -> None:
    data = {"code": "E1", "title": {"source": "es", "es": "A"}, "dated_on": "2024-01-01"}
    link = DemoEvidence.model_validate({**data, "url": "https://example.org/a"})

    assert evidence_bytes(_evidence("demo-a.csv", "año;n\n")) == "año;n\n".encode()
    with pytest.raises(ValueError, match="E1 is a link"):
        evidence_bytes(link)


def test_evidence_pdf_is_valid_and_the_same_every_time() -> None:
    pdf = evidence_bytes(_evidence("demo-a.pdf", "Acta (copia)\n\nSesión \\ uno"))

    assert pdf == pdf_page("Acta (copia)\n\nSesión \\ uno")
    assert rb"(Acta \(copia\)) '" in pdf
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n$", pdf)
    assert start is not None
    offsets = [int(line) for line in re.findall(rb"(\d{10}) 00000 n ", pdf[int(start[1]) :])]
    assert [pdf[at:].split(b" ", 1)[0] for at in offsets] == [b"1", b"2", b"3", b"4", b"5"]


def test_evidence_png_draws_one_bar_per_number() -> None:
    png = evidence_bytes(_evidence("demo-a.png", "0 3 6"))

    assert png == png_bars([0, 3, 6])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    size = int.from_bytes(io.BytesIO(png[33:]).read(4))
    rows = zlib.decompress(png[41 : 41 + size])
    bottom = rows[-480:]
    assert (bottom[80], bottom[240], bottom[400]) == (0xF4, 0x44, 0x44)
    top = rows[1:481]
    assert (top[240], top[400]) == (0xF4, 0x44)
