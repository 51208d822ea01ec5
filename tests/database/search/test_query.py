import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database.search.query import MAX_LENGTH, MAX_WORDS, QueryError, parse_query
from database.search.tree import And, Node, Not, Or, Phrase, Word

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


@pytest.mark.parametrize("text", ["covid-19", "7,5", "kompas.com", "G20", "Rp1.000", "@a_b"])
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
    ],
)
def test_hostile_queries_meet_a_named_limit(text: str, limit: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert limit in caught.value.problem
    assert len(str(caught.value)) < 400


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
    assert query.wanted() == [("a",), ("kerja", "sama"), ("d",)]


def test_threads_can_parse_at_once() -> None:
    texts = [f'kata{n} AND ("b c" OR -d{n})' for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(parse_query, texts)) == [parse_query(text) for text in texts]


def test_the_parser_loads_silently() -> None:
    code = "from database.search.query import parse_query; parse_query('a AND (b OR c)')"
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
