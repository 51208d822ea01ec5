"""What must be true of every database of ours: each as a query for the rows of which it is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from database.ledger import MAX_ATTEMPTS

REINDEX = "rebuild the index: sqlite3 FILE \"INSERT INTO {}({}) VALUES('rebuild')\""
_LINK = "restore a backup; or set the scheme of the story's articles to 0 by hand, and the next crawl links them anew"
_LEDGER = "restore a backup, or set these rows to pending by hand: the next crawl fetches them again"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A thing that must be true.

    Attributes:
        of: what a row of the query is, for its example.
        wrong: in words, what is wrong with the rows that the query finds.
        query: one column.
        advice: what to do.
        dialect: where it can be asked only.
        linked: true only of databases without articles that an older program left to be put into stories.
    """

    of: str
    wrong: str
    query: str
    advice: str
    dialect: str | None = None
    linked: bool = False


def _index(index: str) -> Sequence[Invariant]:
    """A full-text index of SQLite has a row for each of article_terms; its own tables tell (``…_docsize``)."""
    size, advice = f"{index}_docsize", REINDEX.format(index, index)
    return (
        Invariant(
            "article",
            f"articles are not in the full-text index {index}",
            f"SELECT article_id FROM article_terms WHERE NOT EXISTS (SELECT 1 FROM {size} WHERE id = article_id)",  # noqa: S608
            advice,
            "sqlite",
        ),
        Invariant(
            "article",
            f"rows of the full-text index {index} are of articles that are not there",
            f"SELECT id FROM {size} WHERE NOT EXISTS (SELECT 1 FROM article_terms WHERE article_id = id)",  # noqa: S608
            advice,
            "sqlite",
        ),
    )


INVARIANTS: Sequence[Invariant] = (
    Invariant(
        "url",
        "URLs are stored or the same as others, and lead to no article",
        "SELECT id FROM urls WHERE state IN ('stored', 'same-as') AND article_id IS NULL",
        _LEDGER,
    ),
    Invariant(
        "url",
        "URLs are in a state that there is not",
        "SELECT id FROM urls WHERE state NOT IN ('pending', 'stored', 'same-as', 'rejected', 'failed', 'gone')",
        _LEDGER,
    ),
    Invariant(
        "url",
        "URLs failed, have attempts left, and are never tried again",
        f"SELECT id FROM urls WHERE state = 'failed' AND next_attempt_at IS NULL AND attempts < {MAX_ATTEMPTS}",  # noqa: S608
        _LEDGER,
    ),
    Invariant(
        "article",
        "crawled articles have no URL in the ledger",
        "SELECT id FROM articles WHERE origin = 'crawl' "
        "AND NOT EXISTS (SELECT 1 FROM urls WHERE urls.article_id = articles.id)",
        "restore a backup: a crawl would store these articles again",
    ),
    Invariant(
        "article",
        "seed articles have no seed document",
        "SELECT id FROM articles WHERE origin = 'seed' "
        "AND NOT EXISTS (SELECT 1 FROM originals WHERE originals.article_id = articles.id)",
        "import the seeds again: `scrapy seeds import PATH`",
    ),
    Invariant(
        "article",
        "articles have no words to be found by",
        "SELECT id FROM articles WHERE NOT EXISTS (SELECT 1 FROM article_terms WHERE article_id = articles.id)",
        "restore a backup: no search finds these articles",
    ),
    *_index("article_index"),
    *_index("article_label_index"),
    Invariant(
        "article",
        "articles have another number of revisions than they say",
        "SELECT a.id FROM articles a LEFT JOIN (SELECT article_id, max(revision) AS last FROM revisions "
        "GROUP BY article_id) r ON r.article_id = a.id WHERE a.revision > 1 OR r.last IS NOT NULL "
        "GROUP BY a.id, a.revision, r.last HAVING a.revision <> coalesce(r.last, 0) + 1",
        "restore a backup: an earlier version of these articles is lost",
    ),
    Invariant(
        "article",
        "articles are to be looked at again at a URL that leads elsewhere",
        "SELECT r.article_id FROM rechecks r JOIN urls u ON u.id = r.url_id "
        "WHERE u.article_id IS NULL OR u.article_id <> r.article_id",
        "delete these rows of rechecks: the next crawl plans the looks anew",
    ),
    Invariant(
        "story",
        "stories count other articles or outlets than they have",
        "SELECT s.id FROM stories s LEFT JOIN "
        "(SELECT story_id, count(*) AS articles, count(DISTINCT outlet) AS outlets "
        "FROM articles WHERE story_id IS NOT NULL GROUP BY story_id) m ON m.story_id = s.id "
        "WHERE s.articles <> coalesce(m.articles, 0) OR s.outlets <> coalesce(m.outlets, 0)",
        _LINK,
        linked=True,
    ),
    Invariant(
        "story",
        "stories have a first article that is none of theirs, or none",
        "SELECT s.id FROM stories s LEFT JOIN articles a ON a.id = s.first_id "
        "WHERE a.story_id IS NULL OR a.story_id <> s.id",
        _LINK,
        linked=True,
    ),
    Invariant(
        "story",
        "stories have another date than their first article",
        "SELECT s.id FROM stories s JOIN articles a ON a.id = s.first_id WHERE s.first_published_at <> a.published_at "
        "OR (s.first_published_at IS NULL) <> (a.published_at IS NULL)",
        _LINK,
        linked=True,
    ),
    Invariant(
        "outlet",
        "outlets have more than one run that is going on",
        "SELECT outlet FROM runs WHERE state = 'running' GROUP BY outlet HAVING count(*) > 1",
        "crawl the outlet: a run that begins marks those that were killed",
    ),
    Invariant(
        "round",
        "rounds of the monitor go on beside another",
        "SELECT id FROM rounds WHERE state = 'running' AND id < (SELECT max(id) FROM rounds WHERE state = 'running')",
        "start the monitor: a round that begins marks those that were killed",
    ),
)  # fmt: skip
