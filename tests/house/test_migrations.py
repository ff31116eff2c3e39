"""A migration runs while the former release still serves: it neither breaks that code nor holds a table for long.

What a statement does is told by its words, so this finds the common mistakes and not every one. Tables that the same
migration makes may be treated as it likes: nobody uses them yet. The first three were written before anybody ran this.
"""

import importlib.util
import re
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
BEFORE_ANYBODY = {"0001", "0002", "0003"}
ALTER = re.compile(r"ALTER TABLE\s+(?:ONLY\s+|IF EXISTS\s+)*(?P<table>[\w.]+)\s+(?P<what>[^;]*)", re.IGNORECASE)
CREATED = re.compile(r"CREATE TABLE\s+(?:IF NOT EXISTS\s+)?([\w.]+)", re.IGNORECASE)
INDEX = re.compile(
    r"CREATE (?:UNIQUE )?INDEX\s+(?!CONCURRENTLY)(?:IF NOT EXISTS\s+)?[\w]*\s*ON\s+(?:ONLY\s+)?([\w.]+)", re.IGNORECASE
)
# What breaks the former release, or reads a whole table while nobody may write; each with what to do instead.
NOT_AT_ONCE = ((r"\bDROP TABLE\b", "drop it one release after the last code that reads it, and list it in RETIRED"),)
ON_A_TABLE_IN_USE = (
    (r"\bDROP COLUMN\b", "stop reading it in this release, drop it in the next"),
    (r"\bRENAME\b", "add the new one, write both, drop the old one a release later"),
    (r"\bALTER (?:COLUMN )?\w+ (?:SET DATA )?TYPE\b", "add a new column; changing a type rewrites the table"),
    (r"\bALTER (?:COLUMN )?\w+ SET NOT NULL\b", "add CHECK (... IS NOT NULL) NOT VALID, and validate it later"),
    (r"\bADD COLUMN (?:(?!,\s*ADD)(?!DEFAULT)[^;])*\bNOT NULL\b(?:(?!,\s*ADD)(?!DEFAULT)[^;])*$", "give it a DEFAULT"),
    (
        r"\bADD COLUMN [^,;]*DEFAULT[^,;]*\b(?:gen_random_uuid|random|clock_timestamp)\(",
        "a value for each row rewrites",
    ),
    (r"\bADD CONSTRAINT \w+ (?:FOREIGN KEY|CHECK)(?![^;]*NOT VALID)", "add it NOT VALID, and VALIDATE it by itself"),
    (r"\bADD CONSTRAINT \w+ (?:UNIQUE|PRIMARY KEY)\s*\(", "make the index CONCURRENTLY, and add it USING INDEX"),
)
RETIRED: frozenset[str] = frozenset()
SMALL = {"workbench.refusals"}  # an index on them is made in a moment, and keeps nobody waiting but the note itself


def faults_of(statements: str) -> list[str]:
    """What a migration of `statements` would do to those who are at work meanwhile."""
    plain = re.sub(r"--[^\n]*", "", statements)
    own = {name.lower() for name in CREATED.findall(plain)}
    found = [f"{words}: {advice}" for words, advice in NOT_AT_ONCE if re.search(words, plain, re.IGNORECASE)]
    for match in ALTER.finditer(plain):
        if match["table"].lower() in own | RETIRED:
            continue
        found += [
            f"{match['table']} {' '.join(match['what'].split())}: {advice}"
            for words, advice in ON_A_TABLE_IN_USE
            if re.search(words, match["what"], re.IGNORECASE)
        ]
    return found + [
        f"index on {table}: make it CONCURRENTLY" for table in INDEX.findall(plain) if table.lower() not in own | SMALL
    ]


def said_by(path: Path) -> tuple[str, str]:
    """The revision, and every SQL text among the migration's own constants."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.revision, "\n".join(str(value) for name, value in vars(module).items() if name.isupper())


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_lets_the_former_release_go_on(path: Path) -> None:
    revision, statements = said_by(path)

    if revision not in BEFORE_ANYBODY:
        assert faults_of(statements) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE workbench.plans",
        "ALTER TABLE workbench.plans DROP COLUMN slug",
        "ALTER TABLE workbench.plans RENAME COLUMN slug TO address",
        "ALTER TABLE workbench.plans ALTER COLUMN slug TYPE INTEGER",
        "ALTER TABLE workbench.plans ALTER COLUMN slug SET NOT NULL",
        "ALTER TABLE workbench.plans ADD COLUMN weight INTEGER NOT NULL",
        "ALTER TABLE workbench.plans ADD COLUMN a TEXT, ADD COLUMN weight INTEGER NOT NULL",
        "ALTER TABLE workbench.plans ADD COLUMN key UUID DEFAULT gen_random_uuid()",
        "ALTER TABLE workbench.plans ADD CONSTRAINT ck_plans_slug CHECK (slug <> '')",
        "ALTER TABLE workbench.plans ADD CONSTRAINT uq_plans_slug UNIQUE (slug)",
        "CREATE INDEX ix_plans_slug ON workbench.plans (slug)",
    ],
)
def test_what_would_stop_people_is_found(statement: str) -> None:
    assert len(faults_of(statement)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE workbench.plans ADD COLUMN weight INTEGER",
        "ALTER TABLE workbench.plans ADD COLUMN weight INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE workbench.plans ADD COLUMN weight INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE workbench.plans ADD CONSTRAINT ck_plans_slug CHECK (slug <> '') NOT VALID",
        "ALTER TABLE workbench.plans VALIDATE CONSTRAINT ck_plans_slug",
        "CREATE INDEX CONCURRENTLY ix_plans_slug ON workbench.plans (slug)",
        "CREATE TABLE a.b (c TEXT); CREATE INDEX ix_b_c ON a.b (c); ALTER TABLE a.b ADD CONSTRAINT u UNIQUE (c)",
        "ALTER TABLE workbench.plans ENABLE ROW LEVEL SECURITY -- and RENAME nothing",
    ],
)
def test_what_is_harmless_is_let_through(statement: str) -> None:
    assert faults_of(statement) == []
