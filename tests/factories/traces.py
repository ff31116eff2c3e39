"""Everything by which the platform can know of one person, put there at once."""

from uuid import UUID

from tests.factories.register import tampering

from ogpmonitor.settings import Settings

PLANTED = (
    """INSERT INTO platform.identities (id, person_id, issuer, subject, created_at, last_used_at)
       VALUES (gen_random_uuid(), %(id)s, 'https://id.example', 'zq-771', now(), now())""",
    """INSERT INTO platform.entries (id, state_sha256, browser_sha256, provider, wanted, lang, proving, created_at,
           expires_at, issuer, subject)
       VALUES (gen_random_uuid(), 'a', 'b', 'platform/example', '', 'es', false, now(), now(),
           'https://id.example', 'zq-771')""",
    """INSERT INTO platform.email_links (id, address_hash, network_hash, browser_sha256, person_id, wanted, lang,
           created_at, expires_at)
       VALUES ('00000000-0000-4000-8000-000000000771', 'h', 'n', 'b', %(id)s, '', 'es', now(), now())""",
    """INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, args)
       VALUES ('mail', 'accounts.prepare_link', 'failed', jsonb_build_object('address', %(email)s::text,
           'origin', 'x', 'link', '00000000-0000-4000-8000-000000000771'))""",
    """INSERT INTO platform.notice_choices (person_id, choices, version) VALUES (%(id)s, '{"*": "never"}', 1)""",
    """INSERT INTO workbench.notices (id, tenant_id, person_id, kind, subject, step, due_on, told_at)
       SELECT gen_random_uuid(), t.id, %(id)s, 'report', 'x', 0, current_date, now()
       FROM platform.tenants t WHERE t.slug = 'maipu'""",
    """INSERT INTO platform.support_accesses (id, tenant_id, person_id, reason, begun_at, ends_at)
       SELECT gen_random_uuid(), t.id, %(id)s, 'Lo pidieron', now(), now() FROM platform.tenants t
       WHERE t.slug = 'maipu'""",
    """INSERT INTO workbench.refusals (id, tenant_id, at, actor_id, permission, method, path)
       SELECT gen_random_uuid(), t.id, now(), %(id)s, 'x', 'GET', '/x/' FROM platform.tenants t
       WHERE t.slug = 'maipu'""",
    """INSERT INTO workbench.recusals (id, tenant_id, plan, commitment, person_id, reason, recused_at)
       SELECT gen_random_uuid(), t.id, 'p', 'c', %(id)s, 'Trabajó ahí', now() FROM platform.tenants t
       WHERE t.slug = 'maipu'""",
    """INSERT INTO workbench.declarations (id, tenant_id, assessment_id, person_id, has_conflict, statement,
           declared_at)
       SELECT gen_random_uuid(), a.tenant_id, a.id, %(id)s, false, '', now() FROM workbench.assessments a LIMIT 1""",
    """UPDATE workbench.milestones SET contact = jsonb_build_object('name', %(name)s::text, 'public', false,
           'email', upper(%(email)s))
       WHERE id = (SELECT m.id FROM workbench.milestones m JOIN platform.tenants t ON t.id = m.tenant_id
                   WHERE t.slug = 'renca' LIMIT 1)""",
    """UPDATE platform.mandates SET asked = jsonb_build_array(jsonb_build_object('name', %(name)s::text,
           'email', %(email)s::text))
       WHERE id = (SELECT d.id FROM platform.mandates d JOIN platform.tenants t ON t.id = d.tenant_id
                   WHERE t.slug = 'maipu' LIMIT 1)""",
    # A letter to this person, and to others: one that names it, one to be answered to it, one that is about it.
    """INSERT INTO platform.mails (id, key, address, sender_name, reply_to, template, lang, context, state, attempts,
           answer, created_at, due_at, expires_at)
       SELECT gen_random_uuid(), n::text, CASE n WHEN 1 THEN upper(%(email)s) ELSE 'otra@example.org' END, 'x',
           CASE n WHEN 3 THEN %(email)s ELSE '' END, 'mail/invitation', 'es',
           jsonb_build_object('inviter', CASE n WHEN 3 THEN 'x' WHEN 4 THEN 'Pedido a ' || %(name)s || '.'
               ELSE %(name)s END), 'waiting', 1,
           CASE n WHEN 1 THEN '550 ' || %(email)s ELSE '' END, now(), now(), now() + interval '1 day'
       FROM generate_series(1, 4) n""",
)
# What the export says of them. Roles, invitations, sign-ins, requests and what was done come by the usual ways.
KINDS = frozenset(
    {"identities", "entries", "links", "notice_choices", "notices", "support", "refusals", "recusals", "declarations"}
    | {"milestones", "bodies", "mails"}
)


async def leave_traces(settings: Settings, person_id: UUID, *, name: str, email: str) -> None:
    """Every table that can hold something of the person does."""
    async with tampering(settings) as connection:
        for statement in PLANTED:
            done = await connection.execute(statement, {"id": person_id, "name": name, "email": email})
            assert done.rowcount > 0, statement
