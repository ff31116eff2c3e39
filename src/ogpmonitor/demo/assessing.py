"""The demo's invented assessments, started, saved and published as a monitor does."""

from ogpmonitor.assessments import publishing, queries, service
from ogpmonitor.assessments.declaring import NO_CONFLICT
from ogpmonitor.assessments.schemas import Given
from ogpmonitor.demo.files import DemoAnswer, DemoAssessment
from ogpmonitor.demo.stage import Stage
from ogpmonitor.register.assessment_documents import Citation
from ogpmonitor.register.queries import Published, published_plan

LANGUAGE = "es"  # in which the demo's monitors write


async def assess(stage: Stage, plan: str, invented: DemoAssessment) -> None:
    """One invented assessment of one commitment is published, in an edition of its own."""
    by = stage.monitor.actor
    async with stage.at(stage.monitor) as session:
        slug = stage.jurisdiction.slug
        published = await published_plan(session, slug, plan)
        assessment = await service.start(
            session,
            published,
            service.latest_form(invented.form),
            commitment=invented.commitment,
            evaluator=stage.monitor.name,
            declared=NO_CONFLICT,
            by=by,
            demo=True,
        )
        sheet = await queries.get_sheet(session, slug, assessment.id)
        answers = {key: _given(stage, published, answer) for key, answer in invented.answers.items()}
        await service.save_draft(
            session, sheet, answers, version=assessment.version, evaluator=stage.monitor.name, by=by
        )
        sheet = await queries.get_sheet(session, slug, assessment.id)
        await publishing.publish(session, sheet, version=sheet.assessment.version, key=stage.key, by=by)


def _given(stage: Stage, published: Published, answer: DemoAnswer) -> Given:
    return Given(
        value=answer.value,
        explanation=answer.explanation.in_(LANGUAGE) if answer.explanation else "",
        references=answer.references,
        citations=tuple(_citation(stage, published, code) for code in answer.cites),
    )


def _citation(stage: Stage, published: Published, code: str) -> Citation:
    wanted = str(stage.evidence[code].id)
    for commitment in published.commitments:
        for milestone in commitment.milestones:
            for one in milestone.evidence:
                if one.id == wanted:
                    return Citation.of(one, LANGUAGE)
    raise LookupError(f"{code} is not published")
