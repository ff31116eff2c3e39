"""Which key signed the log until when; each change of keys is signed by the new one and by the former."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHANGES = """
CREATE TABLE register.key_changes (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    sequence BIGINT NOT NULL,
    head_hash TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    former_key TEXT NOT NULL,
    new_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    former_signature TEXT,
    CONSTRAINT pk_key_changes PRIMARY KEY (id),
    CONSTRAINT uq_key_changes_new_key UNIQUE (new_key)
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON register.key_changes
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON register.key_changes
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
-- A process that was not restarted since the change holds the former key: it must not sign.
CREATE FUNCTION register.check_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.public_key <> (SELECT new_key FROM register.key_changes ORDER BY id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'the log is signed with another key now' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_key BEFORE INSERT ON register.checkpoints
    FOR EACH ROW EXECUTE FUNCTION register.check_key();
GRANT SELECT ON register.key_changes TO ogpmonitor_app, ogpmonitor_public;
"""


def upgrade() -> None:
    op.execute(CHANGES)
