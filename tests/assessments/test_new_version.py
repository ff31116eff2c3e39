"""A wording of OGP's that turns out wrong is corrected by adding a file; what was given under the old one stays."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.factories.assessments import PENALOLEN, a_filled_draft
from tests.factories.cast import Cast
from tests.factories.site import Site

from ogpmonitor.settings import ROOT, Settings

SOURCE = ROOT / "src" / "ogpmonitor"
FORMS = "method/form_files"
OLD, NEW = "end-of-commitment.v1.toml", "end-of-commitment.v2.toml"
ASSESSED = "/plans/2021-2024/assessments/end-of-commitment:C2/"
PUBLIC = [f"/{lang}/penalolen{ASSESSED}" for lang in ("es", "en")]
CORRECTED = "¿Cuánto se avanzó, según la redacción corregida?"


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    """The service as it stands, with one more file: the form's second version, with another wording and order."""
    shutil.copytree(SOURCE, tmp_path / "src" / "ogpmonitor", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("templates", "tenants", "migrations", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    old = (SOURCE / FORMS / OLD).read_text("utf-8")
    before = next(
        line for line in old.splitlines() if line.startswith("text = ") and "nivel general de progreso" in line
    )
    after = f'text = {{ es = "{CORRECTED}", en = "How far did it get, in the corrected wording?" }}'
    new = old.replace(before, after).replace("version = 1", "version = 2", 1)
    assert new.count(CORRECTED) == 1
    (tmp_path / "src" / "ogpmonitor" / FORMS / NEW).write_text(new, "utf-8")
    return tmp_path


def look(folder: Path, settings: Settings, drafts: list[str]) -> dict[str, Any]:
    """What the service in `folder` says, over the same database and files."""
    told = {
        f"OGPMONITOR_{name.upper()}": str(value)
        for name, value in settings.model_dump(exclude={"secret_key"}, exclude_none=True).items()
    }
    told["OGPMONITOR_SECRET_KEY"] = settings.secret_key.get_secret_value()
    done = subprocess.run(
        [sys.executable, "-m", "tests.assessments.looking"],
        input=json.dumps([PUBLIC, drafts]),
        env={**os.environ, **told, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{ROOT}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def test_a_corrected_form_leaves_what_was_given_as_it_was(
    cast: Cast, site: Site, settings: Settings, corrected: Path
) -> None:
    async with cast.at(PENALOLEN, cast.monitor) as session:
        begun = (await a_filled_draft(session, cast.monitor)).assessment.id
    before = [(await site.client.get(address)).text for address in PUBLIC]

    found = look(corrected, settings, [str(begun)])

    fresh, older = found["drafts"]
    assert found["pages"] == before
    assert CORRECTED not in "".join(found["pages"])
    assert (fresh[0], fresh[1]) == (2, CORRECTED)
    assert (older[0], older[2]) == (1, 9)
    assert older[1] != CORRECTED
