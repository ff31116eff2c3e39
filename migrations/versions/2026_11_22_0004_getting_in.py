"""Getting in: identities at providers, sign-ins under way, links by e-mail, and how far a session counts."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SIGN_INS = """
ALTER TABLE platform.sign_ins
    ADD COLUMN tenant_id UUID,
    ADD COLUMN way TEXT NOT NULL DEFAULT 'persona',
    ADD COLUMN provider TEXT,
    ADD COLUMN browser TEXT NOT NULL DEFAULT '',
    ADD COLUMN proved_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    ADD COLUMN platform_role_counts BOOLEAN NOT NULL DEFAULT true,
    ADD CONSTRAINT fk_sign_ins_tenant_id_tenants FOREIGN KEY (tenant_id) REFERENCES platform.tenants (id) NOT VALID,
    ADD CONSTRAINT ck_sign_ins_way CHECK (way IN ('persona', 'provider', 'email')) NOT VALID,
    ADD CONSTRAINT ck_sign_ins_provider CHECK ((way = 'provider') = (provider IS NOT NULL)) NOT VALID,
    ADD CONSTRAINT ck_sign_ins_tenant CHECK (tenant_id IS NULL OR way = 'provider') NOT VALID;
ALTER TABLE platform.sign_ins
    VALIDATE CONSTRAINT fk_sign_ins_tenant_id_tenants,
    VALIDATE CONSTRAINT ck_sign_ins_way,
    VALIDATE CONSTRAINT ck_sign_ins_provider,
    VALIDATE CONSTRAINT ck_sign_ins_tenant;
UPDATE platform.sign_ins SET proved_at = created_at;
-- The defaults stay for the former release, where only the demo's personas sign in.
-- Whose a session is, how it came and how far it counts is said once: only its use and its end are written later.
REVOKE UPDATE ON platform.sign_ins FROM ogpmonitor_app;
GRANT UPDATE (last_seen_at, revoked_at) ON platform.sign_ins TO ogpmonitor_app;
"""

IDENTITIES = """
CREATE TABLE platform.identities (
    person_id UUID NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    tenant_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (id),
    CONSTRAINT uq_identities_issuer_subject_tenant_id UNIQUE NULLS NOT DISTINCT (issuer, subject, tenant_id),
    CONSTRAINT uq_identities_person_id_issuer_tenant_id UNIQUE NULLS NOT DISTINCT (person_id, issuer, tenant_id),
    CONSTRAINT fk_identities_person_id_people FOREIGN KEY (person_id) REFERENCES platform.people (id),
    CONSTRAINT fk_identities_tenant_id_tenants FOREIGN KEY (tenant_id) REFERENCES platform.tenants (id)
);
CREATE FUNCTION platform.refuse_persona() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM platform.people p WHERE p.id = NEW.person_id AND p.persona IS NOT NULL) THEN
        RAISE EXCEPTION 'an invented person has no identity' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_persona BEFORE INSERT OR UPDATE ON platform.identities
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_persona();
"""

UNDER_WAY = """
CREATE TABLE platform.entries (
    state_sha256 TEXT NOT NULL,
    browser_sha256 TEXT NOT NULL,
    provider TEXT NOT NULL,
    tenant_id UUID,
    wanted TEXT NOT NULL,
    lang TEXT NOT NULL,
    proving BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE,
    issuer TEXT,
    subject TEXT,
    linked_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    CONSTRAINT pk_entries PRIMARY KEY (id),
    CONSTRAINT uq_entries_state_sha256 UNIQUE (state_sha256),
    CONSTRAINT fk_entries_tenant_id_tenants FOREIGN KEY (tenant_id) REFERENCES platform.tenants (id)
);
CREATE INDEX ix_entries_browser_sha256 ON platform.entries (browser_sha256);
CREATE INDEX ix_entries_expires_at ON platform.entries (expires_at);
CREATE TABLE platform.email_links (
    address_hash TEXT NOT NULL,
    network_hash TEXT NOT NULL,
    browser_sha256 TEXT NOT NULL,
    token_sha256 TEXT,
    person_id UUID,
    wanted TEXT NOT NULL,
    lang TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    CONSTRAINT pk_email_links PRIMARY KEY (id),
    CONSTRAINT uq_email_links_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_email_links_person_id_people FOREIGN KEY (person_id) REFERENCES platform.people (id)
);
CREATE INDEX ix_email_links_address_hash ON platform.email_links (address_hash);
CREATE INDEX ix_email_links_network_hash ON platform.email_links (network_hash);
CREATE INDEX ix_email_links_expires_at ON platform.email_links (expires_at);
"""

# A session that came through a jurisdiction's own provider counts there and nowhere else, never as its monitor and
# never as one of the platform's people: whoever runs that provider can be anybody it likes. Where no session is named
# the work is the house's own (jobs, loading), and the actor is believed as before.
ACTORS = """
CREATE FUNCTION platform.current_sign_in() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('ogp.sign_in_id', true), '')::uuid $$;
CREATE FUNCTION platform.sign_in_stands(s platform.sign_ins) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT s.person_id = platform.current_actor() AND s.revoked_at IS NULL AND s.expires_at > now() $$;
CREATE FUNCTION platform.bound_tenant() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT s.tenant_id FROM platform.sign_ins s WHERE s.id = platform.current_sign_in() $$;
CREATE FUNCTION platform.sign_in_counts(role text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT platform.current_sign_in() IS NULL OR EXISTS (
        SELECT 1 FROM platform.sign_ins s WHERE s.id = platform.current_sign_in() AND platform.sign_in_stands(s)
            AND (s.tenant_id IS NULL OR (s.tenant_id = platform.current_tenant() AND role <> 'monitor'))
            AND (s.way <> 'email' OR role = 'monitor' OR NOT EXISTS (
                SELECT 1 FROM platform.tenants t WHERE t.id = platform.current_tenant()
                    AND t.identity #>> '{tenant,sign_in,email_links}' = 'false'))) $$;
CREATE OR REPLACE FUNCTION platform.platform_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT p.platform_role FROM platform.people p WHERE p.id = platform.current_actor()
          AND (platform.current_sign_in() IS NULL OR EXISTS (
              SELECT 1 FROM platform.sign_ins s WHERE s.id = platform.current_sign_in()
                  AND platform.sign_in_stands(s) AND s.tenant_id IS NULL AND s.platform_role_counts)) $$;
CREATE OR REPLACE FUNCTION platform.actor_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce(
        (SELECT m.role FROM platform.memberships m
         WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
           AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)
           AND (m.role <> 'monitor' OR platform.stands(m.mandate_id)) AND platform.sign_in_counts(m.role)),
        CASE WHEN platform.current_key() IS NOT NULL AND (platform.standing_request()).id IS NOT NULL
             THEN 'contact' END) $$;
CREATE OR REPLACE FUNCTION platform.actor_unit() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT coalesce(
        (SELECT m.unit FROM platform.memberships m
         WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor()
           AND m.starts_on <= current_date AND (m.ends_on IS NULL OR m.ends_on >= current_date)
           AND platform.sign_in_counts(m.role)),
        CASE WHEN platform.current_key() IS NOT NULL THEN (platform.standing_request()).unit END) $$;
-- A monitor lays its own mandate down at once: not somebody whom the government's own provider calls by its name.
CREATE OR REPLACE FUNCTION platform.end_mandate(which uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    own boolean := platform.sign_in_counts('monitor') AND EXISTS (SELECT 1 FROM platform.memberships m
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
"""

NO_KEY = "(SELECT platform.current_key()) IS NULL"
BOUND = "(SELECT platform.bound_tenant())"

POLICIES = f"""
ALTER TABLE platform.identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.email_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_key ON platform.identities USING ({NO_KEY});
CREATE POLICY no_key ON platform.entries USING ({NO_KEY});
CREATE POLICY no_key ON platform.email_links USING ({NO_KEY});
CREATE POLICY bound ON platform.memberships AS RESTRICTIVE TO ogpmonitor_app
    USING ({BOUND} IS NULL OR tenant_id = {BOUND});
CREATE POLICY bound ON platform.mandates AS RESTRICTIVE TO ogpmonitor_app
    USING ({BOUND} IS NULL OR tenant_id = {BOUND});
GRANT SELECT, INSERT, UPDATE (last_used_at) ON platform.identities TO ogpmonitor_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON platform.entries, platform.email_links TO ogpmonitor_app;
"""


def upgrade() -> None:
    op.execute(SIGN_INS)
    op.execute(IDENTITIES)
    op.execute(UNDER_WAY)
    op.execute(ACTORS)
    op.execute(POLICIES)
