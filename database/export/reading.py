"""The articles to be written out, read as they are asked for."""

from collections.abc import Generator

from sqlalchemy.orm import Session

from database.records import Record, records
from search.search import load
from search.selection import Selection, selected

# Articles held in memory at a time: some 5 MB of text.
_BATCH = 500


def exported(session: Session, selection: Selection) -> Generator[Record, None, None]:
    """The records of the articles selected, oldest stored first, read as they are asked for.

    One statement names them all, so that what is stored meanwhile neither doubles nor hides any. The session forgets
    each batch before the next.
    """
    statement = selected(session, selection)
    ids = session.scalars(statement.order_by(statement.selected_columns.article_id).execution_options(yield_per=_BATCH))
    for batch in ids.partitions():
        yield from records(session, load(session, batch))
        session.expunge_all()
