"""Add what searching needs: authors and sections as words, likeness to the seeds, saved searches."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.migrations.analyser_0003 import analyse

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AT_ONCE = 5_000

SQLITE_INDEX = (
    """
    CREATE VIRTUAL TABLE article_label_index USING fts5(
        author, section, content='article_terms', content_rowid='article_id', tokenize='unicode61 remove_diacritics 0'
    )
    """,
    "INSERT INTO article_label_index(article_label_index) VALUES ('rebuild')",
    """
    CREATE TRIGGER article_labels_inserted AFTER INSERT ON article_terms BEGIN
        INSERT INTO article_label_index(rowid, author, section) VALUES (new.article_id, new.author, new.section);
    END
    """,
    """
    CREATE TRIGGER article_labels_deleted AFTER DELETE ON article_terms BEGIN
        INSERT INTO article_label_index(article_label_index, rowid, author, section)
        VALUES ('delete', old.article_id, old.author, old.section);
    END
    """,
    """
    CREATE TRIGGER article_labels_updated AFTER UPDATE OF author, section ON article_terms BEGIN
        INSERT INTO article_label_index(article_label_index, rowid, author, section)
        VALUES ('delete', old.article_id, old.author, old.section);
        INSERT INTO article_label_index(rowid, author, section) VALUES (new.article_id, new.author, new.section);
    END
    """,
    """
    CREATE INDEX ix_articles_found ON articles(
        id, story_id, published_at, outlet, section, language, origin, seed_similarity, authors
    )
    """,
    "CREATE INDEX ix_articles_alike ON articles(seed_similarity, id, story_id, published_at)",
    # Title and body do not change with these two: only a change of their own is one of their index.
    """
    CREATE TRIGGER article_terms_updated AFTER UPDATE OF title, body ON article_terms BEGIN
        INSERT INTO article_index(article_index, rowid, title, body)
        VALUES ('delete', old.article_id, old.title, old.body);
        INSERT INTO article_index(rowid, title, body) VALUES (new.article_id, new.title, new.body);
    END
    """,
)
POSTGRESQL_INDEX = (
    """
    ALTER TABLE article_terms ADD COLUMN labels tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', author), 'A') || setweight(to_tsvector('simple', section), 'B')
    ) STORED
    """,
    "CREATE INDEX ix_article_terms_labels ON article_terms USING gin (labels)",
    "CREATE INDEX ix_articles_alike ON articles (seed_similarity DESC NULLS LAST, id DESC)",
    "CREATE INDEX ix_articles_newest ON articles (published_at DESC NULLS LAST, id DESC)",
)


def upgrade() -> None:
    op.add_column("article_terms", sa.Column("author", sa.Text(), nullable=False, server_default=""))
    op.add_column("article_terms", sa.Column("section", sa.Text(), nullable=False, server_default=""))
    op.add_column("articles", sa.Column("seed_similarity", sa.Double()))
    op.create_index("ix_url_events_run_id", "url_events", ["run_id"])
    sqlite = op.get_context().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TRIGGER article_terms_updated")  # or every row's index would be made anew
    fill_labels(op.get_bind())
    for statement in SQLITE_INDEX if sqlite else POSTGRESQL_INDEX:
        op.execute(statement)
    op.create_table(
        "profiles",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seeds_sha256", sa.String(length=64), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("frequencies", sa.JSON(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("compared_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "saved_searches",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def fill_labels(connection: sa.Connection) -> None:
    """The words of the authors and sections of what is stored already."""
    stored = sa.text(
        "SELECT id, authors, section FROM articles WHERE id > :after "
        "AND (section IS NOT NULL OR CAST(authors AS TEXT) <> '[]') ORDER BY id LIMIT :limit"
    )
    change = sa.text("UPDATE article_terms SET author = :author, section = :section WHERE article_id = :id")
    after = 0
    while rows := connection.execute(stored, {"after": after, "limit": AT_ONCE}).all():
        after = rows[-1].id
        connection.execute(change, [labels(row.id, row.authors, row.section) for row in rows])


def labels(article_id: int, authors: str | list[str] | None, section: str | None) -> dict[str, int | str]:
    names = json.loads(authors) if isinstance(authors, str) else authors or []
    return {"id": article_id, "author": analyse("\n".join(names)), "section": analyse(section or "")}


def downgrade() -> None:
    raise NotImplementedError("an older version of the program takes the copy that the upgrade made")
