"""Independent monitoring: mandates, declarations, second reviews, clarifications, the right of reply, corrections."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MANDATES = """
CREATE TABLE platform.rules (
    name TEXT NOT NULL,
    months INTEGER NOT NULL,
    CONSTRAINT pk_rules PRIMARY KEY (name)
);
INSERT INTO platform.rules VALUES ('government_before_monitor', 24), ('notice_of_end', 1);
CREATE TABLE platform.mandates (
    body TEXT NOT NULL,
    contact TEXT,
    mandate JSONB NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    people JSONB NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposed_by UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    confirmed_by UUID,
    confirmed_as TEXT,
    refused_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason TEXT,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_mandates PRIMARY KEY (id),
    CONSTRAINT uq_mandates_tenant_id_id UNIQUE (tenant_id, id)
);
CREATE INDEX ix_mandates_tenant_id ON platform.mandates (tenant_id);
CREATE TABLE platform.past_roles (
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    until DATE NOT NULL,
    id UUID NOT NULL DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL,
    CONSTRAINT pk_past_roles PRIMARY KEY (id),
    CONSTRAINT fk_past_roles_person_id_people FOREIGN KEY (person_id) REFERENCES platform.people (id)
);
CREATE INDEX ix_past_roles_person_id ON platform.past_roles (person_id);
CREATE INDEX ix_past_roles_tenant_id ON platform.past_roles (tenant_id);
ALTER TABLE platform.memberships ADD COLUMN mandate_id UUID,
    ADD CONSTRAINT fk_memberships_tenant_id_mandate_id_mandates FOREIGN KEY (tenant_id, mandate_id)
        REFERENCES platform.mandates (tenant_id, id);
ALTER TABLE platform.memberships NO FORCE ROW LEVEL SECURITY;
-- Whoever monitored before there were mandates goes on under one of its own, which says so.
CREATE TEMPORARY TABLE carried ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, m.tenant_id, min(m.starts_on) AS starts_on
    FROM platform.memberships m WHERE m.role = 'monitor' GROUP BY m.tenant_id;
INSERT INTO platform.mandates (id, tenant_id, version, body, mandate, starts_on, people, proposed_at, confirmed_at,
        confirmed_as, demo)
    SELECT c.id, c.tenant_id, 1, '', '{"source": "es", "es": "Anterior a los mandatos", "en": "Older than mandates"}',
        c.starts_on, '[]', now(), now(), 'operator', false
    FROM carried c;
UPDATE platform.memberships m SET mandate_id = c.id FROM carried c
    WHERE c.tenant_id = m.tenant_id AND m.role = 'monitor';
ALTER TABLE platform.memberships FORCE ROW LEVEL SECURITY;
"""

ASSESSMENTS = """
ALTER TABLE workbench.assessments ADD COLUMN corrects_id UUID, ADD COLUMN correction TEXT,
    ADD COLUMN revision INTEGER NOT NULL DEFAULT 1, ADD COLUMN language TEXT NOT NULL DEFAULT 'es',
    ADD COLUMN recommendations JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN follow_ups JSONB NOT NULL DEFAULT '[]',
    ADD CONSTRAINT fk_assessments_tenant_id_corrects_id_assessments FOREIGN KEY (tenant_id, corrects_id)
        REFERENCES workbench.assessments (tenant_id, id);
DROP INDEX workbench.uq_assessments_one_draft;
CREATE UNIQUE INDEX uq_assessments_one_open ON workbench.assessments (tenant_id, plan, form, commitment)
    NULLS NOT DISTINCT WHERE status <> 'published';
ALTER TABLE workbench.assessment_answers ADD COLUMN written_by UUID DEFAULT platform.current_actor();
CREATE TABLE workbench.declarations (
    assessment_id UUID NOT NULL,
    person_id UUID NOT NULL,
    has_conflict BOOLEAN NOT NULL,
    statement TEXT NOT NULL,
    declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_declarations PRIMARY KEY (id),
    CONSTRAINT uq_declarations_assessment_id_person_id UNIQUE (assessment_id, person_id),
    CONSTRAINT fk_declarations_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_declarations_tenant_id ON workbench.declarations (tenant_id);
CREATE TABLE workbench.recusals (
    plan TEXT NOT NULL,
    commitment TEXT NOT NULL,
    person_id UUID NOT NULL,
    reason TEXT NOT NULL,
    recused_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_recusals PRIMARY KEY (id),
    CONSTRAINT uq_recusals_tenant_id_plan_commitment_person_id UNIQUE (tenant_id, plan, commitment, person_id)
);
CREATE INDEX ix_recusals_tenant_id ON workbench.recusals (tenant_id);
CREATE TABLE workbench.assessment_notes (
    assessment_id UUID NOT NULL,
    question TEXT NOT NULL,
    words TEXT NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_assessment_notes PRIMARY KEY (id),
    CONSTRAINT uq_assessment_notes_assessment_id_question UNIQUE (assessment_id, question),
    CONSTRAINT fk_assessment_notes_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_assessment_notes_tenant_id ON workbench.assessment_notes (tenant_id);
CREATE TABLE workbench.second_reviews (
    assessment_id UUID NOT NULL,
    reviewer_id UUID NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    handed_in_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_second_reviews PRIMARY KEY (id),
    CONSTRAINT uq_second_reviews_assessment_id UNIQUE (assessment_id),
    CONSTRAINT uq_second_reviews_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_second_reviews_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_second_reviews_tenant_id ON workbench.second_reviews (tenant_id);
CREATE TABLE workbench.second_answers (
    review_id UUID NOT NULL,
    question TEXT NOT NULL,
    value TEXT,
    explanation TEXT NOT NULL,
    first_value TEXT,
    settled TEXT,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_second_answers PRIMARY KEY (id),
    CONSTRAINT uq_second_answers_review_id_question UNIQUE (review_id, question),
    CONSTRAINT fk_second_answers_tenant_id_review_id_second_reviews FOREIGN KEY (tenant_id, review_id)
        REFERENCES workbench.second_reviews (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_second_answers_tenant_id ON workbench.second_answers (tenant_id);
"""

# What was sent to the government is not taken back with the draft: these rows hold their assessment.
DIALOGUE = """
CREATE TABLE workbench.clarifications (
    assessment_id UUID NOT NULL,
    form TEXT NOT NULL,
    plan TEXT NOT NULL,
    commitment TEXT,
    question TEXT,
    milestone TEXT,
    asked TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by UUID,
    due_on DATE NOT NULL,
    answer TEXT,
    answered_at TIMESTAMP WITH TIME ZONE,
    answered_by UUID,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_clarifications PRIMARY KEY (id),
    CONSTRAINT fk_clarifications_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id)
);
CREATE INDEX ix_clarifications_assessment_id ON workbench.clarifications (assessment_id);
CREATE INDEX ix_clarifications_tenant_id ON workbench.clarifications (tenant_id);
CREATE TABLE workbench.reply_windows (
    assessment_id UUID NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    days INTEGER NOT NULL,
    handed_in_at TIMESTAMP WITH TIME ZONE,
    handed_in_by UUID,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_reply_windows PRIMARY KEY (id),
    CONSTRAINT uq_reply_windows_assessment_id UNIQUE (assessment_id),
    CONSTRAINT fk_reply_windows_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id)
);
CREATE INDEX ix_reply_windows_tenant_id ON workbench.reply_windows (tenant_id);
CREATE TABLE workbench.replies (
    assessment_id UUID NOT NULL,
    question TEXT NOT NULL,
    words TEXT NOT NULL,
    finding JSONB NOT NULL,
    replied_at TIMESTAMP WITH TIME ZONE NOT NULL,
    replied_by UUID,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_replies PRIMARY KEY (id),
    CONSTRAINT uq_replies_assessment_id_question UNIQUE (assessment_id, question),
    CONSTRAINT fk_replies_tenant_id_assessment_id_assessments FOREIGN KEY (tenant_id, assessment_id)
        REFERENCES workbench.assessments (tenant_id, id)
);
CREATE INDEX ix_replies_tenant_id ON workbench.replies (tenant_id);
CREATE TABLE workbench.recommendation_answers (
    plan TEXT NOT NULL,
    recommendation TEXT NOT NULL,
    answer TEXT NOT NULL,
    words JSONB NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_recommendation_answers PRIMARY KEY (id),
    CONSTRAINT uq_recommendation_answers_tenant_id_recommendation UNIQUE (tenant_id, recommendation)
);
CREATE INDEX ix_recommendation_answers_tenant_id ON workbench.recommendation_answers (tenant_id);
CREATE TABLE workbench.refusals (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    actor_role TEXT,
    permission TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_refusals PRIMARY KEY (id)
);
CREATE INDEX ix_refusals_tenant_id ON workbench.refusals (tenant_id);
-- The same attempt within one minute is one attempt.
CREATE UNIQUE INDEX uq_refusals_once_a_minute ON workbench.refusals
    (tenant_id, actor_id, permission, method, path, (date_trunc('minute', at AT TIME ZONE 'UTC'))) NULLS NOT DISTINCT;
"""

MINE = "tenant_id = (SELECT platform.current_tenant())"
ROLE = "(SELECT platform.actor_role())"
ACTOR = "(SELECT platform.current_actor())"
MONITOR = f"{ROLE} = 'monitor'"
READER = f"{ROLE} IN ('coordinator', 'viewer')"  # who in the government reads what is sent to it
STAFF = "(SELECT platform.platform_role()) IS NOT NULL"
NO_KEY = "(SELECT platform.current_key()) IS NULL"

# A monitor is one only while a confirmed mandate stands: its term is the database's to end.
ACTORS = """
CREATE FUNCTION platform.platform_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT p.platform_role FROM platform.people p WHERE p.id = platform.current_actor() $$;
CREATE FUNCTION platform.stands(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT EXISTS (SELECT 1 FROM platform.mandates d WHERE d.id = which AND d.confirmed_at IS NOT NULL
              AND (d.ended_at IS NULL OR d.ended_at > now()) AND d.starts_on <= current_date
              AND (d.ends_on IS NULL OR d.ends_on >= current_date)) $$;
CREATE OR REPLACE FUNCTION platform.actor_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce(
        (SELECT m.role FROM platform.memberships m
         WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
           AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)
           AND (m.role <> 'monitor' OR platform.stands(m.mandate_id))),
        CASE WHEN platform.current_key() IS NOT NULL AND (platform.standing_request()).id IS NOT NULL
             THEN 'contact' END) $$;
"""

# Whoever had a role in the government cannot become its monitor before the time that `platform.rules` gives.
COOLING_OFF = """
CREATE FUNCTION platform.remember_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF OLD.role <> 'monitor' AND (TG_OP = 'DELETE' OR NEW.role <> OLD.role) THEN
        INSERT INTO platform.past_roles (person_id, role, until, tenant_id)
        VALUES (OLD.person_id, OLD.role, least(coalesce(OLD.ends_on, current_date), current_date), OLD.tenant_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER remember_role AFTER UPDATE OR DELETE ON platform.memberships
    FOR EACH ROW EXECUTE FUNCTION platform.remember_role();
CREATE FUNCTION platform.check_independence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    since date := NEW.starts_on - make_interval(months => (SELECT months FROM platform.rules
                                                           WHERE name = 'government_before_monitor'));
    until date := (SELECT max(r.until) FROM platform.past_roles r
                   WHERE r.person_id = NEW.person_id AND r.tenant_id = NEW.tenant_id);
BEGIN
    IF NEW.role <> 'monitor' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND OLD.role <> 'monitor' THEN
        until := greatest(until, coalesce(OLD.ends_on, 'infinity'));
    END IF;
    IF until > since THEN
        RAISE EXCEPTION 'who has or had a role in the government a short time ago cannot become its monitor'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'government_role';
    END IF;
    IF EXISTS (SELECT 1 FROM platform.people p WHERE p.id = NEW.person_id AND p.platform_role IS NOT NULL) THEN
        RAISE EXCEPTION 'who works for the platform cannot become a monitor'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'platform_role';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_independence BEFORE INSERT OR UPDATE ON platform.memberships
    FOR EACH ROW EXECUTE FUNCTION platform.check_independence();
"""

# Confirming is what OGP's staff or an operator does, and nobody else, whatever runs as the application's role.
CONFIRMING = """
CREATE FUNCTION platform.confirm_mandate(which uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    staff text := platform.platform_role();
    given platform.mandates;
    invited jsonb;
    someone uuid;
BEGIN
    IF staff IS NULL THEN
        RAISE EXCEPTION 'only the staff of OGP or an operator confirms a monitoring body'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE platform.mandates d SET confirmed_at = now(), confirmed_by = platform.current_actor(), confirmed_as = staff,
        version = d.version + 1
    WHERE d.id = which AND d.tenant_id = platform.current_tenant() AND d.confirmed_at IS NULL AND d.refused_at IS NULL
        AND d.proposed_by IS DISTINCT FROM platform.current_actor()
    RETURNING * INTO given;
    IF given.id IS NULL THEN
        RAISE EXCEPTION 'there is no such proposal to confirm' USING ERRCODE = 'no_data_found';
    END IF;
    FOR invited IN SELECT * FROM jsonb_array_elements(given.people) LOOP
        SELECT p.id INTO someone FROM platform.people p WHERE lower(p.email) = lower(invited ->> 'email');
        IF someone IS NULL THEN
            someone := gen_random_uuid();
            INSERT INTO platform.people (id, version, name, email)
            VALUES (someone, 1, invited ->> 'name', lower(invited ->> 'email'));
        END IF;
        -- Nobody loses the time to publish because a later or a shorter mandate is confirmed.
        IF EXISTS (SELECT 1 FROM platform.memberships m WHERE m.person_id = someone AND m.tenant_id = given.tenant_id
                AND m.role = 'monitor' AND platform.stands(m.mandate_id)
                AND (given.starts_on > current_date
                    OR coalesce(given.ends_on, 'infinity') < coalesce(m.ends_on, 'infinity'))) THEN
            RAISE EXCEPTION 'one of these people works under a mandate that stands longer'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'other_mandate';
        END IF;
        INSERT INTO platform.memberships (id, version, tenant_id, person_id, role, starts_on, ends_on, mandate_id)
        VALUES (gen_random_uuid(), 1, given.tenant_id, someone, 'monitor', given.starts_on, given.ends_on, given.id)
        ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = 'monitor', mandate_id = given.id,
            starts_on = given.starts_on, ends_on = given.ends_on, version = platform.memberships.version + 1;
    END LOOP;
END $$;
-- A proposal is turned down by the platform's people. A mandate that they end stands for the notice that
-- `platform.rules` gives, so that ending it stops no assessment; a monitor may lay its own down at once.
CREATE FUNCTION platform.end_mandate(which uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    own boolean := EXISTS (SELECT 1 FROM platform.memberships m
        WHERE m.person_id = platform.current_actor() AND m.mandate_id = which AND m.role = 'monitor');
    notice interval := make_interval(months => (SELECT months FROM platform.rules WHERE name = 'notice_of_end'));
BEGIN
    IF platform.platform_role() IS NULL AND NOT own THEN
        RAISE EXCEPTION 'only the staff of OGP, an operator or the body itself ends a mandate'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE platform.mandates d SET reason = why, version = d.version + 1,
        refused_at = CASE WHEN d.confirmed_at IS NULL THEN now() ELSE d.refused_at END,
        ended_at = CASE WHEN d.confirmed_at IS NULL THEN d.ended_at WHEN own THEN now() ELSE now() + notice END
    WHERE d.id = which AND d.tenant_id = platform.current_tenant() AND d.ended_at IS NULL AND d.refused_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such mandate to end' USING ERRCODE = 'no_data_found';
    END IF;
END $$;
REVOKE ALL ON FUNCTION platform.confirm_mandate(uuid), platform.end_mandate(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.confirm_mandate(uuid), platform.end_mandate(uuid, text) TO ogpmonitor_app;
"""

SEALED = (
    "platform.past_roles",
    "workbench.declarations",
    "workbench.recusals",
    "workbench.assessment_notes",
    "workbench.second_reviews",
    "workbench.second_answers",
    "workbench.clarifications",
    "workbench.reply_windows",
    "workbench.replies",
    "workbench.recommendation_answers",
    "workbench.refusals",
)


def of_assessment(condition: str) -> str:
    """That the row's assessment is one the actor sees and of which this holds."""
    return f"EXISTS (SELECT 1 FROM workbench.assessments a WHERE a.id = assessment_id AND {condition})"


def of_review(condition: str) -> str:
    """That the row's second review is one of which this holds."""
    return f"""EXISTS (SELECT 1 FROM workbench.second_reviews r JOIN workbench.assessments a ON a.id = r.assessment_id
        WHERE r.id = review_id AND ({condition}))"""


OWN_REVIEW = of_review(f"r.reviewer_id = {ACTOR} AND r.handed_in_at IS NULL")
DECLARED = f"""EXISTS (SELECT 1 FROM workbench.declarations d
    WHERE d.assessment_id = assessments.id AND d.person_id = {ACTOR})"""
MAY_WRITE = f"""EXISTS (SELECT 1 FROM workbench.declarations d
        WHERE d.assessment_id = assessment_answers.assessment_id AND d.person_id = {ACTOR})
    AND NOT EXISTS (SELECT 1 FROM workbench.recusals r JOIN workbench.assessments a ON a.id = assessment_id
        WHERE r.person_id = {ACTOR} AND r.plan = a.plan
          AND r.commitment IN (a.commitment, split_part(question, '/', 2)))"""

POLICIES = f"""
-- A function, because what is asked of second reviews depends on answers in turn.
CREATE FUNCTION workbench.is_blind(which uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT EXISTS (SELECT 1 FROM workbench.second_reviews s WHERE s.assessment_id = which
              AND s.reviewer_id = platform.current_actor() AND s.handed_in_at IS NULL) $$;
CREATE POLICY know ON workbench.second_reviews FOR SELECT TO ogpmonitor_owner USING (true);
CREATE POLICY know ON platform.past_roles FOR SELECT TO ogpmonitor_owner USING (true);
CREATE POLICY remember ON platform.past_roles FOR INSERT TO ogpmonitor_owner WITH CHECK (true);
CREATE POLICY keep ON platform.mandates TO ogpmonitor_owner USING (true) WITH CHECK (true);
CREATE POLICY read ON platform.mandates FOR SELECT TO ogpmonitor_app USING (({ROLE} IS NOT NULL OR {STAFF}) AND {
    NO_KEY
});
CREATE POLICY propose ON platform.mandates FOR INSERT TO ogpmonitor_app
    WITH CHECK (({ROLE} = 'coordinator' OR {STAFF}) AND confirmed_at IS NULL AND proposed_by = {ACTOR});

DROP POLICY read ON workbench.assessments;
CREATE POLICY read ON workbench.assessments FOR SELECT TO ogpmonitor_app
    USING ({MONITOR} OR (status = 'comment' AND {READER}) OR (status = 'published' AND {ROLE} IS NOT NULL));
DROP POLICY change ON workbench.assessments;
CREATE POLICY change ON workbench.assessments FOR UPDATE TO ogpmonitor_app
    USING ({MONITOR} AND status IN ('draft', 'comment') AND {DECLARED}) WITH CHECK ({MONITOR});
CREATE POLICY declared ON workbench.assessment_answers AS RESTRICTIVE FOR INSERT TO ogpmonitor_app WITH CHECK ({
    MAY_WRITE
});
CREATE POLICY declared_too ON workbench.assessment_answers AS RESTRICTIVE FOR UPDATE TO ogpmonitor_app USING ({
    MAY_WRITE
});
CREATE POLICY declared_still ON workbench.assessment_answers AS RESTRICTIVE FOR DELETE TO ogpmonitor_app
    USING ({MAY_WRITE});
CREATE POLICY blind ON workbench.assessment_answers AS RESTRICTIVE FOR SELECT TO ogpmonitor_app
    USING (NOT workbench.is_blind(assessment_id));

CREATE POLICY read ON workbench.declarations FOR SELECT TO ogpmonitor_app USING ({MONITOR});
CREATE POLICY declare ON workbench.declarations FOR INSERT TO ogpmonitor_app
    WITH CHECK ({MONITOR} AND person_id = {ACTOR} AND {of_assessment("a.status <> 'published'")});
CREATE POLICY read ON workbench.recusals FOR SELECT TO ogpmonitor_app USING ({MONITOR});
CREATE POLICY recuse ON workbench.recusals FOR INSERT TO ogpmonitor_app WITH CHECK ({MONITOR} AND person_id = {ACTOR});
CREATE POLICY keep ON workbench.assessment_notes TO ogpmonitor_app USING ({MONITOR});

CREATE POLICY read ON workbench.second_reviews FOR SELECT TO ogpmonitor_app USING ({MONITOR});
CREATE POLICY begin ON workbench.second_reviews FOR INSERT TO ogpmonitor_app
    WITH CHECK ({MONITOR} AND reviewer_id = {ACTOR} AND {of_assessment("a.status = 'draft'")}
        AND EXISTS (SELECT 1 FROM workbench.declarations d
            WHERE d.assessment_id = second_reviews.assessment_id AND d.person_id = {ACTOR})
        AND NOT EXISTS (SELECT 1 FROM workbench.assessment_answers w
            WHERE w.assessment_id = second_reviews.assessment_id AND w.written_by = {ACTOR}));
CREATE POLICY hand_in ON workbench.second_reviews FOR UPDATE TO ogpmonitor_app
    USING ({MONITOR} AND reviewer_id = {ACTOR} AND handed_in_at IS NULL) WITH CHECK ({MONITOR});
CREATE POLICY read ON workbench.second_answers FOR SELECT TO ogpmonitor_app USING ({MONITOR} AND {
    of_review(f'''
    r.reviewer_id = {ACTOR} OR r.handed_in_at IS NOT NULL''')
});
CREATE POLICY rate ON workbench.second_answers FOR INSERT TO ogpmonitor_app WITH CHECK ({MONITOR} AND {OWN_REVIEW});
CREATE POLICY change ON workbench.second_answers FOR UPDATE TO ogpmonitor_app USING ({MONITOR} AND ({OWN_REVIEW} OR
    {of_review("r.handed_in_at IS NOT NULL AND a.status = 'draft'")}));
CREATE POLICY withdraw ON workbench.second_answers FOR DELETE TO ogpmonitor_app USING ({MONITOR} AND {OWN_REVIEW});

CREATE POLICY read ON workbench.clarifications FOR SELECT TO ogpmonitor_app USING ({MONITOR} OR {READER});
CREATE POLICY ask ON workbench.clarifications FOR INSERT TO ogpmonitor_app
    WITH CHECK ({MONITOR} AND answer IS NULL AND {of_assessment("a.status = 'draft'")});
CREATE POLICY answer ON workbench.clarifications FOR UPDATE TO ogpmonitor_app USING ({ROLE} = 'coordinator');
CREATE POLICY read ON workbench.reply_windows FOR SELECT TO ogpmonitor_app USING ({MONITOR} OR {READER});
CREATE POLICY send ON workbench.reply_windows FOR INSERT TO ogpmonitor_app
    WITH CHECK ({MONITOR} AND handed_in_at IS NULL AND {of_assessment("a.status = 'comment'")});
CREATE POLICY hand_in ON workbench.reply_windows FOR UPDATE TO ogpmonitor_app
    USING ({ROLE} = 'coordinator' AND handed_in_at IS NULL AND ends_at > now()) WITH CHECK ({ROLE} = 'coordinator');
CREATE POLICY read ON workbench.replies FOR SELECT TO ogpmonitor_app USING ({MONITOR} OR {READER});
CREATE POLICY reply ON workbench.replies TO ogpmonitor_app USING ({ROLE} = 'coordinator' AND EXISTS
    (SELECT 1 FROM workbench.reply_windows w
     WHERE w.assessment_id = replies.assessment_id AND w.handed_in_at IS NULL AND w.ends_at > now()));
CREATE POLICY read ON workbench.recommendation_answers FOR SELECT TO ogpmonitor_app USING ({MONITOR} OR {READER});
CREATE POLICY answer ON workbench.recommendation_answers TO ogpmonitor_app USING ({ROLE} = 'coordinator');

CREATE POLICY read ON workbench.refusals FOR SELECT TO ogpmonitor_app USING ({MONITOR});
CREATE POLICY note ON workbench.refusals FOR INSERT TO ogpmonitor_app
    WITH CHECK (actor_id IS NOT DISTINCT FROM {ACTOR} AND actor_role IS NOT DISTINCT FROM {ROLE});
"""

LOCKS = """
-- Nothing is published while the government may still reply, and it cannot make that time longer.
CREATE FUNCTION workbench.check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'comment' AND NEW.status <> 'comment' AND EXISTS (SELECT 1 FROM workbench.reply_windows w
            WHERE w.assessment_id = OLD.id AND w.handed_in_at IS NULL AND w.ends_at > now()) THEN
        RAISE EXCEPTION 'the government may still reply' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.status = 'comment' AND NEW.status = 'comment' THEN
        RAISE EXCEPTION 'what was sent for comment is not changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_status BEFORE UPDATE ON workbench.assessments
    FOR EACH ROW EXECUTE FUNCTION workbench.check_status();
-- Each side writes its own part of a row, and what was said stays said.
CREATE FUNCTION workbench.only_own_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE own text[] := TG_ARGV::text[] || ARRAY['version'];
BEGIN
    IF to_jsonb(NEW) - own <> to_jsonb(OLD) - own THEN
        RAISE EXCEPTION 'only % may change', TG_ARGV USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_own_part BEFORE UPDATE ON workbench.clarifications
    FOR EACH ROW EXECUTE FUNCTION workbench.only_own_part('answer', 'answered_at', 'answered_by');
CREATE TRIGGER only_own_part BEFORE UPDATE ON workbench.reply_windows
    FOR EACH ROW EXECUTE FUNCTION workbench.only_own_part('handed_in_at', 'handed_in_by');
CREATE TRIGGER only_own_part BEFORE UPDATE ON workbench.second_reviews
    FOR EACH ROW EXECUTE FUNCTION workbench.only_own_part('handed_in_at');
-- Once it is handed in, a second review can be settled and no longer altered.
CREATE FUNCTION workbench.only_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE own text[] := ARRAY['settled', 'version'] || CASE WHEN OLD.first_value IS NULL THEN ARRAY['first_value'] END;
BEGIN
    IF to_jsonb(NEW) - own <> to_jsonb(OLD) - own AND EXISTS
        (SELECT 1 FROM workbench.second_reviews r WHERE r.id = OLD.review_id AND r.handed_in_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a second review that was handed in is not changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_settle BEFORE UPDATE ON workbench.second_answers
    FOR EACH ROW EXECUTE FUNCTION workbench.only_settle();
-- What a published assessment rests on stands in the register: here an answer comes too late.
CREATE FUNCTION workbench.answer_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM workbench.assessments a WHERE a.id = NEW.assessment_id AND a.status = 'published') THEN
        RAISE EXCEPTION 'the assessment is published' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_in_time BEFORE UPDATE ON workbench.clarifications
    FOR EACH ROW EXECUTE FUNCTION workbench.answer_in_time();
-- A reply keeps the finding that it replies to: no side writes that part.
CREATE FUNCTION workbench.keep_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.finding := coalesce((SELECT jsonb_build_object('value', w.value, 'explanation', w.explanation)
        FROM workbench.assessment_answers w
        WHERE w.assessment_id = NEW.assessment_id AND w.question = NEW.question), '{}');
    RETURN NEW;
END $$;
CREATE TRIGGER keep_finding BEFORE INSERT OR UPDATE ON workbench.replies
    FOR EACH ROW EXECUTE FUNCTION workbench.keep_finding();
CREATE FUNCTION workbench.keep_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_by := coalesce(platform.current_actor(), OLD.written_by);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_writer BEFORE UPDATE ON workbench.assessment_answers
    FOR EACH ROW EXECUTE FUNCTION workbench.keep_writer();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON workbench.refusals
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON workbench.declarations
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON workbench.recusals
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
"""

GRANTS = """
GRANT SELECT, INSERT ON platform.mandates TO ogpmonitor_app;
GRANT SELECT, INSERT ON workbench.declarations, workbench.recusals, workbench.refusals TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE ON workbench.second_reviews, workbench.second_answers, workbench.clarifications,
    workbench.reply_windows, workbench.replies, workbench.recommendation_answers, workbench.assessment_notes
    TO ogpmonitor_app;
GRANT DELETE ON workbench.assessment_notes, workbench.replies, workbench.second_answers TO ogpmonitor_app;
"""


def upgrade() -> None:
    op.execute(MANDATES)
    op.execute(ASSESSMENTS)
    op.execute(DIALOGUE)
    op.execute(ACTORS)
    op.execute(COOLING_OFF)
    op.execute(CONFIRMING)
    for table in SEALED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {table} AS RESTRICTIVE USING ({MINE}) WITH CHECK ({MINE})")
    op.execute("ALTER TABLE platform.mandates ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE platform.mandates FORCE ROW LEVEL SECURITY")
    # Outside any jurisdiction the platform's people see every proposal, and everyone the mandates they work under.
    own = f"EXISTS (SELECT 1 FROM platform.memberships m WHERE m.mandate_id = mandates.id AND m.person_id = {ACTOR})"
    anywhere = f"((SELECT platform.current_tenant()) IS NULL AND ({STAFF} OR {own}))"
    op.execute(
        f"CREATE POLICY tenant_isolation ON platform.mandates AS RESTRICTIVE USING ({MINE} OR {anywhere})"
        f" WITH CHECK ({MINE})"
    )
    op.execute(POLICIES)
    op.execute(LOCKS)
    op.execute(GRANTS)
