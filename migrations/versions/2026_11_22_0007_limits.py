"""How often somebody may do something; and strangers no longer fill the list of refused attempts."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Unlogged: counts of the last minutes are not worth a write to the log, and nothing is lost with them.
ALLOWANCES = """
CREATE UNLOGGED TABLE platform.allowances (
    name TEXT NOT NULL,
    who TEXT NOT NULL,
    used_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_allowances PRIMARY KEY (name, who)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.allowances TO ogpmonitor_app;
"""

# Of what strangers tried in one hour the first stays. The rows are of no person, and only their number is lost.
REFUSALS = """
ALTER TABLE workbench.refusals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE workbench.refusals DISABLE TRIGGER refuse_change;
DELETE FROM workbench.refusals r USING workbench.refusals first
WHERE r.actor_id IS NULL AND first.actor_id IS NULL AND r.tenant_id = first.tenant_id
    AND r.permission = first.permission AND (first.at, first.id) < (r.at, r.id)
    AND date_trunc('hour', r.at AT TIME ZONE 'UTC') = date_trunc('hour', first.at AT TIME ZONE 'UTC');
ALTER TABLE workbench.refusals ENABLE TRIGGER refuse_change;
ALTER TABLE workbench.refusals FORCE ROW LEVEL SECURITY;
CREATE UNIQUE INDEX uq_refusals_of_strangers_once_an_hour ON workbench.refusals
    (tenant_id, permission, (date_trunc('hour', at AT TIME ZONE 'UTC'))) WHERE actor_id IS NULL;
"""


def upgrade() -> None:
    op.execute(ALLOWANCES)
    op.execute(REFUSALS)
