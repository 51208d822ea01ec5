"""Warm-up of a worker on import, once in the process that workers fork from.

Loading in each worker would take over a second, and memory.
"""

from datetime import UTC, datetime

from core.dates import parse_date
from core.models import Page
from core.urls import identify
from crawler import workers
from outlets.schema import Outlet
from pipelines.worker_task import prepare

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SITE = "https://kabar.example/"
_OUTLET = Outlet(name="kabar_contoh", title="Kabar Contoh", site=_SITE, domains=("kabar.example",))
# Its words leave the language open, so that the model is asked; its date has a form that only dateparser reads.
_SENTENCE = "Perahu-perahu nelayan berlabuh di teluk sempit, pedagang ikan menawar hasil tangkapan, anak-anak bermain. "
_PAGE = f"""<html><head><title>Perahu Nelayan Berlabuh - Kabar Contoh</title>
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Perahu Nelayan Berlabuh"}}</script></head>
<body><nav><a href="/">Beranda</a></nav><article><h1>Perahu Nelayan Berlabuh</h1><span>Penulis: Sari</span>
<time>Kamis, 1 Januari 2026 07:00 WIB</time>
<p>TELUK CONTOH - {_SENTENCE * 2}</p><p>{_SENTENCE * 3}</p></article></body></html>"""


def _warm_up() -> None:
    prepare(Page(url=f"{_SITE}berita/1", body=_PAGE.encode()), _OUTLET, _NOW)
    parse_date("2026, Januari 1", zone=_OUTLET.zone, base=_NOW, source="")
    identify(_SITE)  # reads the list of public suffixes
    workers.tune_garbage_collector()


_warm_up()
