"""Mail and notices: the outbox, what each person wants to hear of, and what was told to whom."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE platform.mails (
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    template TEXT NOT NULL,
    lang TEXT NOT NULL,
    context JSONB,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    CONSTRAINT pk_mails PRIMARY KEY (id),
    CONSTRAINT uq_mails_key UNIQUE (key),
    CONSTRAINT ck_mails_state CHECK (state IN ('waiting', 'sent', 'kept', 'refused', 'failed', 'expired')),
    CONSTRAINT ck_mails_blank CHECK (state IN ('waiting', 'kept') OR context IS NULL)
);
CREATE INDEX ix_mails_waiting ON platform.mails (due_at) WHERE state = 'waiting';
CREATE TABLE platform.notice_choices (
    person_id UUID NOT NULL,
    language TEXT,
    choices JSONB NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_notice_choices PRIMARY KEY (person_id),
    CONSTRAINT fk_notice_choices_person_id_people FOREIGN KEY (person_id) REFERENCES platform.people (id)
);
CREATE TABLE workbench.notices (
    person_id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    step INTEGER NOT NULL,
    due_on DATE NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT uq_notices_once UNIQUE (tenant_id, person_id, kind, subject, step, due_on)
);
CREATE INDEX ix_notices_tenant_id ON workbench.notices (tenant_id);
"""

MINE = "tenant_id = (SELECT platform.current_tenant())"
ACTOR = "(SELECT platform.current_actor())"
NO_KEY = "(SELECT platform.current_key()) IS NULL"
ROLE = "(SELECT platform.actor_role())"
STAFF = "(SELECT platform.platform_role()) IS NOT NULL"
OWN = f"person_id = {ACTOR} AND {NO_KEY}"
# The worker acts for nobody. What runs for a person, or for whoever came by a link, is not the worker.
NOBODY = "platform.current_actor() IS NULL AND platform.current_key() IS NULL"

POLICIES = f"""
ALTER TABLE platform.mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.mails FORCE ROW LEVEL SECURITY;
CREATE POLICY keep ON platform.mails TO ogpmonitor_owner USING (true) WITH CHECK (true);
ALTER TABLE platform.notice_choices ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.notice_choices FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON platform.notice_choices TO ogpmonitor_app USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY keep ON platform.notice_choices TO ogpmonitor_owner USING (true) WITH CHECK (true);
ALTER TABLE workbench.notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE workbench.notices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON workbench.notices AS RESTRICTIVE USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY keep ON workbench.notices TO ogpmonitor_owner USING (true) WITH CHECK (true);
CREATE POLICY own ON workbench.notices TO ogpmonitor_app
    USING ({OWN} AND ({ROLE} IS NOT NULL OR {STAFF})) WITH CHECK ({OWN} AND ({ROLE} IS NOT NULL OR {STAFF}));
"""

# The application's role holds no right to the outbox: it posts, and as nobody it takes and settles.
OUTBOX = f"""
CREATE FUNCTION platform.post_mail(which uuid, once text, address text, sender_name text, reply_to text,
    template text, lang text, context jsonb, until timestamptz) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO platform.mails (id, key, address, sender_name, reply_to, template, lang, context, state, attempts,
        answer, created_at, due_at, expires_at)
    VALUES (which, once, address, sender_name, reply_to, template, lang, context, 'waiting', 0, '', now(), now(), until)
    ON CONFLICT (key) DO NOTHING;
    RETURN FOUND;
END $$;
CREATE FUNCTION platform.mails_due(most integer) RETURNS SETOF uuid LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = ''
    AS $$ SELECT m.id FROM platform.mails m
          WHERE {NOBODY} AND m.state = 'waiting' AND m.due_at <= now() AND m.expires_at > now()
          ORDER BY m.due_at, m.id LIMIT most $$;
-- Whoever takes a message has it alone for `lease`; if that process dies, it is due again afterwards.
CREATE FUNCTION platform.take_mail(which uuid, lease interval) RETURNS SETOF platform.mails LANGUAGE sql
    SECURITY DEFINER SET search_path = ''
    AS $$ UPDATE platform.mails m SET attempts = m.attempts + 1, due_at = now() + lease
          WHERE {NOBODY} AND m.id = which AND m.state = 'waiting' AND m.due_at <= now() AND m.expires_at > now()
          RETURNING m.* $$;
-- What became of an attempt: settled for good, and blank but for the demo's mailbox, or to be tried again.
CREATE FUNCTION platform.settle_mail(which uuid, attempt integer, outcome text, said text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE platform.mails m SET state = outcome, answer = said, settled_at = now(),
        context = CASE WHEN outcome = 'kept' THEN m.context END
    WHERE {NOBODY} AND m.id = which AND m.state = 'waiting' AND m.attempts = attempt;
    RETURN FOUND;
END $$;
CREATE FUNCTION platform.delay_mail(which uuid, attempt integer, pause interval, said text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE platform.mails m SET due_at = now() + pause, answer = said
    WHERE {NOBODY} AND m.id = which AND m.state = 'waiting' AND m.attempts = attempt;
    RETURN FOUND;
END $$;
-- What nobody sent in time is blank. Thirty days after a message was settled, addresses go, and what the server
-- answered, which may name one, and what the demo kept of it.
CREATE FUNCTION platform.tidy_mails() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE expired bigint;
BEGIN
    IF NOT ({NOBODY}) THEN RETURN 0; END IF;
    UPDATE platform.mails m SET state = 'expired', context = NULL, settled_at = now()
    WHERE m.state = 'waiting' AND m.expires_at <= now();
    GET DIAGNOSTICS expired = ROW_COUNT;
    UPDATE platform.mails m SET address = '', reply_to = '', answer = '', context = NULL
    WHERE m.settled_at < now() - interval '30 days' AND m.address <> '';
    RETURN expired;
END $$;
-- Only the demo's worker keeps a message instead of sending it; elsewhere there is none to show.
CREATE FUNCTION platform.kept_mails(most integer) RETURNS SETOF platform.mails LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = ''
    AS $$ SELECT * FROM platform.mails m WHERE {NOBODY} AND m.state = 'kept'
          ORDER BY m.created_at DESC, m.id LIMIT most $$;
CREATE FUNCTION platform.mail_counts() RETURNS TABLE (state text, number bigint) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = ''
    AS $$ SELECT m.state, count(*) FROM platform.mails m WHERE platform.platform_role() = 'operator'
          GROUP BY m.state $$;
CREATE FUNCTION platform.mail_troubles(most integer) RETURNS TABLE (id uuid, address text, template text, lang text,
    state text, attempts integer, answer text, created_at timestamptz, due_at timestamptz, settled_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT m.id, m.address, m.template, m.lang, m.state, m.attempts, m.answer, m.created_at, m.due_at,
                 m.settled_at FROM platform.mails m
          WHERE platform.platform_role() = 'operator'
            AND (m.state IN ('refused', 'failed', 'expired') OR (m.state = 'waiting' AND m.answer <> ''))
          ORDER BY m.created_at DESC, m.id LIMIT most $$;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON platform.notice_choices TO ogpmonitor_app;
GRANT SELECT, INSERT ON workbench.notices TO ogpmonitor_app;
REVOKE ALL ON FUNCTION platform.post_mail(uuid, text, text, text, text, text, text, jsonb, timestamptz),
    platform.mails_due(integer), platform.take_mail(uuid, interval), platform.settle_mail(uuid, integer, text, text),
    platform.delay_mail(uuid, integer, interval, text), platform.tidy_mails(), platform.kept_mails(integer),
    platform.mail_counts(), platform.mail_troubles(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.post_mail(uuid, text, text, text, text, text, text, jsonb, timestamptz),
    platform.mails_due(integer), platform.take_mail(uuid, interval), platform.settle_mail(uuid, integer, text, text),
    platform.delay_mail(uuid, integer, interval, text), platform.tidy_mails(), platform.kept_mails(integer),
    platform.mail_counts(), platform.mail_troubles(integer) TO ogpmonitor_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(POLICIES)
    op.execute(OUTBOX)
    op.execute(GRANTS)
