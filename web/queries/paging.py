"""What every list takes that comes a page at a time."""

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from web.parameters import MAX_LIMIT

# PostgreSQL takes no NUL, and no name has control characters.
SAFE = r"^[^\x00-\x1f\x7f]*$"
_GREATEST = 2**63 - 1


class OnePage(BaseModel):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="how many on a page")] = 50
    after: Annotated[int, Field(ge=0, le=_GREATEST, description="what the page before gave as `next`")] = 0

    def address(self, **changes: Any) -> str:
        """The query string with some parameters changed, without what is not stated; begins with the first page."""
        values = self.model_dump(exclude_defaults=True) | {"after": 0} | changes
        return urlencode({name: value for name, value in values.items() if value})
