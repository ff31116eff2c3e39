"""Reading the folder of tenants: all of them, or nothing."""

import shutil
from pathlib import Path

import pytest

from ogpmonitor.tenants.contrast import PAPERS_DARK, PAPERS_LIGHT, contrast_ratio
from ogpmonitor.tenants.files import DataRefused, read_tenants

TENANTS = Path(__file__).parents[2] / "tenants"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "tenants"
    shutil.copytree(TENANTS, copy)
    return copy


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _problems(folder: Path) -> list[str]:
    with pytest.raises(DataRefused) as refused:
        read_tenants(folder)
    return [str(problem) for problem in refused.value.problems]


def test_tenants_of_the_repository_all_load() -> None:
    folders = read_tenants(TENANTS)

    assert [folder.tenant.slug for folder in folders] == ["maipu", "penalolen", "renca", "santiago"]
    for folder in folders:
        assert set(folder.pages) == {("about", "es"), ("about", "en")}
        assert [path.name for path in folder.demo_files] == [path.name for path in folder.plan_files]
        colours = folder.tenant.colours
        assert min(contrast_ratio(colours.accent, paper) for paper in PAPERS_LIGHT) >= 4.5
        assert min(contrast_ratio(colours.accent_dark, paper) for paper in PAPERS_DARK) >= 4.5


def test_tenants_say_honestly_who_is_a_member_and_who_measures() -> None:
    tenants = {folder.tenant.slug: folder.tenant for folder in read_tenants(TENANTS)}

    assert {slug: tenant.ogp.member for slug, tenant in tenants.items()} == {
        "maipu": True,
        "penalolen": True,
        "renca": False,
        "santiago": True,
    }
    assert [slug for slug, tenant in tenants.items() if tenant.switches.own_measure] == ["santiago"]
    assert tenants["santiago"].population.people == 8_420_729
    assert len({tenant.colours.accent for tenant in tenants.values()}) == len(tenants)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('slug = "renca"', 'slug = "renka"', "slug: is not the folder's name 'renca'"),
        ('slug = "renca"', 'slug = "verify"', "slug: 'verify' is an address of the platform itself"),
        ('country = "CL"\n', "", "country: is missing"),
        ('country = "CL"', 'country = "CL"\nmayor = "x"', "mayor: is not a key this file knows"),
        (
            "renca.localhost",
            "Renca.localhost:80",
            "hosts[0]: 'Renca.localhost:80' is not a host name in lower case, without port",
        ),
        ("America/Santiago", "Chile/Renca", "time_zone: 'Chile/Renca' is not a time zone"),
        ("#9a4416", "#f0a878", "colours.accent: #f0a878 on #ffffff has a contrast of 1.98:1, less than 4.5:1"),
        ("#f0a878", "#9a4416", "colours.accent_dark: #9a4416 on #15171a has a contrast of 2.74:1, less than 4.5:1"),
        ('province = "131"', 'province = "051"', "territory: province 051 does not lie in region 13"),
        ('comuna = "13128"', 'comuna = "05101"', "territory: comuna 05101 does not lie in province 131"),
        ('comuna = "13128"\n', "", "territory.comuna is given for a municipality, and only for one"),
        ('languages = ["es", "en"]', 'languages = ["es", "es"]', "languages: one is named twice"),
        ("member = false", 'member = false\nsince = "2024"', "ogp: since is given for a tenant that is not a member"),
        ("member = false", "member = true", "ogp: a member says since when"),
        ('name = { es = "Renca", en = "Renca" }', 'name = "Renca"', "name has no text in en"),
    ],
)
def test_tenant_file_that_is_wrong_is_refused_with_file_key_and_reason(
    folder: Path, old: str, new: str, problem: str
) -> None:
    _edit(folder / "renca" / "tenant.toml", old, new)

    assert f"renca/tenant.toml: {problem}" in _problems(folder)


def test_one_wrong_key_refuses_the_lot_with_all_problems(folder: Path) -> None:
    _edit(folder / "renca" / "tenant.toml", "own_measure = false\n", "")
    _edit(folder / "maipu" / "tenant.toml", "people = 586812", 'people = "many"')

    assert _problems(folder) == [
        "maipu/tenant.toml: population.people: Input should be a valid integer, unable to parse string as an integer",
        "renca/tenant.toml: switches.own_measure: is missing",
    ]


def test_host_of_another_tenant_is_refused(folder: Path) -> None:
    _edit(folder / "renca" / "tenant.toml", "renca.localhost", "maipu.localhost")

    assert _problems(folder) == ["renca/tenant.toml: hosts: 'maipu.localhost' already belongs to 'maipu'"]


def test_files_beside_the_tenant_are_checked_too(folder: Path) -> None:
    renca = folder / "renca"
    (renca / "logo.svg").unlink()
    (renca / "notes.txt").write_text("x", encoding="utf-8")
    (renca / "pages" / "about.en.md").write_text(" \n", encoding="utf-8")
    (renca / "pages" / "about.fr.md").write_text("x", encoding="utf-8")
    (renca / "pages" / "help.es.md").write_bytes(b"\xf1")

    assert _problems(folder) == [
        "renca/logo.svg: cannot be read: No such file or directory",
        "renca/notes.txt: is not a file this folder knows",
        "renca/pages/about.fr.md: is not named like about.es.md, in a language of the tenant",
        "renca/pages/help.es.md: is not UTF-8 text",
        "renca/pages/about.en.md: is missing or empty",
    ]


def test_logo_with_a_script_is_refused(folder: Path) -> None:
    _edit(folder / "renca" / "logo.svg", "</svg>", "<script/></svg>")

    assert _problems(folder) == ["renca/logo.svg: contains <script>, which is not part of a plain drawing"]


def test_folder_without_tenants_is_refused(tmp_path: Path) -> None:
    assert _problems(tmp_path) == [f"{tmp_path}: holds no tenant"]
    assert _problems(tmp_path / "absent") == [f"{tmp_path / 'absent'}: is not a folder"]
