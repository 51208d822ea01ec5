"""Add what watchlists need: how far they looked, what they found, what was told of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("checked_to", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "watch_matches",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("watch", "article_id"),
    )
    op.create_index("ix_watch_matches_article_id", "watch_matches", ["article_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("watch", "channel", "kind", "day"),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["next_attempt_at"],
        sqlite_where=sa.text("state <> 'sent'"),
        postgresql_where=sa.text("state <> 'sent'"),
    )
    op.create_table(
        "delivery_matches",
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("match_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"]),
        sa.ForeignKeyConstraint(["match_id"], ["watch_matches.id"]),
        sa.PrimaryKeyConstraint("delivery_id", "match_id"),
    )
    op.create_index("ix_delivery_matches_match_id", "delivery_matches", ["match_id"])


def downgrade() -> None:
    raise NotImplementedError("an older version of the program takes the copy that the upgrade made")
