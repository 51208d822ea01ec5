"""Resources shared by all runs of a process."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from scrapy.settings import BaseSettings
from sqlalchemy import Engine

from core.clock import Clock, system_clock
from crawler.workers import Workers
from database.engine import open_database
from database.locks import Locks
from database.writer import Writer
from search.seed_profile import SeedSimilarity


@dataclass(frozen=True, slots=True)
class Resources:
    """Open from before the first request until after the last one.

    Attributes:
        look_back: days around an article in which near copies are looked for.
        clock: returns the current time, aware.
    """

    engine: Engine
    writer: Writer
    workers: Workers
    locks: Locks
    look_back: int
    clock: Clock = system_clock
    seed_similarity: SeedSimilarity = field(default_factory=SeedSimilarity)


@contextmanager
def open_resources(settings: BaseSettings, clock: Clock = system_clock) -> Iterator[Resources]:
    """Open all resources; release them in reverse.

    Raises:
        DatabaseError: it cannot be opened.
    """
    with ExitStack() as stack:
        engine = open_database(settings["DATABASE_URL"])
        stack.callback(engine.dispose)
        locks = stack.enter_context(Locks(engine))
        writer = Writer(engine)
        stack.callback(writer.close)
        workers = Workers(
            settings.getint("WORKERS"), settings.getfloat("WORKER_TIMEOUT"), settings.getint("WORKER_TASKS")
        )
        stack.callback(workers.close)
        yield Resources(engine, writer, workers, locks, settings.getint("STORY_LOOK_BACK_DAYS"), clock)
