import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ast import And, Begins, Is, Near, Node, Not, Or, Phrase, Prefix, Published, Similar, Word
from search.query import MAX_FIELDS, MAX_LENGTH, MAX_WORDS, QueryError, parse_query
from tests.search.articles import JAKARTA

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("pertemuan", Word("temu")),
        ("a b", And((A, B))),
        ("a AND b OR c", Or((And((A, B)), C))),
        ("a b OR c", And((A, Or((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a NOT b", And((A, Not(B)))),
        ("a -b", And((A, Not(B)))),
        ("NOT a", Not(A)),
        ("a OR NOT b", Or((A, Not(B)))),
        ('"kerja sama"', Phrase(("kerja", "sama"))),
        ("“kerja sama”", Phrase(("kerja", "sama"))),
        ("Apa?", Word("apa")),
        ("'a' /b/ c/", And((A, B, C))),
        ("a ??? b", And((A, B))),
        ("a NOT ???", A),
        (r"a\:b", Phrase(("a", "b"))),
    ],
)
def test_queries_become_trees(text: str, root: Node) -> None:
    assert parse_query(text).root == root


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("Diplom*", Prefix("diplom")),
        ("title:diplom*.", Prefix("diplom", "title")),
        ("pembangun*", Or((Prefix("pembangun"), Word("bangun")))),
        ("202*", Prefix("202")),
        (
            'title:(a "b c" OR -d)',
            And((Word("a", "title"), Or((Phrase(("b", "c"), "title"), Not(Word("d", "title")))))),
        ),
        ("Author:a section:b c", And((Word("a", "author"), Word("b", "section"), C))),
        ("near(a, b)", Near((("a",), ("b",)), 10)),
        ("NEAR(b,a,3)", Near((("b",), ("a",)), 3)),
        ('"a b c"~50', Near((("a",), ("b",), ("c",)), 50)),
        ("title:near(a, b, 3)", Near((("a",), ("b",)), 3, "title")),
        ("near(pertemuan, bertemu, 3)", Word("temu")),
        ('near("a b", c, 3)', And((Near((("a",), ("b",), ("c",)), 4), Phrase(("a", "b"))))),
        ("near(G20, c, 3)", And((Near((("g",), ("20",), ("c",)), 4), Phrase(("g", "20"))))),
        ("near (a)", And((Word("near"), A))),
        ("outlet:Antara", Is("outlet", "antara")),
        ('outlet:"antara"', Is("outlet", "antara")),
        ("outlet:anta*", Begins("outlet", "anta")),
        ("lang:(ID OR ms)", Or((Is("language", "id"), Is("language", "ms")))),
        ("-origin:seed", Not(Is("origin", "seed"))),
        ("story:12 OR story:any", Or((Is("story_id", 12), Is("story_id", None)))),
        ("story:none", Not(Is("story_id", None))),
        ("similarity:>0.3", Similar(0.3, None, with_low=False)),
        ("similarity:<=1", Similar(None, 1.0)),
        ("similarity:[0,25 TO *}", Similar(0.25, None, with_high=False)),
        ("https://a.example/b?c=1", Phrase(("https", "a", "example", "b", "c", "1"))),
        ("-12:30", Not(Phrase(("12", "30")))),
    ],
)
def test_fields_and_functions_become_nodes(text: str, root: Node) -> None:
    assert parse_query(text).root == root


@pytest.mark.parametrize(
    ("text", "start", "stop"),
    [
        ("date:2024", "2024-01-01", "2025-01-01"),
        ("date:2024-12", "2024-12-01", "2025-01-01"),
        ("date:2024-02-29", "2024-02-29", "2024-03-01"),
        ('date:"2024-02-29"', "2024-02-29", "2024-03-01"),
        ("date:[2024-09-01 TO 2024-09-30]", "2024-09-01", "2024-10-01"),
        ("date:{2024-09-01 TO 2024-09-30}", "2024-09-02", "2024-09-30"),
        ("date:[2024-09 TO *]", "2024-09-01", None),
        ("date:[* TO 2024-09]", None, "2024-10-01"),
        ("date:>2024-09", "2024-10-01", None),
        ("date:>=2024-09", "2024-09-01", None),
        ("date:<2024-09", None, "2024-09-01"),
        ("date:<=2024-09", None, "2024-10-01"),
        ("date:>=2024-09-01T12:30", "2024-09-01T12:30", None),
        ("date:0d", "2024-09-21", None),
        ("date:7d", "2024-09-14", None),
        ("date:<7d", None, "2024-09-14"),
        ("date:12h", "2024-09-20T14:00", None),
    ],
)
def test_days_are_those_of_jakarta(text: str, start: str | None, stop: str | None) -> None:
    now = datetime(2024, 9, 20, 19, 30, tzinfo=UTC)  # 02:30 of the next day in Jakarta
    expected = [datetime.fromisoformat(day).replace(tzinfo=JAKARTA) if day else None for day in (start, stop)]
    assert parse_query(text, now=now).root == Published(*expected)


@pytest.mark.parametrize("text", ["covid-19", "7,5", "kompas.com", "G20", "Rp1.000", "@a_b", "19:30", "http://a.id"])
def test_words_written_together_are_phrases(text: str) -> None:
    assert isinstance(parse_query(text).root, Phrase)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("menteri di Moskow", And((Word("menteri"), Word("moskow")))),
        ("yang di", And((Word("yang"), Word("di")))),
        ("yang -a", And((Word("yang"), Not(A)))),
        ('"menteri di Moskow"', Phrase(("menteri", "di", "moskow"))),
        ("a +yang", And((A, Phrase(("yang",))))),
        ("a OR yang", Or((A, Word("yang")))),
    ],
)
def test_stop_words_go_only_where_others_stay(text: str, root: Node) -> None:
    assert parse_query(text).root == root


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, "no word"),
        ("  ??? ", 1, "no word"),
        ("(a b", 1, "never closed"),
        ("a b)", 4, "never opened"),
        ('a "b c', 3, "quotation mark"),
        ("a AND", 6, "missing after 'AND'"),
        ("a OR OR b", 6, "'OR' cannot stand here"),
        ("AND a", 1, "'AND' cannot stand here"),
        ("a ()", 4, "')' cannot stand here"),
        ("a -", 4, "missing after '-'"),
        ("b judul:a", 3, "no field 'judul'"),
        ("a p*tem", 3, "every form of a word"),
        ("a pe*", 3, "at least 3 letters"),
        ("a b~2", 3, "'~' means nothing"),
        ("[a TO b]", 1, "'[… TO …]' means nothing"),
        ("title:[a TO b]", 7, "'[… TO …]' means nothing"),
        (
            "a Presiden: b",
            3,
            "there is no field 'Presiden'; to look for the words, put them in quotes (title:, author:,",
        ),
        ("title:(a author:b)", 10, "author: inside title:"),
        ("title:", 7, "missing after 'title:'"),
        ("a *", 3, "needs at least 3 letters"),
        ("a1*", 1, "needs at least 3 letters"),
        ("a?bcd*", 1, "end of a word only"),
        ("abc**", 1, "end of a word only"),
        ("a b?c", 3, "'?' does not stand for a letter"),
        ("near(rusia, gandum, 3)~2", 5, "nothing like '~'"),
        ("near(a)", 1, "near takes 2 to 5 words, e.g. near(wang, lavrov, 10)"),
        ("near(a, b, c, d, e, f, 9)", 1, "near takes 2 to 5 words"),
        ("a near(a, b, 0)", 3, "whole number from 1 to 50"),
        ('"a b"~51', 1, "whole number from 1 to 50"),
        ("near(a, ?, 3)", 1, "a word where '?' stands"),
        ("near(a, (b), 3)", 1, "words and a number only"),
        ("author:near(a, b)", 8, "near means nothing in author:"),
        ("a outlet:x!y", 10, "outlet: takes a name of lower-case letters"),
        ("outlet:>a", 8, "outlet: takes a name"),
        ("lang:indonesia", 6, "lang: takes a code of two or three letters"),
        ("origin:web", 8, "origin: takes seed or crawl"),
        ("story:x", 7, "story: takes a story's number"),
        ("date:kemarin", 6, "date: takes a day (2024-09-14), a month"),
        ("date:2024-13", 6, "date: takes a day"),
        ("date:[2024-09-30 TO 2024-09-01]", 6, "nothing lies between 2024-09-30 and 2024-09-01"),
        ("date:2024-09-01T12:30", 6, "write date:>= or date:< before a time"),
        ("similarity:0.3", 12, "similarity: takes a bound from 0 to 1"),
        ("similarity:>30", 12, "similarity: takes a bound from 0 to 1"),
        ("similarity:[-1 TO 1]", 12, "similarity: takes a bound from 0 to 1"),
        ("similarity:[1 TO 0.5]", 12, "nothing lies between 1 and 0.5"),
    ],
)
def test_errors_say_where_and_what(text: str, column: int, problem: str) -> None:
    with pytest.raises(QueryError, match="query, column") as caught:
        parse_query(text)
    assert caught.value.column == column
    assert problem in caught.value.problem
    caret = str(caught.value).splitlines()[-1]
    assert caret.index("^") == column + 1


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("x" * (MAX_LENGTH + 1), "characters"),
        ("kata " * (MAX_WORDS + 1), f"more than {MAX_WORDS} words"),
        (f'"{"1,2 " * MAX_WORDS}"', f"more than {MAX_WORDS} words"),
        ("(" * 4000 + "a" + ")" * 4000, "parentheses inside each other"),
        ("NOT " * 2000 + "a", "operators inside each other"),
        ("-" * 9000 + "a", "operators inside each other"),
        ("title:" * 1600 + "a", "no field may stand inside another"),
        ("outlet:a " * (MAX_FIELDS // 2 + 1), f"more than {MAX_FIELDS} fields"),
        ("abc* " * (MAX_WORDS + 1), f"more than {MAX_WORDS} words"),
        ("near(a, b) " * MAX_WORDS, f"more than {MAX_WORDS} words"),
        ("a " + "b:" * 4000, "something is missing after"),
    ],
)
def test_hostile_queries_meet_a_named_limit(text: str, limit: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert limit in caught.value.problem
    assert len(str(caught.value)) < 400


def test_the_caret_stands_below_letters_of_any_width() -> None:
    with pytest.raises(QueryError) as failed:
        parse_query("北京 (gandum")
    assert (failed.value.column, str(failed.value).splitlines()[-1]) == (4, "       ^")


@given(st.text(st.sampled_from("ab \"()\\+-:*?~^[]{}<>/'’.,&|!\n\tANDORNOT京é\x00")))
def test_any_text_is_a_query_or_an_error(text: str) -> None:
    columns = range(1, len(text) + 2)
    try:
        column = 1 if parse_query(text).root else 0
    except QueryError as error:
        column = error.column
    assert column in columns


def test_wanted_words_leave_out_what_is_negated() -> None:
    query = parse_query('a "kerja sama" -b NOT (c OR NOT d) a')
    assert query.phrases() == [("a",), ("kerja", "sama"), ("d",)]


def test_wanted_are_the_words_of_title_and_body() -> None:
    query = parse_query('title:a author:b section:"c d" outlet:e abc* near(f, g, 3) date:2024')
    assert query.phrases() == [("a",), ("abc*",), ("f",), ("g",)]


def test_threads_can_parse_at_once() -> None:
    texts = [f'kata{n} AND ("b c" OR -d{n})' for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(parse_query, texts)) == [parse_query(text) for text in texts]


@pytest.mark.process
def test_the_parser_loads_silently() -> None:
    code = "from search.query import parse_query; parse_query('a AND (b OR c)')"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
