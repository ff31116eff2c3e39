"""`ogpmonitor doctor` finds what was broken, and says what to do. Everything here is broken in earnest."""

import shutil
from pathlib import Path

import pytest
from tests.factories.programs import environment_of, free_port, ran, rows

from ogpmonitor import rotating
from ogpmonitor.health.doctor import CHECKS, examine
from ogpmonitor.health.finding import Finding, Standing
from ogpmonitor.register.log import new_signing_key_pem
from ogpmonitor.settings import ROOT, Settings


async def found(settings: Settings, only: str) -> list[Finding]:
    return await examine(settings, only=only, environment={})


async def standing(settings: Settings, only: str) -> list[Standing]:
    return [finding.standing for finding in await found(settings, only)]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def tenants(tmp_path: Path, settings: Settings) -> Settings:
    """The same deployment, with a folder of jurisdictions that may be broken."""
    shutil.copytree(ROOT / "tenants", tmp_path / "tenants")
    return settings.model_copy(update={"tenants_folder": tmp_path / "tenants"})


def test_a_healthy_installation_passes_and_each_check_has_a_line(settings: Settings) -> None:
    rows(settings, "INSERT INTO jobs.procrastinate_workers DEFAULT VALUES")
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    settings.signing_key_file.chmod(0o600)

    done = ran("doctor", environment=environment_of(settings))

    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line[7:].partition(":")[0] for line in done.stdout.splitlines()]
    assert list(dict.fromkeys(lines)) == [name for name, _ in CHECKS]
    assert [line for line in done.stdout.splitlines() if not line.startswith("ok ")] == []


def test_one_breakage_ends_with_one_line_and_exit_code_1(settings: Settings, tmp_path: Path) -> None:
    done = ran("doctor", "--only", "signing", environment=environment_of(settings, signing_key_file=tmp_path / "away"))

    assert done.returncode == 1
    assert done.stdout == (
        f"FAILS  signing key: {tmp_path}/away: No such file or directory. "
        "To do: put it there, or bring it back from a backup.\n"
    )


def test_no_secret_is_printed(settings: Settings) -> None:
    hidden = "ZYXWVUTS"
    environment = environment_of(
        settings,
        files_url="s3://bucket-of-nobody/x",
        secret_key="b" + hidden * 6,
        app_database_url=f"postgresql://ogpmonitor_app:{hidden}@127.0.0.1:{free_port()}/nowhere",
    )

    done = ran("doctor", environment=environment)

    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert hidden not in said
    assert "FAILS  database: ogpmonitor_app: " in said


async def test_a_database_that_is_away(settings: Settings) -> None:
    away = settings.model_copy(update={"app_database_url": f"postgresql://ogpmonitor_app@127.0.0.1:{free_port()}/x"})

    first, second, third = await found(away, "database")

    assert [first.fails, second.fails, third.fails] == [False, True, False]
    assert second.to_do.startswith("see whether OGPMONITOR_APP_DATABASE_URL")
    assert {each.standing for each in await found(away, "schema")} == {Standing.FAILS}


async def test_two_databases_taken_for_one(settings: Settings, empty_database_url: str) -> None:
    other = settings.model_copy(update={"database_url": empty_database_url})
    mixed = settings.model_copy(update={"database_url": empty_database_url, "app_database_url": settings.app_url})

    assert any("different databases" in each.seen for each in await found(mixed, "database"))
    assert not any("different databases" in each.seen for each in await found(other, "database"))


async def test_an_empty_database_has_no_schema(settings: Settings, empty_database_url: str) -> None:
    empty = settings.model_copy(update={"database_url": empty_database_url})

    assert [(each.standing, each.to_do) for each in await found(empty, "schema")] == [
        (Standing.FAILS, "run: ogpmonitor migrate")
    ]


@pytest.mark.parametrize(("revision", "expected"), [("0001", Standing.FAILS), ("9999", Standing.DOUBTFUL)])
async def test_a_schema_of_another_release(settings: Settings, revision: str, expected: Standing) -> None:
    rows(settings, "UPDATE platform.schema_revisions SET version_num = %s", revision)

    assert await standing(settings, "schema") == [expected]


@pytest.mark.parametrize(
    ("breakage", "seen"),
    [
        ("GRANT UPDATE ON register.editions TO ogpmonitor_app", "ogpmonitor_app may UPDATE register.editions."),
        ("GRANT DELETE ON register.editions TO ogpmonitor_public", "ogpmonitor_public may DELETE register.editions."),
        ("GRANT USAGE ON SCHEMA workbench TO ogpmonitor_public", "ogpmonitor_public sees the schema workbench."),
        ("ALTER TABLE workbench.plans OWNER TO ogpmonitor_app", "ogpmonitor_app owns tables."),
    ],
)  # fmt: skip
async def test_a_role_that_can_too_much(settings: Settings, breakage: str, seen: str) -> None:
    rows(settings, breakage)

    assert [each.seen for each in await found(settings, "roles") if each.fails] == [seen]


async def test_a_superuser_in_place_of_the_role(settings: Settings) -> None:
    owner = settings.model_copy(update={"app_database_url": settings.database_url})

    first, second = await found(owner, "roles")

    assert first.seen.startswith("ogpmonitor_app signs in under another name, may do more than a role should")
    assert (first.fails, second.fails) == (True, False)


@pytest.mark.parametrize("how", ["NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"])
async def test_a_table_whose_rows_are_not_sealed(settings: Settings, how: str) -> None:
    assert await standing(settings, "row") == [Standing.HOLDS]
    rows(settings, f"ALTER TABLE workbench.milestones {how}")

    (finding,) = await found(settings, "row")

    assert finding.fails
    assert finding.seen == "Row policies do not bind everyone on workbench.milestones."


async def test_work_left_undone_is_doubtful(settings: Settings) -> None:
    rows(settings, "DELETE FROM jobs.procrastinate_jobs")
    job = """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES
             ('default', 'a', 'todo', now() - interval '3 hours'), ('default', 'b', 'failed', NULL)"""
    rows(settings, job)

    assert [(each.standing, each.seen) for each in await found(settings, "queue")] == [
        (Standing.DOUBTFUL, "No worker is alive."),
        (Standing.DOUBTFUL, "A job has waited for 3 hours."),
        (Standing.DOUBTFUL, "failed jobs: 1."),
    ]


async def test_files_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    away = settings.model_copy(update={"files_url": (tmp_path / "taken").as_uri()})

    assert await standing(settings, "files") == [Standing.HOLDS]
    assert await standing(away, "files") == [Standing.FAILS]


async def test_nothing_is_left_in_the_store(settings: Settings, tmp_path: Path) -> None:
    await found(settings.model_copy(update={"files_url": tmp_path.as_uri()}), "files")

    assert files_in(tmp_path) == []


async def test_another_signing_key_than_the_logs(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch(mode=0o600)
    key.write_bytes(new_signing_key_pem())

    assert await standing(settings.model_copy(update={"signing_key_file": key}), "signing") == [Standing.FAILS]


async def test_a_signing_key_that_was_changed(settings: Settings, tmp_path: Path) -> None:
    rotating.new_key(tmp_path / "new.pem")
    settings.signing_key_file.chmod(0o600)
    await rotating.rotate(settings, tmp_path / "new.pem", is_lost=False)

    (former,) = await found(settings, "signing")
    (present,) = await found(settings.model_copy(update={"signing_key_file": tmp_path / "new.pem"}), "signing")

    assert (former.fails, present.fails) == (True, False)
    assert former.seen.endswith("publishing is refused.")


async def test_a_checkpoint_that_was_tampered_with(settings: Settings) -> None:
    rows(settings, "ALTER TABLE register.checkpoints DISABLE TRIGGER ALL")
    rows(settings, "UPDATE register.checkpoints SET at = at + interval '1 hour'")

    assert any("does not hold" in each.seen for each in await found(settings, "signing"))


async def test_a_signing_key_that_everybody_can_read(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    shutil.copyfile(settings.signing_key_file, key)
    key.chmod(0o604)

    assert await standing(settings.model_copy(update={"signing_key_file": key}), "signing") == [
        Standing.DOUBTFUL, Standing.HOLDS,
    ]  # fmt: skip


async def test_a_folder_of_jurisdictions_with_a_mistake(tenants: Settings) -> None:
    (tenants.tenants_folder / "renca" / "tenant.toml").write_text("slug = 'renca'")

    (finding,) = await found(tenants, "tenants")

    assert finding.fails
    assert "renca/tenant.toml: name: is missing" in finding.seen


async def test_a_folder_of_jurisdictions_that_was_not_loaded(tenants: Settings) -> None:
    about = tenants.tenants_folder / "renca" / "pages" / "about.es.md"
    about.write_text(about.read_text("utf-8") + "\nMás.\n", "utf-8")
    shutil.rmtree(tenants.tenants_folder / "maipu")

    assert [(each.standing, each.to_do.partition(":")[0]) for each in await found(tenants, "tenants")] == [
        (Standing.FAILS, "run"), (Standing.DOUBTFUL, "bring their folders back"),
    ]  # fmt: skip


async def test_templates_that_are_away_or_broken(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", broken)
    (broken / "layouts" / "page.html").write_text("{% if %}")

    assert await standing(settings.model_copy(update={"templates_folder": tmp_path / "away"}), "parts") == [
        Standing.FAILS
    ]
    assert await standing(settings.model_copy(update={"templates_folder": broken}), "parts") == [Standing.FAILS]


async def test_misspelt_and_doubtful_settings_do_not_fail(settings: Settings) -> None:
    public = settings.model_copy(update={"base_url": "https://ogp.example.org"})

    findings = await examine(public, only="settings", environment={"OGPMONITOR_BASEURL": "x"})

    assert [(each.standing, each.seen.split()[0]) for each in findings] == [
        (Standing.DOUBTFUL, "OGPMONITOR_DEMO"),
        (Standing.DOUBTFUL, "OGPMONITOR_COOKIE_SECURE"),
        (Standing.DOUBTFUL, "OGPMONITOR_BASEURL"),
    ]
