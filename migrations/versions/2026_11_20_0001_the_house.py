"""The house: roles' rights, tables, row policies, the register that can only be inserted into, and the job queue."""

from importlib.resources import files

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = """
CREATE SCHEMA IF NOT EXISTS platform;
CREATE SCHEMA register;
CREATE SCHEMA facts;
CREATE SCHEMA workbench;
CREATE SCHEMA jobs;
"""

PLATFORM = """
CREATE TABLE platform.people (
    name TEXT NOT NULL,
    email TEXT,
    platform_role TEXT,
    persona TEXT,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT uq_people_email UNIQUE (email),
    CONSTRAINT uq_people_persona UNIQUE (persona)
);
CREATE TABLE platform.tenants (
    slug TEXT NOT NULL,
    hosts TEXT[] NOT NULL,
    identity JSONB NOT NULL,
    digest TEXT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_tenants PRIMARY KEY (id),
    CONSTRAINT uq_tenants_id_slug UNIQUE (id, slug),
    CONSTRAINT uq_tenants_slug UNIQUE (slug)
);
CREATE TABLE platform.memberships (
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    unit TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (id),
    CONSTRAINT uq_memberships_tenant_id_person_id UNIQUE (tenant_id, person_id),
    CONSTRAINT fk_memberships_person_id_people FOREIGN KEY(person_id)
        REFERENCES platform.people (id)
);
CREATE INDEX ix_memberships_person_id ON platform.memberships (person_id);
CREATE INDEX ix_memberships_tenant_id ON platform.memberships (tenant_id);
CREATE TABLE platform.sign_ins (
    token_sha256 TEXT NOT NULL,
    person_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    CONSTRAINT pk_sign_ins PRIMARY KEY (id),
    CONSTRAINT uq_sign_ins_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_sign_ins_person_id_people FOREIGN KEY(person_id)
        REFERENCES platform.people (id)
);
CREATE INDEX ix_sign_ins_person_id ON platform.sign_ins (person_id);
"""

REGISTER = """
CREATE TABLE register.documents (
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (sha256)
);
CREATE INDEX ix_documents_tenant_id ON register.documents (tenant_id);
CREATE TABLE register.log_entries (
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_sha256 TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_log_entries PRIMARY KEY (sequence),
    CONSTRAINT uq_log_entries_hash UNIQUE (hash)
);
CREATE INDEX ix_log_entries_subject_sha256 ON register.log_entries (subject_sha256);
CREATE INDEX ix_log_entries_tenant_id ON register.log_entries (tenant_id);
CREATE TABLE register.checkpoints (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    sequence BIGINT NOT NULL,
    head_hash TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_checkpoints PRIMARY KEY (id),
    CONSTRAINT fk_checkpoints_sequence_log_entries FOREIGN KEY(sequence)
        REFERENCES register.log_entries (sequence)
);
CREATE INDEX ix_checkpoints_sequence ON register.checkpoints (sequence);
CREATE INDEX ix_checkpoints_tenant_id ON register.checkpoints (tenant_id);
CREATE TABLE register.editions (
    sha256 TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    plan TEXT NOT NULL,
    number INTEGER NOT NULL,
    voice TEXT NOT NULL,
    is_baseline BOOLEAN NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_editions PRIMARY KEY (sha256),
    CONSTRAINT uq_editions_jurisdiction_plan_number UNIQUE (jurisdiction, plan, number),
    CONSTRAINT uq_editions_tenant_id_sha256 UNIQUE (tenant_id, sha256),
    CONSTRAINT fk_editions_tenant_id_jurisdiction_tenants FOREIGN KEY(tenant_id, jurisdiction)
        REFERENCES platform.tenants (id, slug)
);
CREATE INDEX ix_editions_tenant_id ON register.editions (tenant_id);
CREATE TABLE register.edition_entries (
    edition_sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    document_sha256 TEXT NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_edition_entries PRIMARY KEY (edition_sha256, kind, code),
    CONSTRAINT fk_edition_entries_edition_sha256_editions FOREIGN KEY(edition_sha256)
        REFERENCES register.editions (sha256),
    CONSTRAINT fk_edition_entries_document_sha256_documents FOREIGN KEY(document_sha256)
        REFERENCES register.documents (sha256)
);
CREATE INDEX ix_edition_entries_document_sha256 ON register.edition_entries (document_sha256);
CREATE INDEX ix_edition_entries_tenant_id ON register.edition_entries (tenant_id);
CREATE TABLE register.evidence_receipts (
    edition_sha256 TEXT NOT NULL,
    evidence_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT,
    media_type TEXT,
    size_bytes INTEGER,
    restricted BOOLEAN NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_evidence_receipts PRIMARY KEY (edition_sha256, evidence_id),
    CONSTRAINT fk_evidence_receipts_edition_sha256_editions FOREIGN KEY(edition_sha256)
        REFERENCES register.editions (sha256)
);
CREATE INDEX ix_evidence_receipts_evidence_id ON register.evidence_receipts (evidence_id);
CREATE INDEX ix_evidence_receipts_sha256 ON register.evidence_receipts (sha256);
CREATE INDEX ix_evidence_receipts_tenant_id ON register.evidence_receipts (tenant_id);
"""

FACTS = """
CREATE TABLE facts.commitments (
    jurisdiction TEXT NOT NULL,
    plan TEXT NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    title_en TEXT NOT NULL,
    title_es TEXT NOT NULL,
    declared_status TEXT,
    completion TEXT,
    best_degree TEXT,
    assessed_at TIMESTAMP WITH TIME ZONE,
    search TEXT NOT NULL,
    demo BOOLEAN NOT NULL,
    rating_demo BOOLEAN NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_commitments PRIMARY KEY (jurisdiction, plan, code)
);
CREATE INDEX ix_commitments_tenant_id ON facts.commitments (tenant_id);
CREATE TABLE facts.milestones (
    jurisdiction TEXT NOT NULL,
    plan TEXT NOT NULL,
    commitment TEXT NOT NULL,
    code TEXT NOT NULL,
    progress TEXT NOT NULL,
    due_on DATE,
    completed_on DATE,
    reported_at TIMESTAMP WITH TIME ZONE,
    demo BOOLEAN NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_milestones PRIMARY KEY (jurisdiction, plan, commitment, code)
);
CREATE INDEX ix_milestones_tenant_id ON facts.milestones (tenant_id);
CREATE TABLE facts.plans (
    jurisdiction TEXT NOT NULL,
    plan TEXT NOT NULL,
    edition_sha256 TEXT NOT NULL,
    edition_number INTEGER NOT NULL,
    editions_published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE,
    status TEXT NOT NULL,
    title_en TEXT NOT NULL,
    title_es TEXT NOT NULL,
    starts_on DATE,
    ends_on DATE,
    search TEXT NOT NULL,
    demo BOOLEAN NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_plans PRIMARY KEY (jurisdiction, plan)
);
CREATE INDEX ix_plans_tenant_id ON facts.plans (tenant_id);
"""

WORKBENCH = """
CREATE TABLE workbench.audit_records (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    actor_role TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id UUID,
    before JSONB,
    after JSONB,
    reason TEXT,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_audit_records PRIMARY KEY (id)
);
CREATE INDEX ix_audit_records_subject_id ON workbench.audit_records (subject_id);
CREATE INDEX ix_audit_records_tenant_id ON workbench.audit_records (tenant_id);
CREATE TABLE workbench.evidence (
    voice TEXT NOT NULL,
    kind TEXT NOT NULL,
    title JSONB NOT NULL,
    url TEXT,
    file_name TEXT,
    media_type TEXT,
    size_bytes INTEGER,
    sha256 TEXT NOT NULL,
    dated_on TEXT,
    restricted BOOLEAN NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    published_at TIMESTAMP WITH TIME ZONE,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (id),
    CONSTRAINT uq_evidence_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX ix_evidence_sha256 ON workbench.evidence (sha256);
CREATE INDEX ix_evidence_tenant_id ON workbench.evidence (tenant_id);
CREATE TABLE workbench.plans (
    slug TEXT NOT NULL,
    title JSONB NOT NULL,
    status TEXT NOT NULL,
    source_language TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    cycle_ends_on TEXT,
    submitted_on TEXT,
    content JSONB NOT NULL,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_plans PRIMARY KEY (id),
    CONSTRAINT uq_plans_tenant_id_slug UNIQUE (tenant_id, slug),
    CONSTRAINT uq_plans_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX ix_plans_tenant_id ON workbench.plans (tenant_id);
CREATE TABLE workbench.commitments (
    plan_id UUID NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    title JSONB NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    content JSONB NOT NULL,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_commitments PRIMARY KEY (id),
    CONSTRAINT uq_commitments_tenant_id_plan_id_code UNIQUE (tenant_id, plan_id, code),
    CONSTRAINT uq_commitments_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_commitments_tenant_id_plan_id_plans FOREIGN KEY(tenant_id, plan_id)
        REFERENCES workbench.plans (tenant_id, id)
);
CREATE INDEX ix_commitments_plan_id ON workbench.commitments (plan_id);
CREATE INDEX ix_commitments_tenant_id ON workbench.commitments (tenant_id);
CREATE TABLE workbench.assessments (
    form TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    plan TEXT NOT NULL,
    commitment TEXT,
    edition_sha256 TEXT NOT NULL,
    status TEXT NOT NULL,
    evaluator TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_assessments PRIMARY KEY (id),
    CONSTRAINT uq_assessments_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_assessments_tenant_id_edition_sha256_editions FOREIGN KEY(tenant_id, edition_sha256)
        REFERENCES register.editions (tenant_id, sha256)
);
CREATE INDEX ix_assessments_tenant_id ON workbench.assessments (tenant_id);
CREATE UNIQUE INDEX uq_assessments_one_draft ON workbench.assessments (tenant_id, plan, form, commitment)
    NULLS NOT DISTINCT WHERE status = 'draft';
CREATE TABLE workbench.milestones (
    commitment_id UUID NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    title JSONB NOT NULL,
    starts_on TEXT,
    due_on TEXT,
    responsible_unit JSONB,
    content JSONB NOT NULL,
    demo BOOLEAN NOT NULL,
    progress TEXT NOT NULL,
    progress_text JSONB,
    started_on DATE,
    completed_on DATE,
    late_reason JSONB,
    reported_at TIMESTAMP WITH TIME ZONE,
    report_demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_milestones PRIMARY KEY (id),
    CONSTRAINT uq_milestones_tenant_id_commitment_id_code UNIQUE (tenant_id, commitment_id, code),
    CONSTRAINT uq_milestones_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_milestones_tenant_id_commitment_id_commitments FOREIGN KEY(tenant_id, commitment_id)
        REFERENCES workbench.commitments (tenant_id, id)
);
CREATE INDEX ix_milestones_commitment_id ON workbench.milestones (commitment_id);
CREATE INDEX ix_milestones_tenant_id ON workbench.milestones (tenant_id);
CREATE TABLE workbench.assessment_answers (
    assessment_id UUID NOT NULL,
    question TEXT NOT NULL,
    value TEXT,
    explanation TEXT NOT NULL,
    "references" TEXT NOT NULL,
    citations JSONB NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_assessment_answers PRIMARY KEY (id),
    CONSTRAINT uq_assessment_answers_assessment_id_question UNIQUE (assessment_id, question),
    CONSTRAINT fk_assessment_answers_tenant_id_assessment_id_assessments FOREIGN KEY(tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_assessment_answers_assessment_id ON workbench.assessment_answers (assessment_id);
CREATE INDEX ix_assessment_answers_tenant_id ON workbench.assessment_answers (tenant_id);
CREATE TABLE workbench.evidence_supports (
    evidence_id UUID NOT NULL,
    milestone_id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_evidence_supports PRIMARY KEY (evidence_id, milestone_id),
    CONSTRAINT fk_evidence_supports_tenant_id_evidence_id_evidence FOREIGN KEY(tenant_id, evidence_id)
        REFERENCES workbench.evidence (tenant_id, id),
    CONSTRAINT fk_evidence_supports_tenant_id_milestone_id_milestones FOREIGN KEY(tenant_id, milestone_id)
        REFERENCES workbench.milestones (tenant_id, id)
);
CREATE INDEX ix_evidence_supports_milestone_id ON workbench.evidence_supports (milestone_id);
CREATE INDEX ix_evidence_supports_tenant_id ON workbench.evidence_supports (tenant_id);
"""


# Who is asking, for which tenant. `actor_role` reads memberships as the owner, whom the policies bind too.
ACTORS = """
CREATE FUNCTION platform.current_tenant() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('ogp.tenant_id', true), '')::uuid $$;
CREATE FUNCTION platform.current_actor() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('ogp.actor_id', true), '')::uuid $$;
CREATE FUNCTION platform.actor_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT m.role FROM platform.memberships m
          WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
            AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date) $$;
CREATE FUNCTION platform.actor_unit() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT m.unit FROM platform.memberships m
          WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
            AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date) $$;
"""

SEALED = (
    "platform.memberships",
    "workbench.audit_records",
    "workbench.plans",
    "workbench.commitments",
    "workbench.milestones",
    "workbench.evidence",
    "workbench.evidence_supports",
    "workbench.assessments",
    "workbench.assessment_answers",
)
PUBLISHED = (
    "register.documents",
    "register.editions",
    "register.edition_entries",
    "register.log_entries",
    "register.checkpoints",
    "register.evidence_receipts",
)
FACT_TABLES = ("facts.plans", "facts.commitments", "facts.milestones")

MINE = "tenant_id = (SELECT platform.current_tenant())"
# Only outside any tenant does one see where one has a role: inside one, a role elsewhere would pass for a role here.
OWN_ANYWHERE = " OR ((SELECT platform.current_tenant()) IS NULL AND person_id = (SELECT platform.current_actor()))"
ROLE = "(SELECT platform.actor_role())"
GOVERNMENT = f"{ROLE} IN ('coordinator', 'contact', 'viewer')"
UNIT = f"{ROLE} IN ('coordinator', 'contact')"
MONITOR = f"{ROLE} = 'monitor'"

# A restrictive policy opens nothing by itself: each table also says who may do what. The owner loads plan files, and is
# sealed to the tenant as everyone is; it has no policy on assessments and evidence, so it sees none.
POLICIES = f"""
CREATE POLICY own_or_tenant ON platform.memberships USING (true) WITH CHECK (true);

CREATE POLICY read_trace ON workbench.audit_records FOR SELECT TO ogpmonitor_app
    USING (({ROLE} = 'coordinator' AND actor_role IS DISTINCT FROM 'monitor')
        OR ({MONITOR} AND actor_role = 'monitor'));
CREATE POLICY leave_trace ON workbench.audit_records FOR INSERT
    WITH CHECK (actor_id IS NOT DISTINCT FROM platform.current_actor()
        AND actor_role IS NOT DISTINCT FROM platform.actor_role());

CREATE POLICY load_files ON workbench.plans TO ogpmonitor_owner USING (true);
CREATE POLICY load_files ON workbench.commitments TO ogpmonitor_owner USING (true);
CREATE POLICY load_files ON workbench.milestones TO ogpmonitor_owner USING (true);
CREATE POLICY read ON workbench.plans FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT});
CREATE POLICY read ON workbench.commitments FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT});
CREATE POLICY read ON workbench.milestones FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT});
CREATE POLICY read ON workbench.evidence_supports FOR SELECT TO ogpmonitor_app USING ({GOVERNMENT});
CREATE POLICY write ON workbench.plans TO ogpmonitor_app USING ({ROLE} = 'coordinator');
CREATE POLICY write ON workbench.commitments TO ogpmonitor_app USING ({ROLE} = 'coordinator');
CREATE POLICY write ON workbench.milestones TO ogpmonitor_app USING ({ROLE} = 'coordinator'
    OR ({ROLE} = 'contact' AND (SELECT platform.actor_unit()) IN
        (SELECT value FROM jsonb_each_text(responsible_unit) WHERE key <> 'source')));
CREATE POLICY write ON workbench.evidence_supports TO ogpmonitor_app USING ({UNIT} AND EXISTS
    (SELECT 1 FROM workbench.evidence e WHERE e.id = evidence_id AND e.voice = 'government'));

CREATE POLICY read ON workbench.evidence FOR SELECT TO ogpmonitor_app
    USING ((voice = 'government' AND {GOVERNMENT}) OR (voice = 'monitor' AND {MONITOR}));
CREATE POLICY submit ON workbench.evidence FOR INSERT TO ogpmonitor_app
    WITH CHECK ((voice = 'government' AND {UNIT}) OR (voice = 'monitor' AND {MONITOR}));
CREATE POLICY change ON workbench.evidence FOR UPDATE TO ogpmonitor_app
    USING ((voice = 'government' AND {UNIT}) OR (voice = 'monitor' AND {MONITOR}));

CREATE POLICY read ON workbench.assessments FOR SELECT TO ogpmonitor_app
    USING ({MONITOR} OR (status = 'published' AND {ROLE} IS NOT NULL));
CREATE POLICY draft ON workbench.assessments FOR INSERT TO ogpmonitor_app
    WITH CHECK ({MONITOR} AND status = 'draft');
CREATE POLICY change ON workbench.assessments FOR UPDATE TO ogpmonitor_app
    USING ({MONITOR} AND status = 'draft') WITH CHECK ({MONITOR});
CREATE POLICY discard ON workbench.assessments FOR DELETE TO ogpmonitor_app USING ({MONITOR} AND status = 'draft');
CREATE POLICY read ON workbench.assessment_answers FOR SELECT TO ogpmonitor_app
    USING (EXISTS (SELECT 1 FROM workbench.assessments a WHERE a.id = assessment_id));
CREATE POLICY draft ON workbench.assessment_answers TO ogpmonitor_app
    USING ({MONITOR} AND EXISTS
        (SELECT 1 FROM workbench.assessments a WHERE a.id = assessment_id AND a.status = 'draft'));

CREATE POLICY own_voice ON register.editions AS RESTRICTIVE FOR INSERT
    WITH CHECK ((voice = 'government' AND {ROLE} = 'coordinator') OR (voice = 'monitor' AND {MONITOR}));
CREATE POLICY own_voice ON register.documents AS RESTRICTIVE FOR INSERT
    WITH CHECK ((kind <> 'assessment' AND {ROLE} = 'coordinator') OR (kind = 'assessment' AND {MONITOR}));
"""

# An edition of one voice carries what the other voice has published, unchanged. Checked when the transaction commits.
VOICES = """
CREATE FUNCTION register.said(body bytea) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT convert_from(body, 'UTF8')::jsonb $$;
CREATE FUNCTION register.check_other_voice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous text := (SELECT sha256 FROM register.editions
                      WHERE jurisdiction = NEW.jurisdiction AND plan = NEW.plan AND number = NEW.number - 1);
    others text;
BEGIN
    SELECT string_agg(kind || ' ' || code, ', ') INTO others
    FROM (SELECT * FROM register.edition_entries WHERE edition_sha256 = previous) was
    FULL JOIN (SELECT * FROM register.edition_entries WHERE edition_sha256 = NEW.sha256) now_is USING (kind, code)
    WHERE was.document_sha256 IS DISTINCT FROM now_is.document_sha256
      AND (kind = 'assessment') = (NEW.voice = 'government');
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'an edition of the % may not change what the other voice published: %', NEW.voice, others
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.number > 1 AND previous IS NULL THEN
        RAISE EXCEPTION 'edition % has no predecessor', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (SELECT count(*) FROM register.edition_entries WHERE edition_sha256 = NEW.sha256)
        <> jsonb_array_length(register.said(NEW.body) -> 'documents') THEN
        RAISE EXCEPTION 'edition % does not hold what its manifest names', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_other_voice AFTER INSERT ON register.editions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register.check_other_voice();

-- Bytes say who speaks: a row that says otherwise of them is refused, so that no voice gets in under the other's name.
CREATE FUNCTION register.check_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(NEW.body), 'hex')
        OR NEW.kind IS DISTINCT FROM register.said(NEW.body) ->> 'kind' THEN
        RAISE EXCEPTION 'document % is not what its row says', NEW.sha256
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_document BEFORE INSERT ON register.documents
    FOR EACH ROW EXECUTE FUNCTION register.check_document();
CREATE FUNCTION register.check_edition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE manifest jsonb := register.said(NEW.body);
BEGIN
    IF NEW.number < 1 OR NEW.sha256 <> encode(sha256(NEW.body), 'hex')
        OR (manifest ->> 'jurisdiction', manifest ->> 'plan', manifest ->> 'number', manifest ->> 'voice')
            IS DISTINCT FROM (NEW.jurisdiction, NEW.plan, NEW.number::text, NEW.voice) THEN
        RAISE EXCEPTION 'edition % is not what its row says', NEW.sha256
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_edition BEFORE INSERT ON register.editions
    FOR EACH ROW EXECUTE FUNCTION register.check_edition();
-- Nothing is slipped into an edition, at once or later: its manifest names every entry, of the kind its document is.
CREATE FUNCTION register.check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh f
        JOIN register.editions e ON e.sha256 = f.edition_sha256
        JOIN register.documents d ON d.sha256 = f.document_sha256
        WHERE f.kind <> d.kind OR NOT (register.said(e.body) -> 'documents' @>
            jsonb_build_array(jsonb_build_object('kind', f.kind, 'code', f.code, 'sha256', f.document_sha256)))
    ) THEN
        RAISE EXCEPTION 'an entry is not in the manifest of its edition' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_entries AFTER INSERT ON register.edition_entries
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION register.check_entries();
-- A receipt lets anyone fetch a file: only one that a document of that very edition shows, as restricted as it says.
CREATE FUNCTION register.check_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh f WHERE NOT EXISTS (
            SELECT 1 FROM (
                SELECT n.edition_sha256, shown.evidence
                FROM register.edition_entries n JOIN register.documents d ON d.sha256 = n.document_sha256,
                LATERAL jsonb_path_query(register.said(d.body), CASE n.kind
                    WHEN 'assessment' THEN '$.answers[*].citations[*] ? (@.kind == "file")'
                    ELSE '$.milestones[*].evidence[*]' END::jsonpath) AS shown (evidence)
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
CREATE TRIGGER check_receipts AFTER INSERT ON register.evidence_receipts
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION register.check_receipts();
-- The facts repeat what was rated. Whoever writes them, they say what the monitor published, or the transaction fails.
CREATE FUNCTION facts.check_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rated text := (
        SELECT rating ->> 'code'
        FROM register.editions e
        JOIN register.edition_entries n ON n.edition_sha256 = e.sha256 AND n.kind = 'assessment'
        JOIN register.documents d ON d.sha256 = n.document_sha256,
        LATERAL jsonb_array_elements(register.said(d.body) -> 'ratings') AS rating
        WHERE e.jurisdiction = NEW.jurisdiction AND e.plan = NEW.plan
          AND e.number = (SELECT max(number) FROM register.editions l
                          WHERE l.jurisdiction = NEW.jurisdiction AND l.plan = NEW.plan)
          AND register.said(d.body) ->> 'commitment' = NEW.code
          AND rating ->> 'measures' = 'completion' AND rating ->> 'value' IS NULL
        ORDER BY n.position DESC LIMIT 1);
BEGIN
    IF EXISTS (SELECT 1 FROM facts.commitments c
               WHERE (c.jurisdiction, c.plan, c.code) = (NEW.jurisdiction, NEW.plan, NEW.code)
                 AND c.completion IS DISTINCT FROM rated) THEN
        RAISE EXCEPTION 'the facts of % do not say how it was rated', NEW.code USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_ratings AFTER INSERT OR UPDATE ON facts.commitments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION facts.check_ratings();
CREATE FUNCTION platform.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %.% is refused: its rows are only ever inserted', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""

GRANTS = """
GRANT USAGE ON SCHEMA platform, workbench, register, facts, jobs TO ogpmonitor_app;
GRANT SELECT ON platform.tenants, platform.people, platform.memberships, platform.schema_revisions TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE ON platform.sign_ins TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA workbench TO ogpmonitor_app;
REVOKE UPDATE ON workbench.audit_records FROM ogpmonitor_app;
GRANT DELETE ON workbench.assessments, workbench.assessment_answers, workbench.evidence_supports TO ogpmonitor_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA register TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA facts TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO ogpmonitor_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO ogpmonitor_app;
CREATE VIEW register.jurisdictions AS SELECT slug, hosts, identity FROM platform.tenants;
GRANT USAGE ON SCHEMA register, facts TO ogpmonitor_public;
GRANT SELECT ON ALL TABLES IN SCHEMA register TO ogpmonitor_public, ogpmonitor_app;
GRANT SELECT ON ALL TABLES IN SCHEMA facts TO ogpmonitor_public;
"""

# The queue's functions name their tables without a schema: each is told where they are, whoever calls it.
PIN_JOBS = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs', f);
    END LOOP;
END $$;
"""


def seal(table: str) -> None:
    """Row policies bind everyone, the owner too; no tenant set means no rows."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    op.execute(SCHEMAS)
    for tables in (PLATFORM, REGISTER, FACTS, WORKBENCH):
        op.execute(tables)
    op.execute(ACTORS)
    for table in (*SEALED, *PUBLISHED, *FACT_TABLES):
        seal(table)
    for table in SEALED:
        extra = OWN_ANYWHERE if table == "platform.memberships" else ""
        op.execute(
            f"CREATE POLICY tenant_isolation ON {table} AS RESTRICTIVE USING ({MINE}{extra}) WITH CHECK ({MINE})"
        )
    for table in (*PUBLISHED, *FACT_TABLES):
        op.execute(f"CREATE POLICY open_to_all ON {table} FOR SELECT USING (true)")
    for table in PUBLISHED:
        op.execute(
            f"CREATE POLICY tenant_isolation ON {table} FOR INSERT TO ogpmonitor_app WITH CHECK"
            f" ({MINE} AND {ROLE} IN ('coordinator', 'monitor'))"
        )
    for table in FACT_TABLES:
        op.execute(
            f"CREATE POLICY tenant_isolation ON {table} TO ogpmonitor_app USING"
            f" ({MINE} AND {ROLE} IN ('coordinator', 'monitor'))"
        )
    op.execute(POLICIES)
    op.execute(VOICES)
    for table in (*PUBLISHED, "workbench.audit_records"):
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION platform.refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change()"
        )
    op.execute("SET LOCAL search_path = jobs")
    op.get_bind().exec_driver_sql(files("procrastinate").joinpath("sql/schema.sql").read_text().replace("%", "%%"))
    op.execute(PIN_JOBS)
    op.execute("SET LOCAL search_path = public")
    op.execute(GRANTS)
