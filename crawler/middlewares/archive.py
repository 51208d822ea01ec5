"""The raw pages as they came, in WARC files: what was extracted badly can be extracted again.

One file per run and outlet; each record is a gzip member of its own, so that a killed run's file is good up to its last
page. Files older than ``ARCHIVE_DAYS`` are removed when a run begins: a disk is not filled by forgetting.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

_OK = 200


class ArchiveMiddleware:
    """Writes each article page that answers 200, still compressed as it was sent.

    Args:
        folder: of the outlet's archive.
        keep: how long files stay.
    """

    def __init__(self, folder: Path, keep: timedelta) -> None:
        self._folder = folder
        self._keep = keep
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._file: BinaryIO | None = None
        self._problem: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from ``DATA_DIR`` and ``ARCHIVE_DAYS``; steps aside when that is 0."""
        days = crawler.settings.getint("ARCHIVE_DAYS")
        if not days:
            raise NotConfigured
        folder = Path(crawler.settings["DATA_DIR"]) / "archive" / (crawler.spidercls.name or "")
        middleware = cls(folder, timedelta(days=days))
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        return middleware

    async def process_response(self, request: Request, response: Response) -> Response:
        """Archive the page and pass it on. A disk that takes no more ends the archive, not the crawl."""
        if request.meta.get("expect") == "page" and response.status == _OK and not self._problem:
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._write, response)
            except OSError as error:
                self._problem = f"archive: {error}"
        return response

    def close(self) -> None:
        """Finish the file."""
        self._thread.shutdown()
        if self._file:
            self._file.close()

    def _write(self, response: Response) -> None:
        if self._file is None:
            self._file = self._open()
        writer = WARCWriter(self._file, gzip=True)
        headers = [
            (name.decode("latin-1"), b", ".join(values).decode("latin-1")) for name, values in response.headers.items()
        ]
        record = writer.create_warc_record(
            response.url,
            "response",
            payload=io.BytesIO(response.body),
            http_headers=StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1"),
        )
        writer.write_record(record)
        record.raw_stream.close()  # warcio's own buffer
        self._file.flush()

    def _open(self) -> BinaryIO:
        now = datetime.now(UTC)
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in self._folder.glob("*.warc.gz"):
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - self._keep:
                file.unlink()
        return (self._folder / f"{now:%Y%m%dT%H%M%S%f}.warc.gz").open("xb")
