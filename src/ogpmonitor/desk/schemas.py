"""What an operator sends."""

from typing import Annotated

from pydantic import StringConstraints

from ogpmonitor.kit.forms import FormModel
from ogpmonitor.tenants.models import State

LONGEST_REASON = 1000


class StateForm(FormModel):
    """The state that a jurisdiction shall have, and why; the reason is public."""

    state: State
    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON)]
