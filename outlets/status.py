"""Status values of an outlet declaration. Imports nothing, so that commands start quickly."""

from typing import Literal, get_args

Status = Literal["active", "unverified", "blocked", "dormant"]
STATUSES: tuple[Status, ...] = get_args(Status)
