"""The language as readers use it: queries, and the articles that each of them finds on both databases."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from database.engine import open_database
from search.ast import Not, Query
from search.facets import tally
from search.query import MAX_FIELDS, QueryError, parse_query
from search.results import Counts, count, search
from search.selection import Selection, select_ids, select_ranked
from tests.search.press import ALIASES, PRESS, add_press

NOW = datetime(2024, 9, 20, 12, tzinfo=UTC)


@pytest.fixture
def press(session: Session) -> Session:
    add_press(session)
    return session


def read(query: str) -> Query:
    return parse_query(query, ALIASES, NOW)


def found(session: Session, query: str | Query) -> set[int]:
    selection = Selection(read(query) if isinstance(query, str) else query)
    return set(session.scalars(select_ids(session, selection)))


# Query → the numbers of the articles that a reader of ``PRESS`` finds.
EXPECTED: dict[str, set[int]] = {
    # words and phrases, without and with aliases
    "pertemuan": {1, 14},
    "menteri luar negeri": {1},
    '"luar negeri"': {1, 20},
    "luar negeri": {1, 20},
    '"negeri di luar"': {20},
    "19:30": {16},
    "https://aman.example/lapor?x=1": {19},
    "https://aman.example": {19},
    "2:1": {16},
    "China": {1, 3, 4, 5},
    "RRT rusia": {1, 3, 4, 5},
    "+China": {3, 5},
    '+"china" +rusia': {3},
    "NOT China rusia": set(),
    "-China gempa": {2},
    "rusia -tiongkok": set(),
    "rusia -+tiongkok": {3, 4, 5},
    "Sergei Shoigu": {9, 10, 11},
    '"Sergei Shoigu"': {9, 10, 11},
    '+"Sergei Shoigu"': set(),
    "shoigu latihan": {9},
    "komisi pemberantasan korupsi saksi": {6},
    "KPK": {6, 7},
    "PBB OR KPK": {6, 7, 17, 18},
    "perserikatan bangsa-bangsa": {17, 18},
    "perserikatan AND bangsa-bangsa": {17, 18},
    "(perserikatan) bangsa-bangsa": {17},
    '"presiden china"': set(),
    # beginnings
    "diplom*": {12},
    "rus*": {1, 3, 4, 5},
    "shoy*": {10, 11},
    "pertandingan*": {16},
    "pertand*": set(),
    "rus* -rusia*": {5},
    "BEIJ*": {9, 10, 11},
    "title:diplom*": {12},
    "title:menter*": set(),
    "author:eko*": {1, 2, 4},
    # in the title
    "title:rusia": {3, 5},
    "title:+rusia": {3},
    'title:"rusia naik"': {3},
    'title:"tiba di beijing"': {11},
    'title:"naik nilai"': set(),
    "title:(gempa OR gandum)": {2, 4},
    "title:(wang lavrov)": {1},
    "title:(lavrov -wang)": {14},
    "-title:lavrov lavrov": {13, 15},
    "title:(perserikatan bangsa-bangsa)": {17, 18},
    "TITLE:gempa": {2},
    "rusia title:gandum": {4},
    "title:di": {1, 11, 20},
    "title:(di luar)": {20},
    "title:2:1": {16},
    # authors and sections
    "author:eko": {1, 2, 4},
    'author:"eko satrio"': {1},
    'author:"aminah eko"': {2},
    "author:(eko -satrio)": {2, 4},
    "author:satri*": {1},
    "author:smith": {5},
    "eko": set(),
    "section:ekonomi": {3, 4},
    "section:dunia": {1, 4, 18},
    'section:"ekonomi dunia"': {4},
    "section:dunia author:eko": {1, 4},
    "section:dunia OR author:eko": {1, 2, 4, 18},
    "section:dunia -author:eko": {18},
    "rusia section:ekonomi": {3, 4},
    'rusia -author:"eko satrio"': {3, 4, 5},
    "author:dunia": set(),
    "-author:eko -section:politik china": {3, 5},
    # outlets, languages, origins, stories
    "outlet:antara": {1},
    "outlet:Antara*": {1, 2},
    "outlet:(antara OR antara_daerah)": {1, 2},
    "outlet:lentera sidang": {17, 18},
    "lang:en": {5},
    "lang:ms OR lang:en": {5, 8},
    "-lang:id": {5, 8, 9},
    "origin:seed": {3, 8, 9},
    "origin:seed -beijing": {3},
    "story:1": {10, 11},
    "story:any": {10, 11},
    "story:none beijing": {8, 9},
    "story:999": set(),
    # days
    "date:2024-09-14": {1, 2},
    "date:2023": {6},
    "date:2024-01": {7},
    "date:[2024-09-14 TO 2024-09-15]": {1, 2, 3},
    "date:{2024-09-14 TO 2024-09-15]": {3},
    "date:[2024-09-14 TO 2024-09-15}": {1, 2},
    "date:[2024-09-23 TO *]": {4, 5, 20},
    "date:[* TO 2024-01]": {6, 7},
    "date:[* TO *] lang:ms": set(),
    "date:>=2024-09-30": {4, 5},
    "date:>2024-09": {5},
    "date:<2024": {6},
    "date:<=2024-01-01": {6, 7},
    "date:7d": {1, 2, 3, 4, 5} | set(range(12, 21)),
    "date:(>=2d <=2024-09-20)": {15, 16, 17},
    "date:12h": {4, 5, 17, 18, 19, 20},
    "-date:2024": {6, 8},
    "rusia date:2024-09": {1, 3, 4},
    # likeness to the seeds
    "similarity:>0.8": {1, 3},
    "similarity:>=0.8": {1, 3, 9},
    "similarity:[0,3 TO 0.5]": {4, 5},
    "similarity:{0.3 TO 0.5]": {5},
    "similarity:<0.1": {7},
    "similarity:<=0.1 -gempa": {7},
    "-similarity:[0 TO 1] lang:id beijing": {10, 11},
    # near
    "near(wang, lavrov, 10)": {1, 13, 15},
    "near(lavrov, wang, 9)": {1, 15},
    "near(lavrov, wang)": {1, 13, 15},
    '"wang lavrov"~2': {1, 15},
    '"wang lavrov"~1': set(),
    "near(wang, lavrov, putin, 2)": {15},
    "near(bertemu, menteri, 1)": {1},
    "title:near(wang, lavrov, 2)": {1},
    'title:"lavrov wang"~2': {1},
    "near(china, rusia, 1)": {3, 5},
    "+near(china, rusia, 3)": {3},
    "near(G20, ditutup, 1)": {20},
    'near("luar negeri", lavrov, 3)': {1},
    "near(pertemuan, bertemu, 1)": {1, 14},
    "near(wang, lavrov, 5) -near(yi, lavrov, 2)": {15},
    "lavrov NOT near(wang, lavrov, 10)": {14},
    "near(wang, lavrov, 5) OR gempa": {1, 2, 15},
    "gempa OR (lavrov NOT (near(wang, lavrov, 5) OR jauh))": {2, 14},
    # all of it mixed
    "outlet:antara OR title:gempa": {1, 2},
    "(outlet:antara OR title:gempa) author:eko": {1, 2},
    "NOT date:2024 korupsi": {6},
    "outlet:samudra (rusia OR author:eko OR story:any)": {3, 4, 11},
    "NOT (outlet:samudra OR outlet:cakrawala OR outlet:lentera)": {1, 2, 9},
    "NOT (outlet:lentera lang:id) date:2024-10": {5},
    "NOT (outlet:samudra rusia) lavrov OR gandum": {1, 13, 14, 15},
    "(lang:en OR near(wang, lavrov, 2)) -origin:seed": {1, 5, 15},
    "lang:id -(section:dunia OR section:politik) (rusia OR -outlet:lentera) date:2024-09-15": {3},
    "yang outlet:antara": set(),
    "di outlet:antara": {1},
}  # fmt: skip


def test_queries_find_the_same_on_both_databases(press: Session) -> None:
    assert len(EXPECTED) >= 80
    answers = {query: found(press, query) for query in EXPECTED}
    assert answers == EXPECTED


def test_list_count_and_tally_agree(press: Session) -> None:
    for query, ids in EXPECTED.items():
        selection = Selection(read(query))
        listed = search(press, selection, limit=None)
        told = tally(press, selection)
        numbers = Counts(len(listed.hits), len(ids))
        assert numbers == count(press, selection), query
        assert (numbers.total, numbers.with_copies) == (listed.total, listed.with_copies), query
        assert (numbers.total, numbers.with_copies) == (told.total, told.with_copies), query


def test_a_query_and_its_opposite_part_the_archive(press: Session) -> None:
    for query, ids in EXPECTED.items():
        assert found(press, f"NOT ({query})") == set(range(1, len(PRESS) + 1)) - ids, query


def test_words_rank_what_else_is_found_beside_them(press: Session) -> None:
    hits = search(press, Selection(read("(outlet:lentera date:2024) OR title:rusia"))).hits
    ranks = {hit.article.id: hit.rank for hit in hits}
    assert {article_id for article_id, rank in ranks.items() if rank > 0} == {3, 5}
    assert [hit.article.id for hit in hits][2:] == [18, 17, 16, 7]


def test_what_has_no_words_comes_newest_first(press: Session) -> None:
    hits = search(press, Selection(read("author:eko outlet:(samudra OR antara OR antara_daerah)"))).hits
    assert [(hit.article.id, hit.rank) for hit in hits] == [(4, 0), (2, 0), (1, 0)]


def test_hits_show_beginnings_near_words_and_aliases(press: Session) -> None:
    shown = {
        query: marked(press, query)
        for query in ("diplom*", '"lavrov wang"~2 putin', "tiongkok title:rusia date:2024-09-15")
    }
    assert shown == {
        "diplom*": (["Diplomasi", "Diplomat"], ["diplomat"]),
        '"lavrov wang"~2 putin': ([], ["Lavrov", "Putin", "Wang"]),
        "tiongkok title:rusia date:2024-09-15": (["China", "Rusia"], []),
    }


def marked(session: Session, query: str) -> tuple[list[str], list[str]]:
    """What is highlighted in the first hit's title and snippet."""
    hit = search(session, Selection(read(query))).hits[0]
    title, part = hit.article.title or "", hit.snippet
    return [title[a:b] for a, b in hit.title_highlights], [part.text[a:b] for a, b in part.highlights]


MANY = " OR ".join(f"outlet:a{number} title:x{number}" for number in range(MAX_FIELDS // 4))


@pytest.mark.parametrize(
    "query",
    [
        MANY,
        f"NOT ({MANY}) china",
        " ".join(f"-near(china, beijing, pbb, rusia{'x' * number}, {number + 1})" for number in range(8)),
        " OR ".join(f"china moskow{'x' * number}" for number in range(40)),
        f"{'NOT (' * 17}outlet:a OR title:gempa OR author:eko{')' * 17}",
        " OR ".join(f"abc{chr(97 + number % 26)}{number % 7 * 'x'}*" for number in range(200)),
        "story:999999999999999999 OR gempa",
        "similarity:[0.00000000000000000001 TO 1]",
    ],
)
def test_the_largest_queries_are_answered(press: Session, query: str) -> None:
    assert found(press, query) | found(press, f"NOT ({query})") == set(range(1, len(PRESS) + 1))


PARTS = st.sampled_from(
    ["china", "gempa", "di", "rus*", '"luar negeri"', '"wang lavrov"~3', "near(wang, lavrov, 5)", "near(", "title:",
     "author:", "section:", "outlet:", "lang:", "origin:", "story:", "date:", "similarity:", "eko", "antara*", "id",
     "seed", "any", "1", "2024", "2024-09-14", "7d", ">=2024", ">0.3", "[", "{", "]", "}", " TO ", "*", " AND ", " OR ",
     " NOT ", " ", " ", "(", ")", "-", "+", '"', "~", "~3", "^2", ":", "/", "\\", "'", "京", "🙂", "\0", "\ue000",
     "https://a.id/b?c=1", "12:30"]
)  # fmt: skip


@pytest.fixture
def reader(engine: Engine) -> Session:
    with Session(engine) as session:
        add_press(session)
        session.commit()
    return Session(engine)


@given(query=st.lists(PARTS, max_size=12).map("".join))
@example(query='title:near(wang, "luar negeri", 3) OR -author:(eko "eko satrio") date:[* TO *]')
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_understood_is_answered(reader: Session, query: str) -> None:
    understood = None
    with suppress(QueryError):
        understood = read(query)
    if understood is not None:
        opposite = Query("", Not(understood.root))
        with reader:
            ids = found(reader, understood)
            assert found(reader, opposite) == set(range(1, len(PRESS) + 1)) - ids


def test_an_index_of_words_is_read_first(tmp_path: Path) -> None:
    """Were an article's words looked up one article after the other, each would cost what all of them cost."""
    engine = open_database(f"sqlite:///{tmp_path}/arsip.db")
    with Session(engine) as session:
        for query in ("china author:eko", "china outlet:a story:1", "china (title:gempa OR outlet:a) -author:eko"):
            statement = select_ranked(session, Selection(read(query)))
            compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
            plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
            assert plan[0].startswith("SCAN article_index VIRTUAL TABLE"), query
            assert not any("=" in step.partition("VIRTUAL TABLE INDEX")[2] for step in plan), query
            assert any("articles USING COVERING INDEX ix_articles_found" in step for step in plan), query
    engine.dispose()
