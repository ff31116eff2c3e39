"""What an operator sends to begin."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ogpmonitor.kit.forms import FormModel

LONGEST_REASON, MOST_HOURS = 1000, 8


class SupportForm(FormModel):
    """Why an operator must look into a workbench, and for how many hours."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)]
