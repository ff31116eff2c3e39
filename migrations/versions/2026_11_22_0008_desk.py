"""The platform's desk: states of jurisdictions, support access, what its record also says, failures of jobs."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
-- One row for each change of state; without any a jurisdiction is active. What they say is public.
CREATE TABLE platform.tenant_states (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    set_by UUID,
    CONSTRAINT pk_tenant_states PRIMARY KEY (id),
    CONSTRAINT fk_tenant_states_jurisdiction_tenants FOREIGN KEY (jurisdiction) REFERENCES platform.tenants (slug)
);
CREATE INDEX ix_tenant_states_jurisdiction ON platform.tenant_states (jurisdiction);
CREATE TABLE platform.support_accesses (
    person_id UUID NOT NULL,
    reason TEXT NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by UUID,
    ended_as TEXT,
    id UUID NOT NULL,
    tenant_id UUID DEFAULT current_setting('ogp.tenant_id')::uuid NOT NULL,
    CONSTRAINT pk_support_accesses PRIMARY KEY (id),
    CONSTRAINT fk_support_accesses_person_id_people FOREIGN KEY (person_id) REFERENCES platform.people (id)
);
CREATE INDEX ix_support_accesses_person_id ON platform.support_accesses (person_id);
CREATE INDEX ix_support_accesses_tenant_id ON platform.support_accesses (tenant_id);
CREATE TABLE platform.job_failures (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    job BIGINT NOT NULL,
    error TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_job_failures PRIMARY KEY (id)
);
CREATE INDEX ix_job_failures_job ON platform.job_failures (job);
"""

MINE = "tenant_id = (SELECT platform.current_tenant())"
ROLE = "(SELECT platform.actor_role())"
STAFF = "(SELECT platform.platform_role()) IS NOT NULL"
NO_KEY = "(SELECT platform.current_key()) IS NULL"

# `given_role` is what `actor_role` was until now, under another name: the role by membership, or by a request's link.
# `actor_role`, which all policies ask, tempers it. Where a jurisdiction is not active its coordinators and viewers
# read, its contacts have nothing to do, and its monitor goes on. Whoever has no role may be there to help for a time.
GIVEN_ROLE = """
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('platform.actor_role()'::regprocedure),
        'FUNCTION platform.actor_role()', 'FUNCTION platform.given_role()');
END $$;
"""
ACTORS = """
CREATE FUNCTION platform.tenant_state() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce((SELECT s.state FROM platform.tenant_states s
                           JOIN platform.tenants t ON t.slug = s.jurisdiction
                           WHERE t.id = platform.current_tenant() ORDER BY s.id DESC LIMIT 1), 'active') $$;
CREATE FUNCTION platform.is_supporting() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT platform.platform_role() = 'operator' AND EXISTS (SELECT 1 FROM platform.support_accesses a
              WHERE a.tenant_id = platform.current_tenant() AND a.person_id = platform.current_actor()
                AND a.ended_at IS NULL AND a.ends_at > now()) $$;
CREATE FUNCTION platform.supported_until() RETURNS timestamp with time zone LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT max(a.ends_at) FROM platform.support_accesses a
          WHERE a.tenant_id = platform.current_tenant() AND a.ended_at IS NULL AND a.ends_at > now() $$;
CREATE OR REPLACE FUNCTION platform.actor_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT CASE
        WHEN g.given = 'monitor' THEN g.given
        WHEN g.given IS NULL THEN CASE WHEN platform.is_supporting() THEN 'support' END
        WHEN platform.tenant_state() = 'active' THEN g.given
        WHEN g.given IN ('coordinator', 'viewer') THEN 'viewer' END
    FROM (SELECT platform.given_role() AS given) g $$;
"""

DEEDS = """
CREATE FUNCTION platform.note_mandate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    was platform.mandates;
    place text := (SELECT t.slug FROM platform.tenants t WHERE t.id = NEW.tenant_id);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    ELSE
        PERFORM platform.note_deed('mandate.proposed', place, NEW.body, NEW.id, NULL);
    END IF;
    IF NEW.confirmed_at IS NOT NULL AND was.confirmed_at IS NULL THEN
        PERFORM platform.note_deed('mandate.confirmed', place, NEW.body, NEW.id, NULL);
    END IF;
    IF NEW.refused_at IS NOT NULL AND was.refused_at IS NULL THEN
        PERFORM platform.note_deed('mandate.refused', place, NEW.body, NEW.id, NEW.reason);
    END IF;
    IF NEW.ended_at IS NOT NULL AND was.ended_at IS NULL THEN
        PERFORM platform.note_deed('mandate.ended', place, NEW.body, NEW.id, NEW.reason);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_mandate AFTER INSERT OR UPDATE ON platform.mandates
    FOR EACH ROW EXECUTE FUNCTION platform.note_mandate();
CREATE FUNCTION platform.note_tenant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM platform.note_deed(CASE TG_OP WHEN 'INSERT' THEN 'tenant.added' ELSE 'tenant.changed' END, NEW.slug,
        NEW.slug, NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER note_tenant AFTER INSERT OR UPDATE ON platform.tenants
    FOR EACH ROW EXECUTE FUNCTION platform.note_tenant();
"""

# Everything an operator does here is a function: it asks who acts, does it, and leaves the trace in one.
DOING = """
CREATE FUNCTION platform.refuse_others(wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF platform.platform_role() IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'only an % may do this', wanted USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
CREATE FUNCTION platform.set_tenant_state(wanted text, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    place text := (SELECT t.slug FROM platform.tenants t WHERE t.id = platform.current_tenant() FOR UPDATE);
    action text := CASE wanted WHEN 'suspended' THEN 'tenant.suspended' WHEN 'archived' THEN 'tenant.archived'
                   WHEN 'active' THEN 'tenant.reopened' END;
BEGIN
    PERFORM platform.refuse_others('operator');
    IF place IS NULL OR action IS NULL OR btrim(coalesce(why, '')) = '' OR platform.tenant_state() = wanted THEN
        RAISE EXCEPTION 'there is no such change of state' USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO platform.tenant_states (jurisdiction, state, reason, since, set_by)
    VALUES (place, wanted, why, now(), platform.current_actor());
    INSERT INTO workbench.audit_records (id, tenant_id, at, actor_id, actor_role, action, subject, subject_id, reason)
    VALUES (gen_random_uuid(), platform.current_tenant(), now(), platform.current_actor(), platform.actor_role(),
            action, 'tenants', platform.current_tenant(), why);
    PERFORM platform.note_deed(action, place, place, platform.current_tenant(), why);
    PERFORM pg_notify('ogp_tenants_synced', '');
END $$;
CREATE FUNCTION platform.begin_support(why text, hours integer) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    access uuid := gen_random_uuid();
    place text := (SELECT t.slug FROM platform.tenants t WHERE t.id = platform.current_tenant());
BEGIN
    PERFORM platform.refuse_others('operator');
    IF place IS NULL OR btrim(coalesce(why, '')) = '' OR hours IS NULL OR hours NOT BETWEEN 1 AND 8
        OR platform.actor_role() IS NOT NULL THEN
        RAISE EXCEPTION 'support is for one jurisdiction, with a reason, for eight hours at most, and not begun twice'
            USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO platform.support_accesses (id, tenant_id, person_id, reason, begun_at, ends_at)
    VALUES (access, platform.current_tenant(), platform.current_actor(), why, now(),
            now() + make_interval(hours => hours));
    INSERT INTO workbench.audit_records (id, tenant_id, at, actor_id, actor_role, action, subject, subject_id, reason)
    VALUES (gen_random_uuid(), platform.current_tenant(), now(), platform.current_actor(), platform.actor_role(),
            'support.begun', 'support_accesses', access, why);
    PERFORM platform.note_deed('support.begun', place, hours::text, access, why);
    RETURN access;
END $$;
-- The jurisdiction's coordinator ends it at once, also where the jurisdiction is suspended; so does any operator.
CREATE FUNCTION platform.end_support(which uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    place text := (SELECT t.slug FROM platform.tenants t WHERE t.id = platform.current_tenant());
    as_whom text := CASE WHEN platform.given_role() = 'coordinator' THEN 'coordinator'
                         WHEN platform.platform_role() = 'operator' THEN 'operator' END;
    doer text := platform.actor_role();
BEGIN
    IF as_whom IS NULL THEN
        RAISE EXCEPTION 'only the coordinator of the jurisdiction or an operator ends support access'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO workbench.audit_records (id, tenant_id, at, actor_id, actor_role, action, subject, subject_id)
    VALUES (gen_random_uuid(), platform.current_tenant(), now(), platform.current_actor(), doer,
            'support.ended', 'support_accesses', which);
    UPDATE platform.support_accesses a SET ended_at = now(), ended_by = platform.current_actor(), ended_as = as_whom
    WHERE a.id = which AND a.tenant_id = platform.current_tenant() AND a.ended_at IS NULL AND a.ends_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such access to end' USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM platform.note_deed('support.ended', place, as_whom, which, NULL);
END $$;
CREATE FUNCTION platform.retry_job(which bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE task text := (SELECT j.task_name FROM jobs.procrastinate_jobs j
                      WHERE j.id = which AND j.status = 'failed' FOR UPDATE);
BEGIN
    PERFORM platform.refuse_others('operator');
    IF task IS NULL THEN
        RAISE EXCEPTION 'there is no such job that failed' USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM jobs.procrastinate_retry_job_v2(which, now(), NULL, NULL, NULL);
    PERFORM platform.note_deed('job.retried', NULL, task || ' ' || which, NULL, NULL);
END $$;
-- The worker says of what class an error was, never its words: they may hold what people wrote. Kept for ninety days.
CREATE FUNCTION platform.note_failure(which bigint, class text) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = ''
    AS $$ DELETE FROM platform.job_failures f WHERE f.at < now() - interval '90 days';
          INSERT INTO platform.job_failures (job, error, at) VALUES (which, left(class, 200), now()) $$;
-- What the desk counts of each jurisdiction: numbers, and whether a step was taken; no word of any draft.
CREATE FUNCTION platform.desk_counts() RETURNS TABLE (jurisdiction text, coordinators bigint, contacts bigint,
    viewers bigint, monitors bigint, has_plan boolean, has_commitments boolean, has_units boolean,
    has_mandate boolean, has_published boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    before text := current_setting('ogp.tenant_id', true);
    one platform.tenants;
BEGIN
    IF platform.platform_role() IS NULL THEN
        RAISE EXCEPTION 'only the people of the platform count' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR one IN SELECT * FROM platform.tenants t ORDER BY t.slug LOOP
        PERFORM set_config('ogp.tenant_id', one.id::text, true);
        RETURN QUERY SELECT one.slug, p.coordinators, p.contacts, p.viewers, p.monitors,
            EXISTS (SELECT 1 FROM workbench.plans w),
            EXISTS (SELECT 1 FROM workbench.commitments c),
            EXISTS (SELECT 1 FROM workbench.milestones m WHERE m.responsible_unit IS NOT NULL),
            EXISTS (SELECT 1 FROM platform.mandates d
                    WHERE d.tenant_id = one.id AND d.refused_at IS NULL AND d.ended_at IS NULL),
            EXISTS (SELECT 1 FROM register.editions e WHERE e.tenant_id = one.id AND e.voice = 'government')
        FROM (SELECT count(*) FILTER (WHERE m.role = 'coordinator') AS coordinators,
                     count(*) FILTER (WHERE m.role = 'contact') AS contacts,
                     count(*) FILTER (WHERE m.role = 'viewer') AS viewers,
                     count(*) FILTER (WHERE m.role = 'monitor' AND platform.stands(m.mandate_id)) AS monitors
              FROM platform.memberships m
              WHERE m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)) p;
    END LOOP;
    PERFORM set_config('ogp.tenant_id', coalesce(before, ''), true);
END $$;
REVOKE ALL ON FUNCTION platform.set_tenant_state(text, text),
    platform.begin_support(text, integer), platform.end_support(uuid), platform.retry_job(bigint),
    platform.note_failure(bigint, text), platform.desk_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.set_tenant_state(text, text), platform.begin_support(text, integer),
    platform.end_support(uuid), platform.retry_job(bigint), platform.note_failure(bigint, text),
    platform.desk_counts() TO ogpmonitor_app;
"""

# Support reads what a viewer reads of the government's own work, and nothing of what a monitor sent it unpublished.
SUPPORT_READS = (
    "plans", "commitments", "milestones", "evidence_supports", "amendments", "periods", "milestone_reports",
    "recommendation_answers",
)  # fmt: skip
POLICIES = f"""
ALTER TABLE platform.support_accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.support_accesses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON platform.support_accesses AS RESTRICTIVE
    USING ({MINE} OR ((SELECT platform.current_tenant()) IS NULL AND {STAFF})) WITH CHECK ({MINE});
CREATE POLICY keep ON platform.support_accesses TO ogpmonitor_owner USING (true) WITH CHECK (true);
CREATE POLICY read ON platform.support_accesses FOR SELECT TO ogpmonitor_app
    USING (({ROLE} IS NOT NULL OR {STAFF}) AND {NO_KEY});
ALTER TABLE platform.job_failures ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON platform.job_failures FOR SELECT TO ogpmonitor_app
    USING ((SELECT platform.platform_role()) = 'operator');
CREATE POLICY support_reads ON workbench.evidence FOR SELECT TO ogpmonitor_app
    USING (voice = 'government' AND {ROLE} = 'support');
-- The link of a request is not taken where nobody may answer it.
CREATE POLICY open_only ON workbench.report_requests AS RESTRICTIVE FOR UPDATE TO ogpmonitor_app
    USING ((SELECT platform.tenant_state()) = 'active');
-- Who coordinates a jurisdiction that is suspended or archived reads its record all the same.
CREATE POLICY read_on ON workbench.audit_records FOR SELECT TO ogpmonitor_app
    USING ((SELECT platform.given_role()) = 'coordinator' AND actor_role IS DISTINCT FROM 'monitor');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON platform.tenant_states
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON platform.tenant_states
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
GRANT SELECT ON platform.tenant_states, platform.support_accesses, platform.job_failures
    TO ogpmonitor_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(GIVEN_ROLE)
    op.execute(ACTORS)
    op.execute(DEEDS)
    op.execute(DOING)
    op.execute(POLICIES)
    for table in SUPPORT_READS:
        op.execute(
            f"CREATE POLICY support_reads ON workbench.{table} FOR SELECT TO ogpmonitor_app USING ({ROLE} = 'support')"
        )
