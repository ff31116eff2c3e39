"""The platform's record and its jobs in words."""

from collections.abc import Mapping

from ogpmonitor.audit.models import Deed
from ogpmonitor.desk.queries import Told
from ogpmonitor.kit.i18n import msgid, translate

# What an actor did, after the actor's name.
DEEDS: Mapping[str, str] = {
    "coordinator.invited": msgid("invited a coordinator where there was none"),
    "coordinator.invited_again": msgid("sent a coordinator the invitation again"),
    "coordinator.withdrawn": msgid("withdrew the invitation of a coordinator"),
    "job.retried": msgid("had a job tried again"),
    "mandate.confirmed": msgid("confirmed the monitoring body"),
    "mandate.ended": msgid("ended the mandate of the monitoring body"),
    "mandate.proposed": msgid("proposed a monitoring body"),
    "mandate.refused": msgid("turned down the monitoring body"),
    "person.changed_role": msgid("gave somebody another role on the platform"),
    "person.erased": msgid("erased the data of a person"),
    "person.got_role": msgid("gave somebody a role on the platform"),
    "person.left_role": msgid("left a role on the platform"),
    "person.lost_role": msgid("took a role on the platform from somebody"),
    "person.took_role": msgid("accepted a role on the platform"),
    "staff.invited": msgid("invited somebody to a role on the platform"),
    "staff.invited_again": msgid("sent an invitation to the platform again"),
    "staff.withdrawn": msgid("withdrew an invitation to the platform"),
    "support.begun": msgid("began to read along as support"),
    "support.ended": msgid("ended support access"),
    "tenant.added": msgid("added the jurisdiction"),
    "tenant.archived": msgid("archived the jurisdiction"),
    "tenant.changed": msgid("loaded the jurisdiction's folder again"),
    "tenant.reopened": msgid("made the jurisdiction active again"),
    "tenant.suspended": msgid("suspended the jurisdiction"),
}
ROLES: Mapping[str, str] = {
    "ogp_staff": msgid("OGP staff"),
    "operator": msgid("operator"),
    "coordinator": msgid("coordination"),
}
TASKS: Mapping[str, str] = {
    "accounts.forget_old": msgid("Forget what nobody needs any more"),
    "accounts.prepare_link": msgid("Write a link to sign in"),
    "events.heard": msgid("Write what happened to whom it concerns"),
    "evidence.check_links": msgid("Ask whether links still work"),
    "imports.apply_import": msgid("Write a spreadsheet into a plan"),
    "imports.read_import": msgid("Read a spreadsheet"),
    "limits.forget": msgid("Forget how often somebody asked"),
    "mail.send": msgid("Send a message"),
    "mail.send_due": msgid("Send messages whose time has come"),
    "notifications.morning": msgid("Write the morning's letters"),
    "reports.render_edition": msgid("Draw the reports of an edition"),
}
STATUSES: Mapping[str, str] = {
    "aborted": msgid("broken off"),
    "doing": msgid("being done"),
    "failed": msgid("failed"),
    "todo": msgid("waiting"),
}
STEPS: Mapping[str, str] = {
    "identity": msgid("its folder is loaded"),
    "coordinator": msgid("somebody coordinates"),
    "people": msgid("other people of the government have a role"),
    "plan": msgid("a plan is begun"),
    "commitments": msgid("it has commitments"),
    "units": msgid("units answer for milestones"),
    "mandate": msgid("a monitoring body is proposed"),
    "published": msgid("a plan is published"),
}
SERVER = msgid("somebody on the server itself")
GONE = msgid("a person who is no longer known")


def who_of(told: Told, lang: str) -> str:
    """Who did it: by name, or that it was done where nobody signs in."""
    if told.deed.actor_id is None:
        return translate(lang, SERVER)
    return told.who or translate(lang, GONE)


def about_of(deed: Deed, lang: str) -> str:
    """What it was about, where the words of the deed do not say it."""
    if deed.action.startswith("tenant."):
        return ""
    if deed.action == "support.begun":
        return translate(lang, msgid("for %(hours)s h"), hours=deed.about)
    if deed.action == "job.retried":
        return task_words(deed.about.partition(" ")[0], lang)
    return translate(lang, ROLES[deed.about]) if deed.about in ROLES else deed.about


def whom_of(told: Told) -> str:
    """Whom it was done to, by name; "" where that is nobody, the doer, or a person who is no longer known."""
    return told.whom or "" if told.deed.subject_id != told.deed.actor_id else ""


def task_words(task: str, lang: str) -> str:
    """A kind of job in words; the name it has in the code where nobody gave it words."""
    return translate(lang, TASKS[task]) if task in TASKS else task
