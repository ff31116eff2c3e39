"""People: invitations, changing and ending what somebody is, the platform's record, and forgetting a person."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE platform.invitations (
    tenant_id UUID,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    unit TEXT,
    ends_on DATE,
    mandate_id UUID,
    body TEXT,
    language TEXT NOT NULL,
    token_sha256 TEXT NOT NULL,
    invited_by UUID,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    accepted_at TIMESTAMP WITH TIME ZONE,
    accepted_by UUID,
    demo BOOLEAN NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT uq_invitations_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_invitations_tenant_id_tenants FOREIGN KEY (tenant_id) REFERENCES platform.tenants (id),
    CONSTRAINT ck_invitations_place CHECK ((tenant_id IS NULL) = (role IN ('ogp_staff', 'operator')))
);
CREATE INDEX ix_invitations_tenant_id ON platform.invitations (tenant_id);
CREATE UNIQUE INDEX uq_invitations_one_open ON platform.invitations (tenant_id, email)
    NULLS NOT DISTINCT WHERE withdrawn_at IS NULL AND accepted_at IS NULL;
CREATE TABLE platform.deeds (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    actor_role TEXT,
    action TEXT NOT NULL,
    jurisdiction TEXT,
    about TEXT NOT NULL,
    subject_id UUID,
    reason TEXT,
    CONSTRAINT pk_deeds PRIMARY KEY (id)
);
-- Whom an erased person was is known by a keyed hash of its address alone, and only as long as somebody who had a role
-- in a government must not come back as its monitor.
CREATE TABLE platform.address_keys (
    key TEXT NOT NULL,
    CONSTRAINT pk_address_keys PRIMARY KEY (key)
);
INSERT INTO platform.address_keys
    SELECT encode(sha256(convert_to(string_agg(gen_random_uuid()::text, ''), 'UTF8')), 'hex')
    FROM generate_series(1, 4);
CREATE TABLE platform.erased_addresses (
    address_hash TEXT NOT NULL,
    person_id UUID NOT NULL,
    kept_until DATE NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_erased_addresses PRIMARY KEY (id)
);
CREATE INDEX ix_erased_addresses_address_hash ON platform.erased_addresses (address_hash);
ALTER TABLE platform.people ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE platform.past_roles ADD COLUMN since DATE;
ALTER TABLE platform.mandates ADD COLUMN asked JSONB NOT NULL DEFAULT '[]';
"""

# Helpers that nobody but the functions below may call.
KNOWING = """
-- Where a person has a role, now or later. Row policies show one's roles everywhere only outside any jurisdiction.
CREATE FUNCTION platform.roles_of(who uuid) RETURNS TABLE (place uuid, held text) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    tenant text := current_setting('ogp.tenant_id', true);
    actor text := current_setting('ogp.actor_id', true);
BEGIN
    PERFORM set_config('ogp.tenant_id', '', true), set_config('ogp.actor_id', who::text, true);
    RETURN QUERY SELECT m.tenant_id, m.role FROM platform.memberships m
        WHERE m.person_id = who AND (m.ends_on IS NULL OR m.ends_on >= current_date);
    PERFORM set_config('ogp.tenant_id', coalesce(tenant, ''), true),
        set_config('ogp.actor_id', coalesce(actor, ''), true);
END $$;
CREATE FUNCTION platform.hash_address(address text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = ''
    AS $$ SELECT encode(sha256(convert_to(k.key || ':' || lower(address), 'UTF8')), 'hex')
          FROM platform.address_keys k $$;
-- Who has no role left anywhere is signed out everywhere.
CREATE FUNCTION platform.close_sessions(who uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM platform.people p WHERE p.id = who AND p.platform_role IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM platform.roles_of(who)) THEN
        UPDATE platform.sign_ins SET revoked_at = now() WHERE person_id = who AND revoked_at IS NULL;
    END IF;
END $$;
REVOKE ALL ON FUNCTION platform.roles_of(uuid), platform.hash_address(text), platform.close_sessions(uuid)
    FROM PUBLIC;
"""

# The one record of what is done on the platform as a whole. Functions and triggers write it; what a person is on the
# platform, and that one was erased, a trigger alone, so that it is said once and whoever changes it.
DEEDS = """
CREATE FUNCTION platform.note_deed(action text, jurisdiction text, about text, subject uuid, why text,
    as_whom text DEFAULT NULL) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = ''
    AS $$ INSERT INTO platform.deeds (at, actor_id, actor_role, action, jurisdiction, about, subject_id, reason)
          VALUES (clock_timestamp(), platform.current_actor(),
                  coalesce($6, platform.platform_role(), platform.actor_role()), $1, $2, $3, $4, nullif($5, '')) $$;
-- `ogp.reason` is why, where a function knows; it is forgotten with the transaction.
CREATE FUNCTION platform.note_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    was platform.people;
    own boolean := coalesce(NEW.id = platform.current_actor(), false);
    action text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD;
    END IF;
    action := CASE
        WHEN NEW.erased_at IS NOT NULL AND was.erased_at IS NULL THEN 'person.erased'
        WHEN NEW.platform_role IS NOT DISTINCT FROM was.platform_role THEN NULL
        WHEN NEW.platform_role IS NULL THEN CASE WHEN own THEN 'person.left_role' ELSE 'person.lost_role' END
        WHEN was.platform_role IS NOT NULL THEN 'person.changed_role'
        WHEN own THEN 'person.took_role'
        ELSE 'person.got_role' END;
    IF action IS NOT NULL THEN
        PERFORM platform.note_deed(action, NULL, coalesce(NEW.platform_role, was.platform_role, ''), NEW.id,
            current_setting('ogp.reason', true), CASE WHEN own THEN coalesce(was.platform_role, NEW.platform_role) END);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_person AFTER INSERT OR UPDATE OF platform_role, erased_at ON platform.people
    FOR EACH ROW EXECUTE FUNCTION platform.note_person();
-- An invitation to the platform, or an operator's to a jurisdiction without a coordinator.
CREATE FUNCTION platform.note_invitation(action text, which platform.invitations) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF which.tenant_id IS NULL THEN
        PERFORM platform.note_deed('staff.' || action, NULL, which.role, which.id, NULL);
    ELSIF which.role = 'coordinator' AND platform.platform_role() = 'operator' THEN
        PERFORM platform.note_deed('coordinator.' || action,
            (SELECT t.slug FROM platform.tenants t WHERE t.id = which.tenant_id), '', which.id, NULL);
    END IF;
END $$;
REVOKE ALL ON FUNCTION platform.note_deed(text, text, text, uuid, text, text),
    platform.note_invitation(text, platform.invitations) FROM PUBLIC;
"""

LAST = """
-- A jurisdiction keeps a coordinator: nobody is taken away, changed or leaves before another stands as long.
CREATE FUNCTION platform.keep_coordinator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    was date := coalesce(OLD.ends_on, 'infinity');
    becomes date := current_date - 1;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.role = 'coordinator' AND NEW.starts_on <= current_date THEN
        becomes := coalesce(NEW.ends_on, 'infinity');
    END IF;
    IF OLD.role = 'coordinator' AND OLD.starts_on <= current_date AND was >= current_date AND becomes < was THEN
        PERFORM 1 FROM platform.tenants t WHERE t.id = OLD.tenant_id FOR NO KEY UPDATE;  -- one after the other
        IF NOT EXISTS (SELECT 1 FROM platform.memberships m WHERE m.tenant_id = OLD.tenant_id AND m.id <> OLD.id
                AND m.role = 'coordinator' AND m.starts_on <= current_date
                AND coalesce(m.ends_on, 'infinity') > becomes) THEN
            RAISE EXCEPTION 'a jurisdiction keeps a coordinator'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'last_coordinator';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_coordinator BEFORE UPDATE OR DELETE ON platform.memberships
    FOR EACH ROW EXECUTE FUNCTION platform.keep_coordinator();
CREATE FUNCTION platform.keep_operator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF OLD.platform_role = 'operator' AND (TG_OP = 'DELETE' OR NEW.platform_role IS DISTINCT FROM 'operator') THEN
        PERFORM pg_advisory_xact_lock(hashtext('platform.keep_operator'));
        IF NOT EXISTS (SELECT 1 FROM platform.people p WHERE p.id <> OLD.id AND p.platform_role = 'operator') THEN
            RAISE EXCEPTION 'the platform keeps an operator'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'last_operator';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_operator BEFORE UPDATE OR DELETE ON platform.people
    FOR EACH ROW EXECUTE FUNCTION platform.keep_operator();
CREATE OR REPLACE FUNCTION platform.remember_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
BEGIN
    IF OLD.role <> 'monitor' AND (TG_OP = 'DELETE' OR NEW.role <> OLD.role) THEN
        INSERT INTO platform.past_roles (person_id, role, since, until, tenant_id)
        VALUES (OLD.person_id, OLD.role, OLD.starts_on, least(coalesce(OLD.ends_on, current_date), current_date),
                OLD.tenant_id);
    END IF;
    RETURN NULL;
END $$;
"""

# The same rule as before, and it also knows by its address who had itself erased.
INDEPENDENCE = """
CREATE OR REPLACE FUNCTION platform.check_independence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    since date := NEW.starts_on - make_interval(months => (SELECT months FROM platform.rules
                                                           WHERE name = 'government_before_monitor'));
    until date := (SELECT max(r.until) FROM platform.past_roles r WHERE r.tenant_id = NEW.tenant_id
                   AND (r.person_id = NEW.person_id OR r.person_id IN (
                       SELECT e.person_id FROM platform.erased_addresses e JOIN platform.people p
                           ON e.address_hash = platform.hash_address(p.email) WHERE p.id = NEW.person_id)));
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
"""

# Inviting, and what comes of it. The token is never in the database, only its hash.
INVITING = """
-- A jurisdiction without a coordinator, or whose coordinators have not been seen for sixty days, can get one from an
-- operator.
CREATE FUNCTION platform.lacks_coordinator() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT platform.platform_role() = 'operator' AND NOT EXISTS (
              SELECT 1 FROM platform.memberships m
              WHERE m.tenant_id = platform.current_tenant() AND m.role = 'coordinator'
                AND (m.ends_on IS NULL OR m.ends_on >= current_date)
                AND (m.starts_on > current_date - 60 OR EXISTS (
                    SELECT 1 FROM platform.sign_ins s
                    WHERE s.person_id = m.person_id AND s.last_seen_at > now() - interval '60 days'))) $$;
CREATE FUNCTION platform.may_invite(given text, under uuid, address text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(CASE
        WHEN given IN ('ogp_staff', 'operator') THEN
            platform.current_tenant() IS NULL AND platform.platform_role() = 'operator'
        WHEN given = 'monitor' THEN
            platform.platform_role() IS NOT NULL AND EXISTS (
                SELECT 1 FROM platform.mandates d, jsonb_array_elements(d.people) p
                WHERE d.id = under AND d.tenant_id = platform.current_tenant() AND d.confirmed_at IS NOT NULL
                  AND (d.ended_at IS NULL OR d.ended_at > now()) AND lower(p ->> 'email') = address)
        WHEN given IN ('coordinator', 'contact', 'viewer') THEN
            platform.actor_role() = 'coordinator' OR (given = 'coordinator' AND platform.lacks_coordinator())
        END, false) $$;
CREATE FUNCTION platform.invite(which uuid, address text, called text, given text, unit_of text, until date, under uuid,
    lang text, token text, is_demo boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE made platform.invitations;
BEGIN
    address := lower(address);
    IF NOT platform.may_invite(given, under, address) THEN
        RAISE EXCEPTION 'nobody is invited as % here by you', given USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF given <> 'monitor' AND EXISTS (
            SELECT 1 FROM platform.people p WHERE lower(p.email) = address AND (
                (platform.current_tenant() IS NULL AND p.platform_role IS NOT NULL)
                OR EXISTS (SELECT 1 FROM platform.memberships m
                    WHERE m.person_id = p.id AND m.tenant_id = platform.current_tenant() AND m.role <> 'monitor'
                      AND (m.ends_on IS NULL OR m.ends_on >= current_date)))) THEN
        RAISE EXCEPTION 'this person has a role here' USING ERRCODE = 'unique_violation', CONSTRAINT = 'has_role';
    END IF;
    UPDATE platform.invitations i SET withdrawn_at = now()
        WHERE i.email = address AND i.tenant_id IS NOT DISTINCT FROM platform.current_tenant()
          AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
          AND (i.expires_at <= now() OR (given = 'monitor' AND i.role <> 'monitor'));
    INSERT INTO platform.invitations (id, tenant_id, email, name, role, unit, ends_on, mandate_id, body, language,
        token_sha256, invited_by, sent_at, expires_at, demo)
    VALUES (which, platform.current_tenant(), address, called, given, CASE WHEN given = 'contact' THEN unit_of END,
        until, CASE WHEN given = 'monitor' THEN under END,
        CASE WHEN given = 'monitor' THEN (SELECT d.body FROM platform.mandates d WHERE d.id = under) END, lang,
        token, platform.current_actor(), now(), now() + interval '14 days', is_demo) RETURNING * INTO made;
    PERFORM platform.note_invitation('invited', made);
END $$;
CREATE FUNCTION platform.open_invitation(which uuid) RETURNS platform.invitations LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE found platform.invitations;
BEGIN
    SELECT * INTO found FROM platform.invitations i
        WHERE i.id = which AND i.tenant_id IS NOT DISTINCT FROM platform.current_tenant()
          AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL FOR UPDATE;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'there is no such invitation any more' USING ERRCODE = 'no_data_found';
    END IF;
    IF NOT platform.may_invite(found.role, found.mandate_id, found.email) THEN
        RAISE EXCEPTION 'this invitation is not yours' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN found;
END $$;
CREATE FUNCTION platform.withdraw_invitation(which uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE found platform.invitations := platform.open_invitation(which);
BEGIN
    UPDATE platform.invitations i SET withdrawn_at = now() WHERE i.id = found.id;
    PERFORM platform.note_invitation('withdrawn', found);
END $$;
-- A new link in the place of the old one, for another fourteen days.
CREATE FUNCTION platform.renew_invitation(which uuid, token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE found platform.invitations := platform.open_invitation(which);
BEGIN
    UPDATE platform.invitations i SET token_sha256 = token, sent_at = now(), expires_at = now() + interval '14 days',
        invited_by = platform.current_actor() WHERE i.id = found.id;
    PERFORM platform.note_invitation('invited_again', found);
END $$;
-- What whoever holds the link is told. `state` is open, accepted, withdrawn or ended; `is_known`, whether a person has
-- signed in with this address before.
CREATE FUNCTION platform.show_invitation(token text) RETURNS TABLE (id uuid, place uuid, role text, unit text,
    ends_on date, email text, name text, language text, expires_at timestamp with time zone, inviter text,
    body text, state text, is_known boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT i.id, i.tenant_id, i.role, i.unit, i.ends_on, i.email, i.name, i.language, i.expires_at,
        (SELECT p.name FROM platform.people p WHERE p.id = i.invited_by),
        i.body,
        CASE WHEN i.accepted_at IS NOT NULL THEN 'accepted' WHEN i.withdrawn_at IS NOT NULL THEN 'withdrawn'
             WHEN i.expires_at <= now() THEN 'ended' ELSE 'open' END,
        EXISTS (SELECT 1 FROM platform.people p JOIN platform.sign_ins s ON s.person_id = p.id
                WHERE lower(p.email) = i.email)
    FROM platform.invitations i WHERE i.token_sha256 = token $$;
-- Whoever holds the token has shown the address. The one person with that address gets the role; where nobody has it, a
-- new person does. The transaction is sealed to the invitation's jurisdiction, or to none.
CREATE FUNCTION platform.accept_invitation(token text, called text) RETURNS TABLE (person uuid, is_new boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    asked platform.invitations;
    someone platform.people;
    had text;
    actor text := current_setting('ogp.actor_id', true);
BEGIN
    SELECT * INTO asked FROM platform.invitations i WHERE i.token_sha256 = token AND i.accepted_at IS NULL
        AND i.withdrawn_at IS NULL AND i.expires_at > now()
        AND i.tenant_id IS NOT DISTINCT FROM platform.current_tenant() FOR UPDATE;
    IF asked.id IS NULL THEN
        RAISE EXCEPTION 'there is no such invitation to accept' USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO platform.people AS p (id, version, name, email)
        SELECT gen_random_uuid(), 1, called, asked.email
        WHERE NOT EXISTS (SELECT 1 FROM platform.people o WHERE lower(o.email) = asked.email)
        ON CONFLICT (email) DO NOTHING;
    SELECT * INTO someone FROM platform.people p WHERE lower(p.email) = asked.email FOR UPDATE;
    IF asked.role IN ('ogp_staff', 'operator') THEN
        IF EXISTS (SELECT 1 FROM platform.roles_of(someone.id)) THEN
            RAISE EXCEPTION 'who has a role in a jurisdiction does not work for the platform'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'tenant_role';
        END IF;
        -- Whoever holds the link is that person.
        PERFORM set_config('ogp.actor_id', someone.id::text, true);
        UPDATE platform.people p SET platform_role = asked.role, version = p.version + 1 WHERE p.id = someone.id;
        PERFORM set_config('ogp.actor_id', coalesce(actor, ''), true);
    ELSIF asked.role = 'monitor' THEN
        IF NOT EXISTS (SELECT 1 FROM platform.memberships m WHERE m.person_id = someone.id AND m.role = 'monitor'
                AND m.tenant_id = asked.tenant_id AND m.mandate_id = asked.mandate_id) THEN
            RAISE EXCEPTION 'this person does not monitor here any more' USING ERRCODE = 'no_data_found';
        END IF;
    ELSE
        IF someone.platform_role IS NOT NULL THEN
            RAISE EXCEPTION 'who works for the platform has no role in a government'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'platform_role';
        END IF;
        SELECT m.role INTO had FROM platform.memberships m WHERE m.person_id = someone.id
            AND m.tenant_id = asked.tenant_id AND (m.ends_on IS NULL OR m.ends_on >= current_date);
        IF had IS NOT NULL THEN
            RAISE EXCEPTION 'this person is % here', had USING ERRCODE = 'insufficient_privilege',
                CONSTRAINT = CASE WHEN had = 'monitor' THEN 'monitors_here' ELSE 'has_role' END;
        END IF;
        INSERT INTO platform.memberships (id, version, tenant_id, person_id, role, unit, starts_on, ends_on)
        VALUES (gen_random_uuid(), 1, asked.tenant_id, someone.id, asked.role, asked.unit, current_date, asked.ends_on)
        ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = asked.role, unit = asked.unit, mandate_id = NULL,
            starts_on = current_date, ends_on = asked.ends_on, version = platform.memberships.version + 1;
    END IF;
    UPDATE platform.invitations i SET accepted_at = now(), accepted_by = someone.id WHERE i.id = asked.id;
    RETURN QUERY SELECT someone.id,
        NOT EXISTS (SELECT 1 FROM platform.sign_ins s WHERE s.person_id = someone.id);
END $$;
REVOKE ALL ON FUNCTION platform.invite(uuid, text, text, text, text, date, uuid, text, text, boolean),
    platform.open_invitation(uuid), platform.withdraw_invitation(uuid), platform.renew_invitation(uuid, text),
    platform.show_invitation(text), platform.accept_invitation(text, text), platform.may_invite(text, uuid, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.invite(uuid, text, text, text, text, date, uuid, text, text, boolean),
    platform.withdraw_invitation(uuid), platform.renew_invitation(uuid, text), platform.show_invitation(text),
    platform.accept_invitation(text, text) TO ogpmonitor_app;
"""

# What somebody is here is changed by the government's coordinator, and ended by it or by oneself. A monitor's role is
# neither the government's to change nor the platform's to end: its own body alone removes it.
CHANGING = """
CREATE FUNCTION platform.membership_seen(which uuid, seen integer) RETURNS platform.memberships LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
DECLARE held platform.memberships;
BEGIN
    SELECT * INTO held FROM platform.memberships m
        WHERE m.id = which AND m.tenant_id = platform.current_tenant() FOR UPDATE;
    IF held.id IS NULL THEN
        RAISE EXCEPTION 'nobody has this role any more' USING ERRCODE = 'no_data_found';
    END IF;
    IF held.version <> seen THEN
        RAISE EXCEPTION 'somebody else changed this' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN held;
END $$;
CREATE FUNCTION platform.change_membership(which uuid, seen integer, given text, unit_of text, until date)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE held platform.memberships := platform.membership_seen(which, seen);
BEGIN
    IF platform.actor_role() IS DISTINCT FROM 'coordinator' OR held.role = 'monitor'
            OR given NOT IN ('coordinator', 'contact', 'viewer') THEN
        RAISE EXCEPTION 'this role is not yours to give or take' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE platform.memberships m SET role = given, unit = CASE WHEN given = 'contact' THEN unit_of END,
        ends_on = until, version = m.version + 1 WHERE m.id = held.id;
END $$;
CREATE FUNCTION platform.end_membership(which uuid, seen integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    held platform.memberships := platform.membership_seen(which, seen);
    role text := platform.actor_role();
    own boolean := held.person_id = platform.current_actor() AND role IS NOT NULL
        AND (held.role = 'monitor') = (role = 'monitor');
BEGIN
    IF NOT coalesce(own OR (role = 'coordinator' AND held.role <> 'monitor')
            OR (role = 'monitor' AND held.role = 'monitor' AND held.mandate_id = (
                SELECT m.mandate_id FROM platform.memberships m
                WHERE m.tenant_id = platform.current_tenant() AND m.person_id = platform.current_actor())), false) THEN
        RAISE EXCEPTION 'this role is not yours to take' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM platform.memberships m WHERE m.id = held.id;
    PERFORM platform.close_sessions(held.person_id);
END $$;
-- One of the platform's people becomes something else there, or nothing (`given` is null). Everyone may leave.
CREATE FUNCTION platform.change_staff(who uuid, seen integer, given text, why text) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    held platform.people;
    own boolean := who = platform.current_actor() AND given IS NULL AND platform.platform_role() IS NOT NULL;
BEGIN
    IF platform.platform_role() IS DISTINCT FROM 'operator' AND own IS NOT TRUE THEN
        RAISE EXCEPTION 'only an operator changes the people of the platform' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF given NOT IN ('ogp_staff', 'operator') THEN
        RAISE EXCEPTION 'the platform has no such role' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO held FROM platform.people p WHERE p.id = who AND p.platform_role IS NOT NULL FOR UPDATE;
    IF held.id IS NULL THEN
        RAISE EXCEPTION 'nobody has this role any more' USING ERRCODE = 'no_data_found';
    END IF;
    IF held.version <> seen THEN
        RAISE EXCEPTION 'somebody else changed this' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM set_config('ogp.reason', coalesce(why, ''), true);
    UPDATE platform.people p SET platform_role = given, version = p.version + 1 WHERE p.id = who;
    PERFORM set_config('ogp.reason', '', true);
    PERFORM platform.close_sessions(who);
END $$;
REVOKE ALL ON FUNCTION platform.membership_seen(uuid, integer),
    platform.change_membership(uuid, integer, text, text, date), platform.end_membership(uuid, integer),
    platform.change_staff(uuid, integer, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.change_membership(uuid, integer, text, text, date),
    platform.end_membership(uuid, integer), platform.change_staff(uuid, integer, text, text) TO ogpmonitor_app;
"""

# A body asks for one more of its people; OGP's staff or an operator decides, as on a mandate, and nobody else.
COLLEAGUES = """
CREATE FUNCTION platform.ask_colleague(which uuid, called text, address text) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
DECLARE given platform.mandates;
BEGIN
    IF platform.actor_role() IS DISTINCT FROM 'monitor' OR NOT EXISTS (
            SELECT 1 FROM platform.memberships m WHERE m.tenant_id = platform.current_tenant()
                AND m.person_id = platform.current_actor() AND m.mandate_id = which) THEN
        RAISE EXCEPTION 'only a monitor of this body asks for a colleague' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO given FROM platform.mandates d
        WHERE d.id = which AND d.tenant_id = platform.current_tenant() FOR UPDATE;
    IF EXISTS (SELECT 1 FROM jsonb_array_elements(given.people || given.asked) p
               WHERE lower(p ->> 'email') = lower(address)) THEN
        RAISE EXCEPTION 'this person was asked for' USING ERRCODE = 'unique_violation', CONSTRAINT = 'asked_before';
    END IF;
    IF jsonb_array_length(given.people || given.asked) >= 20 THEN
        RAISE EXCEPTION 'too many' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'too_many_people';
    END IF;
    UPDATE platform.mandates d SET version = d.version + 1, asked = d.asked || jsonb_build_array(
        jsonb_build_object('name', called, 'email', lower(address))) WHERE d.id = which;
END $$;
CREATE FUNCTION platform.decide_colleague(which uuid, address text, yes boolean) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    given platform.mandates;
    wanted jsonb;
    someone uuid;
BEGIN
    IF platform.platform_role() IS NULL THEN
        RAISE EXCEPTION 'only the staff of OGP or an operator decides on the people of a monitoring body'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO given FROM platform.mandates d WHERE d.id = which AND d.tenant_id = platform.current_tenant()
        AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL FOR UPDATE;
    SELECT p INTO wanted FROM jsonb_array_elements(given.asked) p WHERE p ->> 'email' = lower(address);
    IF wanted IS NULL THEN
        RAISE EXCEPTION 'nobody was asked for' USING ERRCODE = 'no_data_found';
    END IF;
    UPDATE platform.mandates d SET version = d.version + 1,
        asked = (SELECT coalesce(jsonb_agg(p), '[]') FROM jsonb_array_elements(d.asked) p WHERE p <> wanted),
        people = CASE WHEN yes THEN d.people || jsonb_build_array(wanted) ELSE d.people END WHERE d.id = which;
    IF NOT yes THEN RETURN; END IF;
    INSERT INTO platform.people (id, version, name, email)
        SELECT gen_random_uuid(), 1, wanted ->> 'name', lower(address)
        WHERE NOT EXISTS (SELECT 1 FROM platform.people o WHERE lower(o.email) = lower(address))
        ON CONFLICT (email) DO NOTHING;
    SELECT p.id INTO someone FROM platform.people p WHERE lower(p.email) = lower(address);
    -- As with a new mandate: nobody loses time to publish.
    IF EXISTS (SELECT 1 FROM platform.memberships m WHERE m.person_id = someone AND m.tenant_id = given.tenant_id
            AND m.role = 'monitor' AND platform.stands(m.mandate_id)
            AND (given.starts_on > current_date
                OR coalesce(given.ends_on, 'infinity') < coalesce(m.ends_on, 'infinity'))) THEN
        RAISE EXCEPTION 'this person works under a mandate that stands longer'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'other_mandate';
    END IF;
    INSERT INTO platform.memberships (id, version, tenant_id, person_id, role, starts_on, ends_on, mandate_id)
    VALUES (gen_random_uuid(), 1, given.tenant_id, someone, 'monitor', greatest(given.starts_on, current_date),
            given.ends_on, given.id)
    ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = 'monitor', mandate_id = given.id, unit = NULL,
        starts_on = greatest(given.starts_on, current_date), ends_on = given.ends_on,
        version = platform.memberships.version + 1;
END $$;
REVOKE ALL ON FUNCTION platform.ask_colleague(uuid, text, text), platform.decide_colleague(uuid, text, boolean)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.ask_colleague(uuid, text, text), platform.decide_colleague(uuid, text, boolean)
    TO ogpmonitor_app;
"""

# What is held about a person, for that person alone.
HELD = """
-- A session that a jurisdiction's own provider vouches for speaks for that jurisdiction, not for the whole person.
CREATE FUNCTION platform.refuse_bound() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF platform.bound_tenant() IS NOT NULL THEN
        RAISE EXCEPTION 'this session counts in one jurisdiction only'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'bound';
    END IF;
END $$;
-- Every row of `target` in which `field` is `value`, in any case of letters, without what nobody needs or may see. A
-- jurisdiction is told by its slug.
CREATE FUNCTION platform.rows_of(target text, field text, value text, VARIADIC leave_out text[] DEFAULT '{}')
    RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE found jsonb;
BEGIN
    IF to_regclass(target) IS NULL THEN  -- a later migration makes it
        RETURN '[]';
    END IF;
    EXECUTE format('SELECT jsonb_agg(r.row - $1 || CASE WHEN p.slug IS NULL THEN ''{}''
                        ELSE jsonb_build_object(''jurisdiction'', p.slug) END ORDER BY r.row::text)
                    FROM (SELECT to_jsonb(t) AS row FROM %s t WHERE lower(t.%I::text) = lower($2)) r
                    LEFT JOIN platform.tenants p ON p.id::text = r.row ->> ''tenant_id''', to_regclass(target), field)
        INTO found USING leave_out || ARRAY['id', 'version', 'tenant_id', 'demo'], value;
    RETURN coalesce(found, '[]');
END $$;
-- The part of it that stands in one jurisdiction, to which the transaction is sealed.
CREATE FUNCTION platform.own_data_at(place text, me platform.people) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = '' AS $$ SELECT jsonb_build_object(
        'roles', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', place, 'role', m.role, 'unit', m.unit,
                'since', m.starts_on, 'until', m.ends_on))
            FROM platform.memberships m WHERE m.person_id = me.id AND m.tenant_id = platform.current_tenant()),
        'past_roles', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', place, 'role', r.role, 'since', r.since,
                'until', r.until) ORDER BY r.until) FROM platform.past_roles r WHERE r.person_id = me.id),
        'bodies', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', place, 'body', d.body, 'name', p ->> 'name',
                'email', p ->> 'email', 'since', d.starts_on, 'until', d.ends_on))
            FROM platform.mandates d, jsonb_array_elements(d.people || d.asked) p
            WHERE lower(p ->> 'email') = lower(me.email)),
        'milestones', (SELECT jsonb_agg(m.contact || jsonb_build_object('jurisdiction', place, 'milestone', m.code))
            FROM workbench.milestones m WHERE lower(m.contact ->> 'email') = lower(me.email)),
        'requests', platform.rows_of('workbench.report_requests', 'email', me.email, 'token_sha256', 'key_sha256',
            'created_by', 'period_id', 'milestone_ids'),
        'support', platform.rows_of('platform.support_accesses', 'person_id', me.id::text, 'person_id', 'ended_by'),
        'declarations', platform.rows_of('workbench.declarations', 'person_id', me.id::text, 'person_id',
            'assessment_id'),
        'recusals', platform.rows_of('workbench.recusals', 'person_id', me.id::text, 'person_id'),
        'notices', platform.rows_of('workbench.notices', 'person_id', me.id::text, 'person_id'),
        'refusals', platform.rows_of('workbench.refusals', 'actor_id', me.id::text, 'actor_id'),
        'records', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', place, 'at', a.at, 'action', a.action,
                'as', a.actor_role, 'before', a.before, 'after', a.after) ORDER BY a.at)
            FROM workbench.audit_records a WHERE a.subject = 'people' AND a.subject_id = me.id),
        'done', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', place, 'at', a.at, 'action', a.action,
                'as', a.actor_role, 'about', a.subject, 'reason', a.reason) ORDER BY a.at)
            FROM workbench.audit_records a WHERE a.actor_id = me.id)) $$;
CREATE FUNCTION platform.own_data() RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    tenant text := current_setting('ogp.tenant_id', true);
    me uuid := platform.current_actor();
    own platform.people;
    place record;
    held jsonb;
    kind record;
BEGIN
    PERFORM platform.refuse_bound();
    SELECT * INTO own FROM platform.people p WHERE p.id = me AND platform.current_key() IS NULL;
    IF own.id IS NULL THEN
        RAISE EXCEPTION 'nobody is signed in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    held := jsonb_build_object(
        'account', jsonb_build_object('id', own.id, 'name', own.name, 'email', own.email,
            'platform_role', own.platform_role),
        'roles', '[]'::jsonb, 'past_roles', '[]'::jsonb,
        'sign_ins', platform.rows_of('platform.sign_ins', 'person_id', me::text, 'token_sha256', 'person_id'),
        'identities', platform.rows_of('platform.identities', 'person_id', me::text, 'person_id'),
        'links', platform.rows_of('platform.email_links', 'person_id', me::text, 'token_sha256', 'person_id',
            'address_hash', 'network_hash', 'browser_sha256', 'wanted'),
        'entries', (SELECT coalesce(jsonb_agg(jsonb_build_object('provider', e.provider, 'created_at', e.created_at,
                'expires_at', e.expires_at)), '[]') FROM platform.entries e JOIN platform.identities i
            ON i.person_id = me AND (i.issuer, i.subject) = (e.issuer, e.subject)),
        'invitations', platform.rows_of('platform.invitations', 'email', own.email, 'token_sha256', 'invited_by',
            'mandate_id', 'accepted_by'),
        'notice_choices', platform.rows_of('platform.notice_choices', 'person_id', me::text, 'person_id'),
        'mails', platform.rows_of('platform.mails', 'address', own.email, 'context', 'key'),
        'records', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', d.jurisdiction, 'at', d.at,
                'action', d.action, 'as', d.actor_role, 'about', d.about, 'reason', d.reason) ORDER BY d.id)
            FROM platform.deeds d WHERE d.subject_id = me AND d.actor_id IS DISTINCT FROM me),
        'done', (SELECT jsonb_agg(jsonb_build_object('jurisdiction', d.jurisdiction, 'at', d.at,
                'action', d.action, 'as', d.actor_role, 'about', d.about, 'reason', d.reason) ORDER BY d.id)
            FROM platform.deeds d WHERE d.actor_id = me));
    FOR place IN SELECT t.id, t.slug FROM platform.tenants t ORDER BY t.slug LOOP
        PERFORM set_config('ogp.tenant_id', place.id::text, true);
        FOR kind IN SELECT * FROM jsonb_each(platform.own_data_at(place.slug, own)) LOOP
            held := jsonb_set(held, ARRAY[kind.key], coalesce(nullif(held -> kind.key, 'null'), '[]')
                || coalesce(nullif(kind.value, 'null'), '[]'));
        END LOOP;
    END LOOP;
    PERFORM set_config('ogp.tenant_id', coalesce(tenant, ''), true);
    RETURN jsonb_strip_nulls(held);
END $$;
REVOKE ALL ON FUNCTION platform.refuse_bound(), platform.rows_of(text, text, text, text[]),
    platform.own_data_at(text, platform.people), platform.own_data() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.own_data() TO ogpmonitor_app;
"""

FORGETTING = r"""
-- What a letter to somebody else says, without the name: in a sentence where it is of several words, as neither a key
-- nor an address in the letter can be; of one word only where it is the whole of a value.
CREATE FUNCTION platform.without_name(told jsonb, called text) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = ''
    AS $$ SELECT CASE WHEN called !~ '\S\s+\S' THEN replace(told::text, ': ' || n.quoted, ': ""')::jsonb
                 ELSE regexp_replace(told::text, '(?<!\w)' || regexp_replace(
                     substr(n.quoted, 2, length(n.quoted) - 2), '[^\w\s]', '\\\&', 'g')
                     || '(?!\w)', '', 'g')::jsonb END
          FROM (SELECT to_jsonb(called)::text AS quoted) n $$;
-- The person is an id without a name. What it did stays, said of that id; whom it was is known by a keyed hash of its
-- address, as long as its last role in a government keeps it from monitoring one.
CREATE FUNCTION platform.erase_person(who uuid, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = '' AS $$
DECLARE
    tenant text := current_setting('ogp.tenant_id', true);
    own boolean := coalesce(who = platform.current_actor(), false) AND platform.current_key() IS NULL;
    gone platform.people;
    place uuid;
    last date;
    until date;
BEGIN
    PERFORM platform.refuse_bound();
    IF NOT own AND platform.platform_role() IS DISTINCT FROM 'operator' THEN
        RAISE EXCEPTION 'only an operator erases somebody else' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO gone FROM platform.people p WHERE p.id = who AND p.erased_at IS NULL FOR UPDATE;
    IF gone.id IS NULL THEN
        RAISE EXCEPTION 'there is nobody to erase' USING ERRCODE = 'no_data_found';
    END IF;
    IF gone.persona IS NOT NULL THEN
        RAISE EXCEPTION 'nobody real' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'persona';
    END IF;
    -- Otherwise erasing would be a way to stop an assessment.
    IF NOT own AND EXISTS (SELECT 1 FROM platform.roles_of(who) r WHERE r.held = 'monitor') THEN
        RAISE EXCEPTION 'a monitor' USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'monitors';
    END IF;
    FOR place IN SELECT t.id FROM platform.tenants t LOOP
        PERFORM set_config('ogp.tenant_id', place::text, true);
        DELETE FROM platform.memberships m WHERE m.person_id = who AND m.tenant_id = place;
        last := greatest(last, (SELECT max(r.until) FROM platform.past_roles r WHERE r.person_id = who));
        UPDATE platform.mandates d SET
            people = (SELECT coalesce(jsonb_agg(p), '[]') FROM jsonb_array_elements(d.people) p
                      WHERE lower(p ->> 'email') IS DISTINCT FROM lower(gone.email)),
            asked = (SELECT coalesce(jsonb_agg(p), '[]') FROM jsonb_array_elements(d.asked) p
                     WHERE lower(p ->> 'email') IS DISTINCT FROM lower(gone.email))
            WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(d.people || d.asked) p
                          WHERE lower(p ->> 'email') = lower(gone.email));
        UPDATE workbench.report_requests r SET name = '', email = '' WHERE lower(r.email) = lower(gone.email);
        UPDATE workbench.milestones m SET contact = NULL, version = m.version + 1
            WHERE lower(m.contact ->> 'email') = lower(gone.email);
        DELETE FROM workbench.notices n WHERE n.person_id = who;
    END LOOP;
    PERFORM set_config('ogp.tenant_id', coalesce(tenant, ''), true);
    DELETE FROM platform.entries e USING platform.identities i
        WHERE i.person_id = who AND (i.issuer, i.subject) = (e.issuer, e.subject);
    DELETE FROM platform.sign_ins s WHERE s.person_id = who;
    DELETE FROM platform.identities i WHERE i.person_id = who;
    DELETE FROM platform.email_links l WHERE l.person_id = who;
    DELETE FROM platform.notice_choices c WHERE c.person_id = who;
    DELETE FROM platform.mails m WHERE lower(m.address) = lower(gone.email);
    -- Letters to others that wait, and what the demo keeps, may say who invited, or of whom something was asked.
    UPDATE platform.mails m SET
        reply_to = CASE WHEN lower(m.reply_to) = lower(gone.email) THEN '' ELSE m.reply_to END,
        context = platform.without_name(m.context, gone.name)
        WHERE lower(m.reply_to) = lower(gone.email) OR m.context <> platform.without_name(m.context, gone.name);
    UPDATE jobs.procrastinate_jobs j SET args = jsonb_set(j.args, '{address}', '""')
        WHERE lower(j.args ->> 'address') = lower(gone.email);
    DELETE FROM platform.invitations i WHERE i.email = lower(gone.email) OR i.accepted_by = who;
    until := last + make_interval(months => (SELECT months FROM platform.rules
                                             WHERE name = 'government_before_monitor'));
    IF gone.email IS NOT NULL AND until >= current_date THEN
        INSERT INTO platform.erased_addresses (id, address_hash, person_id, kept_until)
        VALUES (gen_random_uuid(), platform.hash_address(gone.email), who, until);
    END IF;
    PERFORM set_config('ogp.reason', coalesce(why, ''), true);
    UPDATE platform.people p SET name = '', email = NULL, platform_role = NULL, erased_at = now(),
        version = p.version + 1 WHERE p.id = who;
    PERFORM set_config('ogp.reason', '', true);
END $$;
-- What nobody needs any more. Whoever calls this sooner than needed takes nothing away that still opens a door.
CREATE FUNCTION platform.forget_old(invitation_days integer, sign_in_days integer, request_days integer)
    RETURNS TABLE (invitations bigint, sign_ins bigint, links bigint, entries bigint, past_roles bigint,
        requests bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    tenant text := current_setting('ogp.tenant_id', true);
    lasting interval := make_interval(months => (SELECT months FROM platform.rules
                                                 WHERE name = 'government_before_monitor'));
    place uuid;
    counted bigint;
BEGIN
    DELETE FROM platform.invitations i WHERE coalesce(i.accepted_at, i.withdrawn_at, i.expires_at)
        < now() - make_interval(days => greatest(invitation_days, 1));
    GET DIAGNOSTICS invitations = ROW_COUNT;
    DELETE FROM platform.sign_ins s WHERE least(s.revoked_at, s.expires_at)
        < now() - make_interval(days => greatest(sign_in_days, 60));
    GET DIAGNOSTICS sign_ins = ROW_COUNT;
    DELETE FROM platform.email_links l WHERE l.expires_at < now() - interval '1 day';
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM platform.entries e WHERE e.expires_at < now() - interval '1 day';
    GET DIAGNOSTICS entries = ROW_COUNT;
    -- A job that failed keeps the address it was to write to no longer than the link it was to send.
    UPDATE jobs.procrastinate_jobs j SET args = jsonb_set(j.args, '{address}', '""')
        WHERE j.status <> 'doing' AND j.args ->> 'address' <> '' AND j.args ? 'link' AND NOT EXISTS (
            SELECT 1 FROM platform.email_links l WHERE l.id::text = j.args ->> 'link');
    past_roles := 0;
    requests := 0;
    FOR place IN SELECT t.id FROM platform.tenants t LOOP
        PERFORM set_config('ogp.tenant_id', place::text, true);
        DELETE FROM platform.past_roles r WHERE r.until + lasting < current_date;
        GET DIAGNOSTICS counted = ROW_COUNT;
        past_roles := past_roles + counted;
        UPDATE workbench.report_requests r SET name = '', email = '' WHERE r.email <> ''
            AND r.expires_at < now() - make_interval(days => greatest(request_days, 1));
        GET DIAGNOSTICS counted = ROW_COUNT;
        requests := requests + counted;
    END LOOP;
    PERFORM set_config('ogp.tenant_id', coalesce(tenant, ''), true);
    DELETE FROM platform.erased_addresses e WHERE e.kept_until < current_date;
    RETURN NEXT;
END $$;
-- Whoever takes a request says when and with which key, and nothing else of it; only forgetting blanks a name.
CREATE OR REPLACE FUNCTION workbench.only_take() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE own text[] := CASE WHEN current_user = 'ogpmonitor_owner' THEN ARRAY['name', 'email']
    ELSE ARRAY['opened_at', 'key_sha256', 'version'] END;
BEGIN
    IF platform.actor_role() IS DISTINCT FROM 'coordinator' AND to_jsonb(NEW) - own <> to_jsonb(OLD) - own THEN
        RAISE EXCEPTION 'a request is only taken by its link' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE POLICY forget ON platform.past_roles FOR DELETE TO ogpmonitor_owner USING (true);
CREATE POLICY forget ON workbench.report_requests FOR UPDATE TO ogpmonitor_owner USING (true)
    WITH CHECK (name = '' AND email = '');
CREATE POLICY own_data ON workbench.audit_records FOR SELECT TO ogpmonitor_owner
    USING (actor_id = platform.current_actor() OR (subject = 'people' AND subject_id = platform.current_actor()));
CREATE POLICY own_data ON workbench.refusals FOR SELECT TO ogpmonitor_owner
    USING (actor_id = platform.current_actor());
CREATE POLICY own_data ON workbench.declarations FOR SELECT TO ogpmonitor_owner
    USING (person_id = platform.current_actor());
CREATE POLICY own_data ON workbench.recusals FOR SELECT TO ogpmonitor_owner
    USING (person_id = platform.current_actor());
REVOKE ALL ON FUNCTION platform.without_name(jsonb, text), platform.erase_person(uuid, text),
    platform.forget_old(integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.erase_person(uuid, text), platform.forget_old(integer, integer, integer)
    TO ogpmonitor_app;
"""

MINE = "tenant_id = (SELECT platform.current_tenant())"
NO_PLACE = "(SELECT platform.current_tenant()) IS NULL"
ROLE = "(SELECT platform.actor_role())"
STAFF = "(SELECT platform.platform_role())"
ACTOR = "(SELECT platform.current_actor())"
NO_KEY = "(SELECT platform.current_key()) IS NULL"

POLICIES = f"""
ALTER TABLE platform.invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform.invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE platform.deeds ENABLE ROW LEVEL SECURITY;
CREATE POLICY keep ON platform.invitations TO ogpmonitor_owner USING (true) WITH CHECK (true);
CREATE POLICY read ON platform.invitations FOR SELECT TO ogpmonitor_app USING ({NO_KEY} AND (
    ({MINE} AND role <> 'monitor' AND {ROLE} = 'coordinator')
    OR ({MINE} AND role = 'coordinator' AND {STAFF} = 'operator')
    OR ({NO_PLACE} AND role = 'coordinator' AND {STAFF} = 'operator' AND invited_by = {ACTOR})
    OR ({MINE} AND role = 'monitor' AND {STAFF} IS NOT NULL)
    OR (tenant_id IS NULL AND {NO_PLACE} AND {STAFF} IS NOT NULL)));
CREATE POLICY read ON platform.deeds FOR SELECT TO ogpmonitor_app USING ({NO_KEY} AND {STAFF} IS NOT NULL);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON platform.deeds
    FOR EACH ROW EXECUTE FUNCTION platform.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON platform.deeds
    FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change();
GRANT SELECT ON platform.invitations, platform.deeds TO ogpmonitor_app;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(KNOWING)
    op.execute(DEEDS)
    op.execute(LAST)
    op.execute(INDEPENDENCE)
    op.execute(INVITING)
    op.execute(CHANGING)
    op.execute(COLLEAGUES)
    op.execute(HELD)
    op.execute(FORGETTING)
    op.execute(POLICIES)
