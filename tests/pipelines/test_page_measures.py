from datetime import timedelta

from core.models import Reason, Rejection
from health.measures import Measures
from pipelines.new_article import Stored
from pipelines.normalise import normalise
from pipelines.store import measure
from tests.pipelines.incoming import NOW, article, stamp


def test_an_article_is_measured_by_what_it_lacks() -> None:
    measures = Measures()
    measure(measures, Stored("stored", article_id=1), normalise(article(published=stamp(4))), NOW)
    measure(measures, Stored("stored", article_id=2), normalise(article(published=None)), NOW)
    assert (measures.stored, measures.undated, len(measures.words)) == (2, 1, 2)
    assert measures.published.total() == 1
    assert measures.clock_ahead == 0


def test_an_article_of_the_future_speaks_of_its_outlets_clock() -> None:
    measures, published = Measures(), stamp(4)
    measure(measures, Stored("stored"), normalise(article(published=published)), published.at - timedelta(minutes=30))
    measure(measures, Stored("stored"), normalise(article(published=published)), published.at - timedelta(minutes=2))
    assert measures.clock_ahead == 1


def test_what_is_no_article_is_counted_by_its_reason() -> None:
    measures = Measures()
    measure(measures, Stored("rejected", Reason.LISTING), Rejection(Reason.LISTING), NOW)
    measure(measures, Stored("failed", Reason.WORKER_HUNG), Rejection(Reason.WORKER_HUNG), NOW)
    assert (measures.rejected, measures.failed, measures.stored) == ({"listing": 1}, {"worker-hung": 1}, 0)
