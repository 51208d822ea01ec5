from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import DeclarationError
from outlets.declaration import read_declaration

GOOD = """
title = "Warta Contoh"
site = "https://www.contoh.example/"
domains = ["contoh.example"]
"""


def declare(directory: Path, text: str, name: str = "contoh.toml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    """The fault lines, without the file's name."""
    with pytest.raises(DeclarationError) as caught:
        read_declaration(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(str(path)) for line in lines)
    return [line.removeprefix(str(path)) for line in lines]


def fault(directory: Path, text: str) -> str:
    """The one fault of a good declaration with this text added."""
    (line,) = faults(declare(directory, GOOD + text))
    return line


def test_file_stem_becomes_outlet_name(tmp_path: Path) -> None:
    outlet = read_declaration(declare(tmp_path, GOOD))
    assert (outlet.name, outlet.status, outlet.timezone) == ("contoh", "unverified", "Asia/Jakarta")


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert read_declaration(declare(tmp_path, "\ufeff" + GOOD)).title == "Warta Contoh"


def test_times_between_polls_are_read(tmp_path: Path) -> None:
    poll = read_declaration(declare(tmp_path, GOOD + '[poll]\nshortest = "10m"\nlongest = "2d"')).poll
    assert (poll.shortest, poll.longest) == (timedelta(minutes=10), timedelta(days=2))


def test_missing_keys_are_named_one_a_line(tmp_path: Path) -> None:
    assert faults(declare(tmp_path, "")) == [
        ": title: missing; it must be there",
        ": site: missing; it must be there",
        ": domains: missing; it must be there",
    ]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ('status = "aktif"', ": status = \"aktif\": must be 'active', 'unverified', 'blocked' or 'dormant'"),
        ("language = 5", ": language = 5: must be text in quotes"),
        (
            'language = "Indonesia"',
            ': language = "Indonesia": must be a language code of two or three letters, e.g. id',
        ),
        ('timezone = "WIB"', ': timezone = "WIB": must be an IANA zone: Asia/Jakarta (WIB)'),
        ('timezone = "Asia"', ': timezone = "Asia": must be an IANA zone'),
        ('groups = "seed"', ': groups = "seed": must be a list: ["…", "…"]'),
        ('[discover]\nfeeds = ["https://a.example/", "rss"]', ': discover.feeds[1] = "rss": must be an http or https'),
        ("[discover]\nfeeds = [3]", ": discover.feeds[0] = 3: must be text in quotes"),
        ('[discover]\npages = ["https://a.example/{hal}"]', "must be an address whose placeholders are {page}"),
        ('[discover]\npages = ["https://a.example/{date:x}"]', "must be an address whose placeholders are {page}"),
        ('[article]\nurl = "("', ': article.url = "(": must be a regular expression (missing )'),
        ('[article]\nbody = "div["', ': article.body = "div[": must be a CSS selector (Expected'),
        ('[article]\nbody = "p:contains"', ': article.body = "p:contains": must be a CSS selector ('),
        ('[article]\nsingle = "?page=all"', ': article.single = "?page=all": must be one query parameter'),
        ('[examples]\narticles = ["/read/1"]', ': examples.articles[0] = "/read/1": must be an http or https address'),
        (
            '[examples]\nother = ["https://www.contoh.example/tag", "https://bukancontoh.example/tag"]',
            ': examples.other[1] = "https://bukancontoh.example/tag": must be an address in one of domains',
        ),
        ("[politeness]\ndelay = -1", ": politeness.delay = -1: must be 0 or more"),
        ("[politeness]\ndelay = 601", ": politeness.delay = 601: must be 600 or less"),
        ('[politeness]\ndelay = "2"', ': politeness.delay = "2": must be a number'),
        ("[poll]\nshortest = 10", ': poll.shortest = 10: must be minutes, hours or days in quotes, e.g. "10m"'),
        ('[poll]\nlongest = "0h"', ': poll.longest = "0h": must be minutes, hours or days in quotes'),
        ('[poll]\nlongest = "1w"', ': poll.longest = "1w": must be minutes, hours or days in quotes'),
        ('[poll]\nshortest = "61m"\nlongest = "1h"', ": poll.shortest: must not be more than poll.longest"),
        ("article = 1", ": article = 1: must be a table of keys"),
    ],
)
def test_wrong_value_names_key_value_and_allowed(tmp_path: Path, added: str, expected: str) -> None:
    assert expected in fault(tmp_path, added)


def test_every_fault_of_a_file_is_listed(tmp_path: Path) -> None:
    assert len(faults(declare(tmp_path, GOOD + 'kind = 1\ncity = 2\n[article]\nnext = ">"'))) == 3


def test_long_wrong_value_is_cut(tmp_path: Path) -> None:
    assert len(fault(tmp_path, f'timezone = "{"x" * 500}"')) < 250


def test_unknown_key_names_the_close_one(tmp_path: Path) -> None:
    line = fault(tmp_path, '[discover]\nfeed = ["https://a.example/"]')
    assert line == ": discover.feed: no such key; did you mean feeds? Allowed: feeds, sitemaps, pages, links"


def test_key_in_wrong_table_names_the_right_one(tmp_path: Path) -> None:
    assert fault(tmp_path, "feeds = []") == ": feeds: no such key here; it belongs below [discover]"


def test_top_level_key_below_a_table_is_told(tmp_path: Path) -> None:
    line = fault(tmp_path, '[article]\ngroups = ["seed"]')
    assert line == ": article.groups: no such key here; it belongs at the top, before the first [table]"


def test_name_key_is_refused(tmp_path: Path) -> None:
    assert fault(tmp_path, 'name = "lain"') == ": name: the outlet's name is the file's; remove the key"


def test_site_outside_the_domains_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace('["contoh.example"]', '["ntoh.example"]')
    (line,) = faults(declare(tmp_path, text))
    assert line == ': domains = ["ntoh.example"]: must hold the host of site, www.contoh.example, or its parent'


def test_wrong_file_stem_is_told(tmp_path: Path) -> None:
    (line,) = faults(declare(tmp_path, GOOD, "Warta-Contoh.toml"))
    assert line == (
        ": the file's name is the outlet's name and must be lower-case letters, digits and _, "
        "not beginning with _, e.g. bharata.toml"
    )


def test_syntax_error_names_line_and_column(tmp_path: Path) -> None:
    (line,) = faults(declare(tmp_path, 'title = "Warta"\nsite https://contoh.example\n'))
    assert line.startswith(":2:6: not TOML: Expected '='")


def test_syntax_error_at_the_end_has_a_place(tmp_path: Path) -> None:
    (line,) = faults(declare(tmp_path, 'title = "Warta"\ngroups = ["seed"'))
    assert line.startswith(":2:17: not TOML: ")


def test_other_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "contoh.toml"
    path.write_bytes(b'# satu\ntitle = "Caf\xe9"\n')
    assert faults(path) == [":2: not UTF-8; save the file in that encoding"]


def test_unreadable_file_says_why(tmp_path: Path) -> None:
    path = tmp_path / "contoh.toml"
    path.symlink_to(tmp_path / "hilang")
    assert faults(path) == [": cannot be read: No such file or directory"]


def test_path_below_working_directory_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DeclarationError, match=r"^contoh\.toml: title: missing"):
        read_declaration(declare(tmp_path, ""))
