"""Add what stories of near copies and articles that change need."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("stories", sa.Column("first_id", BIG_ID, sa.ForeignKey("articles.id")), inline_references=True)
    op.add_column("stories", sa.Column("first_published_at", INSTANT))
    op.add_column("stories", sa.Column("articles", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stories", sa.Column("outlets", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_stories_first_id", "stories", ["first_id"])
    op.create_index("ix_stories_first_published_at", "stories", ["first_published_at"])

    op.add_column("articles", sa.Column("similarity", sa.Double()))
    op.add_column("articles", sa.Column("removed_at", INSTANT))
    op.add_column("articles", sa.Column("scheme", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_articles_unlinked",
        "articles",
        ["id"],
        sqlite_where=sa.text("scheme = 0"),
        postgresql_where=sa.text("scheme = 0"),
    )

    op.create_table(
        "revisions",
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("modified_at", INSTANT, nullable=True),
        sa.Column("fetched_at", INSTANT, nullable=True),
        sa.Column("replaced_at", INSTANT, nullable=False),
        sa.Column("words_added", sa.Integer(), nullable=False),
        sa.Column("words_removed", sa.Integer(), nullable=False),
        sa.Column("title_changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("article_id", "revision"),
    )
    op.create_table(
        "rechecks",
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("url_id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("prompted", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("missing_since", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["url_id"], ["urls.id"]),
        sa.PrimaryKeyConstraint("article_id"),
        sa.UniqueConstraint("url_id"),
    )
    op.create_index("ix_rechecks_outlet_due_at", "rechecks", ["outlet", "due_at"])
    op.create_table(
        "fingerprints",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("text_sha256", "period"),
    )
    op.create_table(
        "bands",
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint_id", BIG_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("period", "hash", "fingerprint_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("an older version of the program takes the copy that the upgrade made")
