"""The government's desk: amendments, reporting periods, requests for reports, an evidence library, imports."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLANS = """
ALTER TABLE workbench.commitments ADD COLUMN added BOOLEAN NOT NULL DEFAULT false, ADD COLUMN set_aside TEXT;
ALTER TABLE workbench.commitments ALTER COLUMN added DROP DEFAULT;
ALTER TABLE workbench.milestones ADD COLUMN added BOOLEAN NOT NULL DEFAULT false, ADD COLUMN set_aside TEXT,
    ADD COLUMN contact JSONB, ADD COLUMN expected_on DATE, ADD COLUMN percent INTEGER;
ALTER TABLE workbench.milestones ALTER COLUMN added DROP DEFAULT;
CREATE TABLE workbench.amendments (
    plan_id UUID NOT NULL,
    commitment TEXT,
    milestone TEXT,
    kind TEXT NOT NULL,
    changes JSONB NOT NULL,
    reason TEXT NOT NULL,
    words JSONB NOT NULL,
    minute_id UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_amendments PRIMARY KEY (id),
    CONSTRAINT uq_amendments_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_amendments_tenant_id_plan_id_plans FOREIGN KEY(tenant_id, plan_id)
        REFERENCES workbench.plans (tenant_id, id),
    CONSTRAINT fk_amendments_tenant_id_minute_id_evidence FOREIGN KEY(tenant_id, minute_id)
        REFERENCES workbench.evidence (tenant_id, id)
);
CREATE INDEX ix_amendments_plan_id ON workbench.amendments (plan_id);
CREATE INDEX ix_amendments_tenant_id ON workbench.amendments (tenant_id);
"""

FACTS = """
ALTER TABLE facts.commitments ADD COLUMN fulfilled BOOLEAN, ADD COLUMN added BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN set_aside TEXT;
ALTER TABLE facts.commitments ALTER COLUMN added DROP DEFAULT;
ALTER TABLE facts.milestones ADD COLUMN added BOOLEAN NOT NULL DEFAULT false, ADD COLUMN set_aside TEXT;
ALTER TABLE facts.milestones ALTER COLUMN added DROP DEFAULT;
"""

EVIDENCE = """
ALTER TABLE workbench.audit_records ADD COLUMN request_id UUID;
ALTER TABLE workbench.evidence ADD COLUMN category TEXT NOT NULL DEFAULT 'document', ADD COLUMN covers_from TEXT,
    ADD COLUMN covers_to TEXT, ADD COLUMN source TEXT, ADD COLUMN sent_sha256 TEXT, ADD COLUMN preview_sha256 TEXT,
    ADD COLUMN replaces_id UUID, ADD COLUMN link_state TEXT, ADD COLUMN link_checked_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN submitted_by UUID, ADD COLUMN waiting BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE workbench.evidence ALTER COLUMN category DROP DEFAULT, ALTER COLUMN waiting DROP DEFAULT;
ALTER TABLE workbench.evidence_supports ADD COLUMN id UUID NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN commitment_id UUID, ADD COLUMN plan_id UUID,
    DROP CONSTRAINT pk_evidence_supports, ADD CONSTRAINT pk_evidence_supports PRIMARY KEY (id),
    ALTER COLUMN milestone_id DROP NOT NULL;
ALTER TABLE workbench.evidence_supports ALTER COLUMN id DROP DEFAULT,
    ADD CONSTRAINT ck_evidence_supports_one_thing CHECK (num_nonnulls(milestone_id, commitment_id, plan_id) = 1),
    ADD CONSTRAINT fk_evidence_supports_tenant_id_commitment_id_commitments FOREIGN KEY (tenant_id, commitment_id)
        REFERENCES workbench.commitments (tenant_id, id),
    ADD CONSTRAINT fk_evidence_supports_tenant_id_plan_id_plans FOREIGN KEY (tenant_id, plan_id)
        REFERENCES workbench.plans (tenant_id, id);
CREATE UNIQUE INDEX uq_evidence_supports_once ON workbench.evidence_supports
    (evidence_id, milestone_id, commitment_id, plan_id) NULLS NOT DISTINCT;
CREATE INDEX ix_evidence_supports_commitment_id ON workbench.evidence_supports (commitment_id);
CREATE INDEX ix_evidence_supports_plan_id ON workbench.evidence_supports (plan_id);
"""

PERIODS = """
CREATE TABLE workbench.periods (
    code TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    opens_on DATE NOT NULL,
    closes_on DATE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_periods PRIMARY KEY (id),
    CONSTRAINT uq_periods_tenant_id_code UNIQUE (tenant_id, code),
    CONSTRAINT uq_periods_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX ix_periods_tenant_id ON workbench.periods (tenant_id);
CREATE TABLE workbench.milestone_reports (
    period_id UUID,
    milestone_id UUID NOT NULL,
    state TEXT NOT NULL,
    nothing_new BOOLEAN NOT NULL,
    said JSONB NOT NULL,
    note TEXT,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_by UUID,
    request_id UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decided_by UUID,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_milestone_reports PRIMARY KEY (id),
    CONSTRAINT uq_milestone_reports_tenant_id_period_id_milestone_id UNIQUE (tenant_id, period_id, milestone_id),
    CONSTRAINT uq_milestone_reports_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_milestone_reports_tenant_id_period_id_periods FOREIGN KEY(tenant_id, period_id)
        REFERENCES workbench.periods (tenant_id, id),
    CONSTRAINT fk_milestone_reports_tenant_id_milestone_id_milestones FOREIGN KEY(tenant_id, milestone_id)
        REFERENCES workbench.milestones (tenant_id, id)
);
CREATE INDEX ix_milestone_reports_period_id ON workbench.milestone_reports (period_id);
CREATE INDEX ix_milestone_reports_milestone_id ON workbench.milestone_reports (milestone_id);
CREATE INDEX ix_milestone_reports_tenant_id ON workbench.milestone_reports (tenant_id);
CREATE TABLE workbench.report_requests (
    period_id UUID,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    milestone_ids UUID[] NOT NULL,
    language TEXT NOT NULL,
    token_sha256 TEXT NOT NULL,
    key_sha256 TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_report_requests PRIMARY KEY (id),
    CONSTRAINT uq_report_requests_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT uq_report_requests_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT uq_report_requests_key_sha256 UNIQUE (key_sha256),
    CONSTRAINT fk_report_requests_tenant_id_period_id_periods FOREIGN KEY(tenant_id, period_id)
        REFERENCES workbench.periods (tenant_id, id)
);
CREATE INDEX ix_report_requests_period_id ON workbench.report_requests (period_id);
CREATE INDEX ix_report_requests_tenant_id ON workbench.report_requests (tenant_id);
"""

IMPORTS = """
CREATE TABLE workbench.imports (
    plan_id UUID,
    format TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    rows INTEGER NOT NULL,
    done INTEGER NOT NULL,
    findings JSONB NOT NULL,
    outcome JSONB NOT NULL,
    before JSONB,
    reason JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by UUID,
    applied_at TIMESTAMP WITH TIME ZONE,
    undone_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT uq_imports_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_imports_tenant_id_plan_id_plans FOREIGN KEY(tenant_id, plan_id)
        REFERENCES workbench.plans (tenant_id, id)
);
CREATE INDEX ix_imports_plan_id ON workbench.imports (plan_id);
CREATE INDEX ix_imports_tenant_id ON workbench.imports (tenant_id);
"""

# Who comes by a request's link has no account: the hash of the key that its browser holds says who it is. It is a
# contact for as long as the request stands, and only for the milestones that the request names.
ACTORS = """
CREATE FUNCTION platform.current_key() RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('ogp.request_key', true), '') $$;
CREATE FUNCTION platform.standing_request() RETURNS workbench.report_requests LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = ''
    AS $$ SELECT r FROM workbench.report_requests r
          WHERE r.tenant_id = platform.current_tenant() AND r.key_sha256 = platform.current_key()
            AND platform.current_actor() IS NULL AND r.revoked_at IS NULL AND r.expires_at > now() $$;
CREATE FUNCTION platform.asked_milestones() RETURNS uuid[] LANGUAGE sql STABLE
    AS $$ SELECT (platform.standing_request()).milestone_ids $$;
CREATE FUNCTION platform.is_asked(milestone uuid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT platform.current_key() IS NULL OR coalesce(milestone = ANY (platform.asked_milestones()), false) $$;
CREATE OR REPLACE FUNCTION platform.actor_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce(
        (SELECT m.role FROM platform.memberships m
         WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
           AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)),
        CASE WHEN platform.current_key() IS NOT NULL AND (platform.standing_request()).id IS NOT NULL
             THEN 'contact' END) $$;
CREATE OR REPLACE FUNCTION platform.actor_unit() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce(
        (SELECT m.unit FROM platform.memberships m
         WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
           AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)),
        CASE WHEN platform.current_key() IS NOT NULL THEN (platform.standing_request()).unit END) $$;
"""

SEALED = (
    "workbench.amendments",
    "workbench.periods",
    "workbench.milestone_reports",
    "workbench.report_requests",
    "workbench.imports",
)
MINE = "tenant_id = (SELECT platform.current_tenant())"
ROLE = "(SELECT platform.actor_role())"
GOVERNMENT = f"{ROLE} IN ('coordinator', 'contact', 'viewer')"
NO_KEY = "(SELECT platform.current_key()) IS NULL"
ASKED = "(SELECT platform.asked_milestones())::uuid[]"
REQUEST = "(SELECT (platform.standing_request()).id)"
OWN_MILESTONE = f"""({ROLE} = 'coordinator' OR ({ROLE} = 'contact' AND EXISTS
    (SELECT 1 FROM workbench.milestones m WHERE m.id = milestone_id AND ({NO_KEY} OR m.id = ANY ({ASKED}))
       AND (SELECT platform.actor_unit()) IN
           (SELECT value FROM jsonb_each_text(m.responsible_unit) WHERE key <> 'source'))))"""

SUPPORTABLE = f"""{ROLE} IN ('coordinator', 'contact') AND EXISTS
    (SELECT 1 FROM workbench.evidence e WHERE e.id = evidence_id AND e.voice = 'government')"""

# Evidence says through which request it came: its sender sees it before it supports anything.
SENT = """
ALTER TABLE workbench.evidence ADD COLUMN request_id UUID DEFAULT (platform.standing_request()).id;
CREATE FUNCTION platform.evidence_asked() RETURNS uuid[] LANGUAGE sql STABLE
    AS $$ SELECT array(SELECT s.evidence_id FROM workbench.evidence_supports s
                       WHERE s.milestone_id = ANY (platform.asked_milestones())) $$;
"""

POLICIES = f"""
CREATE POLICY read ON workbench.amendments FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT} AND {NO_KEY});
CREATE POLICY amend ON workbench.amendments FOR INSERT TO ogpmonitor_app WITH CHECK ({ROLE} = 'coordinator');
CREATE POLICY read ON workbench.periods FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT});
CREATE POLICY write ON workbench.periods TO ogpmonitor_app USING ({ROLE} = 'coordinator');
CREATE POLICY read ON workbench.milestone_reports FOR SELECT TO ogpmonitor_app
    USING ({GOVERNMENT} AND ({NO_KEY} OR milestone_id = ANY ({ASKED})));
CREATE POLICY report ON workbench.milestone_reports TO ogpmonitor_app USING ({OWN_MILESTONE});
CREATE POLICY whose ON workbench.report_requests FOR SELECT TO ogpmonitor_owner USING (true);
CREATE POLICY manage ON workbench.report_requests TO ogpmonitor_app USING ({ROLE} = 'coordinator');
-- The link's token finds its own row, once; from then on the key of the browser that opened it does.
CREATE POLICY open ON workbench.report_requests FOR SELECT TO ogpmonitor_app
    USING (token_sha256 = (SELECT platform.current_key()) OR key_sha256 = (SELECT platform.current_key()));
CREATE POLICY take ON workbench.report_requests FOR UPDATE TO ogpmonitor_app
    USING (token_sha256 = (SELECT platform.current_key())
           AND opened_at IS NULL AND revoked_at IS NULL AND expires_at > now())
    WITH CHECK (opened_at IS NOT NULL AND key_sha256 IS NOT NULL);
CREATE POLICY run ON workbench.imports TO ogpmonitor_app USING ({ROLE} = 'coordinator');
CREATE POLICY asked_only ON workbench.milestones AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR id = ANY ({ASKED}));
CREATE POLICY asked_only ON workbench.evidence_supports AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR milestone_id = ANY ({ASKED}));
CREATE POLICY asked_only ON workbench.commitments AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR id IN (SELECT commitment_id FROM workbench.milestones));
CREATE POLICY asked_only ON workbench.plans AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR id IN (SELECT plan_id FROM workbench.commitments));
CREATE POLICY asked_only ON workbench.periods AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR id = (SELECT (platform.standing_request()).period_id));
CREATE POLICY asked_only ON workbench.evidence AS RESTRICTIVE TO ogpmonitor_app
    USING ({NO_KEY} OR request_id = {REQUEST} OR id = ANY ((SELECT platform.evidence_asked())::uuid[]));
CREATE POLICY no_key ON workbench.assessments AS RESTRICTIVE TO ogpmonitor_app USING ({NO_KEY});
CREATE POLICY no_key ON platform.memberships AS RESTRICTIVE TO ogpmonitor_app USING ({NO_KEY});
ALTER TABLE platform.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_key ON platform.people USING ({NO_KEY});
ALTER TABLE platform.sign_ins ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_key ON platform.sign_ins USING ({NO_KEY});
-- What a unit says waits for the coordinator, and says through which request it came.
CREATE POLICY waits ON workbench.milestone_reports AS RESTRICTIVE FOR INSERT TO ogpmonitor_app
    WITH CHECK ({ROLE} = 'coordinator' OR (state = 'submitted' AND request_id IS NOT DISTINCT FROM {REQUEST}));
CREATE POLICY waits_again ON workbench.milestone_reports AS RESTRICTIVE FOR UPDATE TO ogpmonitor_app USING (true)
    WITH CHECK ({ROLE} = 'coordinator' OR (state = 'submitted' AND request_id IS NOT DISTINCT FROM {REQUEST}));
-- Reading what supports a milestone must not ask for the evidence itself, which asks for this in turn.
DROP POLICY write ON workbench.evidence_supports;
CREATE POLICY support ON workbench.evidence_supports FOR INSERT TO ogpmonitor_app WITH CHECK ({SUPPORTABLE});
CREATE POLICY change ON workbench.evidence_supports FOR UPDATE TO ogpmonitor_app USING ({SUPPORTABLE});
CREATE POLICY unsupport ON workbench.evidence_supports FOR DELETE TO ogpmonitor_app USING ({SUPPORTABLE});
DROP POLICY leave_trace ON workbench.audit_records;
CREATE POLICY leave_trace ON workbench.audit_records FOR INSERT
    WITH CHECK (actor_id IS NOT DISTINCT FROM platform.current_actor()
        AND actor_role IS NOT DISTINCT FROM platform.actor_role() AND request_id IS NOT DISTINCT FROM {REQUEST});
"""

# A contact's own words wait in its report until they are accepted: the milestone itself is the coordinator's to write.
MILESTONES = f"""
DROP POLICY write ON workbench.milestones;
CREATE POLICY write ON workbench.milestones TO ogpmonitor_app USING ({ROLE} = 'coordinator');
"""

LOCKS = """
CREATE FUNCTION workbench.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM workbench.periods p WHERE p.closed_at IS NOT NULL
               AND (p.id = NEW.period_id OR (TG_OP = 'UPDATE' AND p.id = OLD.period_id))) THEN
        RAISE EXCEPTION 'the period is closed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_closed_period BEFORE INSERT OR UPDATE ON workbench.milestone_reports
    FOR EACH ROW EXECUTE FUNCTION workbench.refuse_closed_period();
-- Whoever takes a request says when and with which key, and nothing else of it.
CREATE FUNCTION workbench.only_take() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken text[] := ARRAY['opened_at', 'key_sha256', 'version'];
BEGIN
    IF platform.actor_role() IS DISTINCT FROM 'coordinator' AND to_jsonb(NEW) - taken <> to_jsonb(OLD) - taken THEN
        RAISE EXCEPTION 'a request is only taken by its link' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_take BEFORE UPDATE ON workbench.report_requests
    FOR EACH ROW EXECUTE FUNCTION workbench.only_take();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON workbench.amendments
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workbench.amendments
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
"""

# A receipt may also be for evidence of a plan, a commitment or an amendment.
RECEIPTS = """
CREATE OR REPLACE FUNCTION register.check_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh f WHERE NOT EXISTS (
            SELECT 1 FROM (
                SELECT n.edition_sha256, shown.evidence
                FROM register.edition_entries n JOIN register.documents d ON d.sha256 = n.document_sha256,
                LATERAL unnest(CASE n.kind
                    WHEN 'assessment' THEN ARRAY['$.answers[*].citations[*] ? (@.kind == "file")']
                    ELSE ARRAY['$.milestones[*].evidence[*]', '$.evidence[*]', '$.amendments[*].minute']
                    END) AS place (path),
                LATERAL jsonb_path_query(register.said(d.body), place.path::jsonpath) AS shown (evidence)
                WHERE n.edition_sha256 IN (SELECT edition_sha256 FROM fresh)
            ) said
            WHERE said.edition_sha256 = f.edition_sha256
              AND coalesce(said.evidence ->> 'evidence_id', said.evidence ->> 'id') = f.evidence_id::text
              AND said.evidence ->> 'sha256' = f.sha256
              AND coalesce((said.evidence ->> 'restricted')::boolean, false) = f.restricted
        )
    ) THEN
        RAISE EXCEPTION 'a receipt is for evidence that its edition does not show'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
"""

# The worker asks for nobody whether links still lead somewhere: it sees their addresses, and writes what it saw.
LINKS = """
CREATE POLICY links ON workbench.evidence TO ogpmonitor_owner USING (kind = 'link') WITH CHECK (kind = 'link');
CREATE FUNCTION workbench.links_due(most integer) RETURNS TABLE (id uuid, url text) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = ''
    AS $$ SELECT e.id, e.url FROM workbench.evidence e
          WHERE e.kind = 'link' AND e.withdrawn_at IS NULL AND e.voice = 'government'
            AND (e.link_checked_at IS NULL OR e.link_checked_at < now() - interval '7 days')
          ORDER BY e.link_checked_at NULLS FIRST LIMIT most $$;
CREATE FUNCTION workbench.tell_link(evidence uuid, state text) RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = ''
    AS $$ UPDATE workbench.evidence e SET link_state = state, link_checked_at = now()
          WHERE e.id = evidence AND e.kind = 'link' AND e.voice = 'government'
            AND state IN ('alive', 'dead', 'unknown') $$;
REVOKE ALL ON FUNCTION workbench.links_due(integer), workbench.tell_link(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workbench.links_due(integer), workbench.tell_link(uuid, text) TO ogpmonitor_app;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workbench.periods, workbench.milestone_reports, workbench.report_requests,
    workbench.imports TO ogpmonitor_app;
GRANT SELECT, INSERT ON workbench.amendments TO ogpmonitor_app;
GRANT DELETE ON workbench.commitments, workbench.milestones, workbench.periods TO ogpmonitor_app;
"""


def upgrade() -> None:
    for tables in (PLANS, FACTS, EVIDENCE, PERIODS, IMPORTS):
        op.execute(tables)
    op.execute(ACTORS)
    op.execute(SENT)
    for table in SEALED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {table} AS RESTRICTIVE USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(POLICIES)
    op.execute(MILESTONES)
    op.execute(LOCKS)
    op.execute(RECEIPTS)
    op.execute(LINKS)
    op.execute(GRANTS)
