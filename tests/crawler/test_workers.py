import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.models import Reason
from crawler.workers import TaskGroups, WorkerFailure, Workers
from tests.crawler import worker_tasks as tasks
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """A pool whose patience no busy machine exhausts."""
    pool = Workers(count=2, timeout=60.0, tasks=100)
    yield pool
    pool.close()


def test_a_task_runs_in_another_process(workers: Workers) -> None:
    assert asyncio.run(workers.run(tasks.double, 21)) == 42


def test_a_killed_process_is_tried_again(workers: Workers, tmp_path: Path) -> None:
    assert asyncio.run(workers.run(tasks.die_once, tmp_path / "died")) == "done"


def test_a_page_that_kills_twice_is_given_up(workers: Workers) -> None:
    with pytest.raises(WorkerFailure) as failure:
        asyncio.run(workers.run(tasks.die))
    assert failure.value.reason is Reason.WORKER_CRASHED
    assert asyncio.run(workers.run(tasks.double, 1)) == 2


def test_a_page_that_hangs_twice_is_given_up() -> None:
    impatient = Workers(count=1, timeout=2.0, tasks=100)
    with pytest.raises(WorkerFailure) as failure:
        asyncio.run(impatient.run(tasks.sleep, 60))
    assert failure.value.reason is Reason.WORKER_HUNG
    assert asyncio.run(impatient.run(tasks.double, 1)) == 2
    impatient.close()


def test_a_bug_of_ours_is_named(workers: Workers) -> None:
    with pytest.raises(WorkerFailure, match="ValueError: not like this") as failure:
        asyncio.run(workers.run(tasks.fail))
    assert failure.value.reason is Reason.INTERNAL


def test_one_bad_page_disturbs_no_other(workers: Workers) -> None:
    async def mixed() -> list[int | BaseException | None]:
        return await asyncio.gather(
            workers.run(tasks.die), *(workers.run(tasks.double, n) for n in range(20)), return_exceptions=True
        )

    results = asyncio.run(mixed())
    assert isinstance(results[0], WorkerFailure)
    assert results[1:] == [2 * n for n in range(20)]


def test_a_bad_item_of_a_group_takes_no_other_down(workers: Workers) -> None:
    async def grouped() -> list[int | BaseException]:
        groups = TaskGroups(workers, tasks.double_all, most=8)
        return await asyncio.gather(*map(groups.run, range(40)), return_exceptions=True)

    results = asyncio.run(grouped())
    assert isinstance(results[13], WorkerFailure)
    assert results[13].reason is Reason.WORKER_CRASHED
    assert [one for one in results if not isinstance(one, BaseException)] == [2 * n for n in range(40) if n != 13]


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_workers_die_with_a_killed_parent() -> None:
    script = (
        "import asyncio, time\n"
        "from crawler.workers import Workers\n"
        "from tests.crawler import worker_tasks as tasks\n"
        "if __name__ == '__main__':\n"
        "    workers = Workers(1, 60, 100)\n"
        "    print(asyncio.run(workers.run(tasks.pid)), flush=True)\n"
        "    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not Path(f"/proc/{worker}").exists() or _is_zombie(worker), "the worker's end", 60)


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
