from datetime import date
from pathlib import Path

import pytest

from alerts.watchlists import SHIPPED, Watchlists, read_watchlist
from core.errors import DeclarationError, UsageError
from search.query import parse_query
from tests.alerts.lists import HOOK, to, watchlist, write

TELL = "title = 'G'\nquery = 'x'\n[[tell]]\n"


def faults(folder: Path, text: str, name: str = "gempa") -> str:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError) as error:
        read_watchlist(path, parse_query)
    return str(error.value)


def test_a_watchlist_is_read_whole(tmp_path: Path) -> None:
    extra = "outlets = ['samudra']\nsections = ['Dunia']\nauthors = ['Sari']\nlanguages = ['id']\nsince = 2024-09-01"
    one = watchlist(tmp_path, query="gandum OR beras", extra=extra, tell=to(HOOK) + to("${SURAT}", "daily 07:00"))
    assert (one.name, one.declared.title, one.declared.active) == ("gandum", "Daftar gandum", True)
    assert one.query == parse_query("gandum OR beras")
    assert one.selection.outlets == ("samudra",)
    assert (one.selection.sections, one.selection.authors, one.selection.languages) == (("Dunia",), ("Sari",), ("id",))
    assert one.declared.since == date(2024, 9, 1)
    assert [tell.schedule.how for tell in one.declared.tell] == ["at once", "daily"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query = 'x'", "gempa.toml: title: missing"),
        ("title = 'G'\nquery = 'gempa'\njudul = 'x'", "judul: no such key; Allowed: title, query, active"),
        ("title = 'G'\nquery = '(gempa'", 'query = "(gempa": column 1: this parenthesis is never closed'),
        ("title = 'G'\nquery = 'x'\nname = 'x'", "name: the watchlist's name is the file's"),
        ("title = 'G'\nquery = 'x'\nactive = 'ya'", 'active = "ya": must be'),
        (TELL + "to = '${A}'\nwhen = 'nanti'", 'tell[0].when = "nanti": must be "at once"'),
        (TELL + "to = '${A}'\nkapan = 'x'", "tell[0].kapan: no such key; Allowed: to, when"),
        (TELL + "to = '${A}'\n[[tell]]\nto = '${A}'", "tell[1].to: the same as tell[0].to"),
        (TELL + "to = '${A}'\ndigest = true", "a digest is sent once a day"),
        ("title = 'G'\nquery = [", "gempa.toml:2:10: not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_watchlist_says_where_and_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    assert said in faults(tmp_path, text)


def test_a_literal_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    said = faults(tmp_path, "title='G'\nquery='x'\n[[tell]]\nto = 'mailtos://redaksi:katasandi@mail.example.org'")
    assert "tell[0].to: must be an Apprise URL that takes its secrets from the environment" in said
    assert "katasandi" not in said


def test_a_wrong_file_name_is_told(tmp_path: Path) -> None:
    assert "must be lower-case letters" in faults(tmp_path, "title = 'G'\nquery = 'x'", name="Gempa Bumi")


def test_own_watchlists_stand_beside_the_shipped_and_replace_them(tmp_path: Path) -> None:
    write(tmp_path, "gandum")
    write(tmp_path, "tiongkok_rusia", query="rusia")
    found, wrong = Watchlists.from_settings([str(tmp_path)], parse_query).read()
    assert ([one.name for one in found], wrong) == (["gandum", "tiongkok_rusia"], [])
    assert found[1].declared.query == "rusia"


def test_a_wrong_one_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, "gandum")
    (tmp_path / "rusak.toml").write_text("title = 'R'")
    found, wrong = Watchlists([tmp_path], parse_query).read()
    assert [one.name for one in found] == ["gandum"]
    assert [line.split(": ", 1)[1] for line in wrong] == ["query: missing; it must be there"]


def test_an_unknown_name_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    write(tmp_path, "gandum")
    with pytest.raises(UsageError, match=r"no watchlist is called 'gandm'\. Did you mean gandum\?"):
        Watchlists([tmp_path], parse_query).read(["gandm"])
    with pytest.raises(DeclarationError, match="WATCHLIST_PATHS must name folders"):
        Watchlists([tmp_path / "tiada"], parse_query).read()


def test_the_shipped_watchlist_is_off() -> None:
    found, wrong = Watchlists([SHIPPED], parse_query).read()
    assert ([(one.name, one.declared.active) for one in found], wrong) == ([("tiongkok_rusia", False)], [])
