"""The flags as pages and API show them."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from core.paging import Page
from health.flags import FlagState, FlagView, find_flags
from web.queries.paging import SAFE, OnePage


class FlagsParameters(OnePage):
    """Which flags are meant."""

    outlet: Annotated[str, Field(max_length=300, pattern=SAFE, description="only this outlet's")] = ""
    state: Annotated[FlagState | Literal[""], Field(description="only those that are so")] = ""


def flags(session: Session, parameters: FlagsParameters) -> Page[FlagView, int]:
    """The flags that are meant, the one raised last first."""
    return find_flags(
        session,
        outlet=parameters.outlet or None,
        state=parameters.state or None,
        limit=parameters.limit,
        after=parameters.after or None,
    )
