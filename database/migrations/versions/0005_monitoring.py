"""Add what monitoring needs: rounds, due times, each outlet's days, flags, gaps, hosts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("cleared_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rounds_state", "rounds", ["state"])
    _extend_runs()
    _extend_sources()
    op.create_table(
        "outlet_days",
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "day"),
    )
    _create_flags()
    op.create_table(
        "gaps",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("estimate", sa.Integer(), nullable=False),
        sa.Column("recovered", sa.Integer(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_gaps_source_id", "gaps", ["source_id"])
    op.create_index("ix_gaps_outlet_found_at", "gaps", ["outlet", "found_at"])
    op.create_table(
        "hosts",
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("robots_sha256", sa.String(length=64), nullable=True),
        sa.Column("robots_forbids", sa.Boolean(), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("outlet", "host"),
    )


def _extend_runs() -> None:
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("round_id", BIG_ID, nullable=True))
        runs.add_column(sa.Column("requests", sa.Integer(), nullable=False, server_default="0"))
        runs.add_column(sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"))
        runs.create_foreign_key("fk_runs_round_id", "rounds", ["round_id"], ["id"])
        runs.create_index("ix_runs_round_id", ["round_id"])


def _extend_sources() -> None:
    op.add_column("sources", sa.Column("due_at", INSTANT, nullable=True))
    op.add_column("sources", sa.Column("interval_s", sa.Integer(), nullable=True))
    op.add_column("sources", sa.Column("rhythm", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("sources", sa.Column("listed", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("sources", sa.Column("retired_at", INSTANT, nullable=True))
    in_use = sa.text("retired_at IS NULL")
    op.create_index(
        "ix_sources_outlet_parent_id_due_at",
        "sources",
        ["outlet", "parent_id", "due_at"],
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
    again = sa.text("next_attempt_at IS NOT NULL")
    op.create_index(
        "ix_urls_outlet_next_attempt_at",
        "urls",
        ["outlet", "next_attempt_at"],
        sqlite_where=again,
        postgresql_where=again,
    )


def _create_flags() -> None:
    op.create_table(
        "flags",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("cleared_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_flags_open", "flags", ["outlet", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_flags_raised_at", "flags", ["raised_at"])
    op.create_index("ix_flags_outlet", "flags", ["outlet"])
    op.create_table(
        "delivery_flags",
        sa.Column("flag_id", BIG_ID, nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"]),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"]),
        sa.PrimaryKeyConstraint("flag_id", "change", "channel"),
    )
    op.create_index("ix_delivery_flags_delivery_id", "delivery_flags", ["delivery_id"])


def downgrade() -> None:
    raise NotImplementedError("an older version of the program takes the copy that the upgrade made")
