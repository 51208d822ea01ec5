import asyncio
import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from scrapy.http import Request, Response
from warcio.archiveiterator import ArchiveIterator

from crawler.middlewares.archive import ArchiveMiddleware

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = SimpleNamespace(id=7, outlet=SimpleNamespace(name="kabar"), now=lambda: NOW)  # all that it uses of a run
PAGE = Request("https://kabar.example/1", meta={"expect": "page", "run": RUN})
BODY = b"<html>Banjir surut</html>"


def answer(status: int = 200) -> Response:
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    return Response("https://kabar.example/1", status=status, headers=headers, body=gzip.compress(BODY))


def archived(folder: Path, *responses: tuple[Request, Response]) -> list[bytes]:
    middleware = ArchiveMiddleware(folder, timedelta(days=30))

    async def pass_on() -> None:
        for request, response in responses:
            assert await middleware.process_response(request, response) is response

    asyncio.run(pass_on())
    middleware.close()
    bodies = []
    for file in folder.glob("kabar/*.warc.gz"):
        with file.open("rb") as stream:
            bodies += [record.content_stream().read() for record in ArchiveIterator(stream)]
    return bodies


def test_pages_are_read_back_as_they_were(tmp_path: Path) -> None:
    assert archived(tmp_path, (PAGE, answer()), (PAGE, answer())) == [BODY, BODY]


def test_only_good_pages_are_kept(tmp_path: Path) -> None:
    source = Request("https://kabar.example/feed", meta={"expect": "source"})
    assert archived(tmp_path, (source, answer()), (PAGE, answer(404))) == []


def test_old_files_go_when_a_run_begins(tmp_path: Path) -> None:
    old = tmp_path / "kabar" / "20200101T000000000000.warc.gz"
    old.parent.mkdir()
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    archived(tmp_path, (PAGE, answer()))
    assert not old.exists()


def test_a_place_that_takes_nothing_ends_the_archive_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    middleware = ArchiveMiddleware(tmp_path / "file" / "below", timedelta(days=30))
    response = answer()
    assert asyncio.run(middleware.process_response(PAGE, response)) is response
    middleware.close()
