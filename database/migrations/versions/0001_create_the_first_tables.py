"""Create the first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A migration keeps the types of its day; the models move on.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

# SQLite's index holds no text of its own; these keep it in step with article_terms
# (https://www.sqlite.org/fts5.html#external_content_tables).
SQLITE_INDEX = (
    """
    CREATE VIRTUAL TABLE article_index USING fts5(
        title, body, content='article_terms', content_rowid='article_id', tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER article_terms_inserted AFTER INSERT ON article_terms BEGIN
        INSERT INTO article_index(rowid, title, body) VALUES (new.article_id, new.title, new.body);
    END
    """,
    """
    CREATE TRIGGER article_terms_deleted AFTER DELETE ON article_terms BEGIN
        INSERT INTO article_index(article_index, rowid, title, body)
        VALUES ('delete', old.article_id, old.title, old.body);
    END
    """,
    """
    CREATE TRIGGER article_terms_updated AFTER UPDATE ON article_terms BEGIN
        INSERT INTO article_index(article_index, rowid, title, body)
        VALUES ('delete', old.article_id, old.title, old.body);
        INSERT INTO article_index(rowid, title, body) VALUES (new.article_id, new.title, new.body);
    END
    """,
)
# The words come analysed; 'simple' takes them as they are. A title weighs more than a body.
POSTGRESQL_INDEX = (
    """
    ALTER TABLE article_terms ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B')
    ) STORED
    """,
    "CREATE INDEX ix_article_terms_search ON article_terms USING gin (search)",
)


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_runs_outlet", "runs", ["outlet"])

    op.create_table(
        "sources",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=True),
        sa.Column("listed_lastmod", INSTANT, nullable=True),
        sa.Column("walked_at", INSTANT, nullable=True),
        sa.Column("walk_ended_at", INSTANT, nullable=True),
        sa.Column("walked_since", INSTANT, nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outlet", "url"),
    )
    op.create_index("ix_sources_parent_id", "sources", ["parent_id"])

    op.create_table(
        "stories",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "articles",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("dateline", sa.Text(), nullable=True),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_raw", sa.Text(), nullable=True),
        sa.Column("published_source", sa.String(length=40), nullable=True),
        sa.Column("published_precision", sa.String(length=10), nullable=True),
        sa.Column("published_confidence", sa.String(length=10), nullable=True),
        sa.Column("modified_at", INSTANT, nullable=True),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("story_id", BIG_ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_articles_outlet_published_at", "articles", ["outlet", "published_at"])
    op.create_index("ix_articles_published_at", "articles", ["published_at"])
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index("ix_articles_text_sha256", "articles", ["text_sha256"])

    op.create_table(
        "article_terms",
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_table(
        "originals",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("article_id", BIG_ID, nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("gave", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_index("ix_originals_article_id", "originals", ["article_id"])

    op.create_table(
        "urls",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("title_hint", sa.Text(), nullable=True),
        sa.Column("published_hint", INSTANT, nullable=True),
        sa.Column("published_hint_raw", sa.Text(), nullable=True),
        sa.Column("published_hint_source", sa.String(length=40), nullable=True),
        sa.Column("published_hint_precision", sa.String(length=10), nullable=True),
        sa.Column("published_hint_confidence", sa.String(length=10), nullable=True),
        sa.Column("modified_hint", INSTANT, nullable=True),
        sa.Column("admitted_since", INSTANT, nullable=True),
        sa.Column("admitted_until", INSTANT, nullable=True),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("article_id", BIG_ID, nullable=True),
        sa.Column("same_as_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["same_as_id"], ["urls.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identity"),
    )
    op.create_index("ix_urls_article_id", "urls", ["article_id"])
    op.create_index("ix_urls_outlet_state", "urls", ["outlet", "state"])
    op.create_index("ix_urls_same_as_id", "urls", ["same_as_id"])

    op.create_table(
        "url_events",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("url_id", BIG_ID, nullable=False),
        sa.Column("run_id", BIG_ID, nullable=True),
        sa.Column("source_id", BIG_ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.ForeignKeyConstraint(["url_id"], ["urls.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_url_events_url_id", "url_events", ["url_id"])
    op.create_index(
        "uq_url_events_named",
        "url_events",
        ["url_id", "source_id"],
        unique=True,
        sqlite_where=sa.text("event = 'named'"),
        postgresql_where=sa.text("event = 'named'"),
    )

    for statement in SQLITE_INDEX if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_INDEX:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("an older version of the program takes the copy that the upgrade made")
