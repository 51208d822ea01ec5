"""Watchlists over the made-up archive: one that works, one that is off, a hostile one, and a file that is wrong."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from alerts.delivery import run_watchlists
from alerts.watchlists import Watchlists
from database.alerts import deliveries
from search.query import parse_query
from tests.web.printed import DAY, HOUR, MINUTE, NOW

HOSTILE = "<script>alert('daftar')</script>"
_FILES = {
    "pangan": """
        title = "Harga dan pasokan pangan"
        query = "gandum OR tepung OR paket"
        [[tell]]
        to = "${SURAT_REDAKSI}"
        [[tell]]
        to = "${KAIT_MEJA}"
        when = "hourly"
    """,
    "arsip": 'title = "Arsip"\nquery = "arsip"\nactive = false\noutlets = ["lentera"]\n',
    "jahat": f'title = "{HOSTILE}"\nquery = "jahat OR alert"\n',
}
WRONG = 'title = "Salah"\nquery = "(gandum"\n'


def watch(engine: Engine, folder: Path) -> tuple[Path, ...]:
    """Writes the files, has them find what is stored, tells one of two channels; gives the folders to look in."""
    for name, text in _FILES.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    found, _ = Watchlists([folder], parse_query).read()
    run_watchlists(engine, found, {}, NOW - HOUR, since=NOW - 20 * DAY)
    with Session(engine) as session:
        for message in deliveries.find_due_messages(session, NOW + DAY):
            if message.channel == "${KAIT_MEJA}":
                deliveries.begin_sending(session, message.id, NOW)
                deliveries.mark_sent(session, message.id, NOW - MINUTE)
        session.commit()
    (folder / "salah.toml").write_text(WRONG, encoding="utf-8")
    return (folder,)
