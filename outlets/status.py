"""Status values of a declaration. Imports nothing: commands start quickly."""

from typing import Literal, get_args

Status = Literal["active", "unverified", "blocked", "dormant"]
STATUSES: tuple[Status, ...] = get_args(Status)
