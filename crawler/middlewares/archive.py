"""Archive of raw pages in WARC files, one per run of an outlet.

Each record is a gzip member, so a killed run's file is good up to its last page. A run's first page removes the
outlet's files older than ``ARCHIVE_DAYS``.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.run import RunContext, run_context

_OK = 200


class ArchiveMiddleware:
    """Writes each article page with status 200 below ``folder``, compressed as sent."""

    def __init__(self, folder: Path, keep: timedelta) -> None:
        self._folder = folder
        self._keep = keep
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._files: dict[int, Path] = {}  # by run
        self._problem: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        days = crawler.settings.getint("ARCHIVE_DAYS")
        if not days:
            raise NotConfigured
        middleware = cls(Path(crawler.settings["DATA_DIR"]) / "archive", timedelta(days=days))
        crawler.signals.connect(middleware.close, signal=signals.spider_closed)
        return middleware

    async def process_response(self, request: Request, response: Response) -> Response:
        """Archive the page. A full disk ends the archive, not the crawl."""
        if request.meta.get("expect") == "page" and response.status == _OK and not self._problem:
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._write, response, run_context(request)
                )
            except OSError as error:
                self._problem = f"archive: {error}"
        return response

    def close(self) -> None:
        self._thread.shutdown()

    def _write(self, response: Response, run: RunContext) -> None:
        if run.id not in self._files:
            self._files[run.id] = self._file_of(run)
        # Opened for each page: hundreds of outlets at once would keep too many files open.
        with self._files[run.id].open("ab") as file:
            writer = WARCWriter(file, gzip=True)
            headers = [
                (name.decode("latin-1"), b", ".join(values).decode("latin-1"))
                for name, values in response.headers.items()
            ]
            record = writer.create_warc_record(
                response.url,
                "response",
                payload=io.BytesIO(response.body),
                http_headers=StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1"),
            )
            writer.write_record(record)
            record.raw_stream.close()  # warcio's own buffer

    def _file_of(self, run: RunContext) -> Path:
        now = run.now()
        folder = self._folder / run.outlet.name
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.warc.gz"):
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - self._keep:
                file.unlink()
        return folder / f"{now:%Y%m%dT%H%M%S%f}.warc.gz"
