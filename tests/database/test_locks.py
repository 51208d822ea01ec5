import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from core.errors import DatabaseError, OutletBusyError
from database.engine import open_database
from tests.database.outlet_locks import outlet_lock


def _hold(url: str, taken: Callable[[], object]) -> None:
    with outlet_lock(open_database(url), "bharata"):
        taken()
        signal.pause()


def test_second_run_is_told_who_holds_it(engine: Engine) -> None:
    who = f"process {os.getpid()} since 20" if engine.dialect.name == "sqlite" else "since 20"
    with (
        outlet_lock(engine, "bharata"),
        pytest.raises(OutletBusyError, match=rf"bharata is being crawled by another run \(.*{who}"),
        outlet_lock(engine, "bharata"),
    ):
        pass


def test_other_outlets_are_free(engine: Engine) -> None:
    with outlet_lock(engine, "bharata"), outlet_lock(engine, "cri"):
        pass


def test_lock_is_given_back(engine: Engine) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="stop"), outlet_lock(engine, "bharata"):
            raise ValueError("stop")


@pytest.mark.process
def test_killed_holder_leaves_no_lock(engine: Engine, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    taken = spawn.Event()
    holder = spawn.Process(target=_hold, args=(database_url, taken.set), daemon=True)
    holder.start()
    assert taken.wait(180)
    with pytest.raises(OutletBusyError), outlet_lock(engine, "bharata"):
        pass
    holder.kill()
    holder.join()
    with outlet_lock(engine, "bharata"):
        pass


def test_lock_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/pantau.db")
    (tmp_path / "pantau.db.locks").touch()
    with pytest.raises(DatabaseError, match="locks"), outlet_lock(engine, "bharata"):
        pass
