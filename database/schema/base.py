"""What all tables have in common."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer
from sqlalchemy.orm import DeclarativeBase

from database.schema.types import UtcDateTime

# SQLite gives automatic row ids to INTEGER keys only.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every table's base."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own convention
        datetime: UtcDateTime,
        list[str]: JSON,
        list[int]: JSON,
        dict[str, Any]: JSON,
    }
