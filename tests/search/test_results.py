from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.text.analyser import analyse
from database.engine import open_database
from search.ast import Query, Word
from search.export import export_records
from search.query import MAX_WORDS, parse_query
from search.results import Results, search
from search.selection import Selection
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import ARTICLES, JAKARTA, add_article, add_articles


@pytest.fixture
def archive(session: Session) -> Session:
    add_articles(session)
    return session


def ask(session: Session, query: str, limit: int | None = None) -> Results:
    return search(session, Selection(parse_query(query)), limit=limit)


def found(session: Session, query: str) -> set[int]:
    return {hit.article.id for hit in ask(session, query).hits}


# Query → the numbers of the articles that a reader of ``ARTICLES`` finds.
EXPECTED: dict[str, set[int]] = {
    "pertemuan": {1, 4, 22, 24},
    "bertemu": {1, 4, 22, 24},
    "ita": set(),
    "berita": {18},
    '"kerja sama"': {1, 2, 33},
    "kerja sama": {1, 2, 32, 33},
    '"luar negeri"': {1, 24},
    "luar negeri": {1, 24, 39},
    '"menteri pertahanan" Rusia': {22},
    "rusia": {7, 9, 10, 22, 26},
    "rusia tiongkok": {7, 26},
    "rusia OR tiongkok": {7, 8, 9, 10, 22, 26},
    "rusia -tiongkok": {9, 10, 22},
    "rusia NOT (gandum OR menteri)": {7, 10, 26},
    "wang AND lavrov": {23, 24},
    "(wang OR rusia) menteri": {9, 22, 24},
    "rusia tiongkok OR gandum": {7, 9, 26},
    '"7,5"': {3},
    "7,5": {3},
    "G20": {4},
    "g-20": {4},
    "covid-19": {5},
    "Jum’at": {6},
    "jumat": {6},
    "PBB": {7, 25},
    "negara-negara": {1, 12, 16},
    "Rp 1.000.000.000": {13},
    "kompas.example": {14},
    "redaksi@kompas.example": {14},
    "cafe": {15},
    "ERDOGAN": {16},
    "москва": {17},
    "北京": {17},
    "5.6": {20},
    "90+2": {27},
    "2-1": {28},
    "x1e5": {29},
    "3.11.7": {29},
    "007": {30},
    "agen_007": {30},
    "e-ktp": {31},
    '"warga pulang ke kampung"': {11},
    "warga di kampung": {11},
    '"bersih untuk desa"': {35},
    "layang-layang": {38},
    "tulisan": {17, 32, 34},
}
COMPLEMENTS: dict[str, set[int]] = {
    "NOT rusia": {7, 9, 10, 22, 26},
    "-rusia -tiongkok": {7, 8, 9, 10, 22, 26},
    "gandum OR NOT rusia": {7, 10, 22, 26},
    "NOT (rusia NOT gandum)": {7, 10, 22, 26},
    "NOT rusia OR NOT tiongkok": {7, 26},
}
ALL = set(range(1, len(ARTICLES) + 1))


def test_queries_find_the_same_on_both_databases(archive: Session) -> None:
    answers = {query: found(archive, query) for query in EXPECTED}
    assert answers == EXPECTED


def test_not_may_stand_anywhere(archive: Session) -> None:
    answers = {query: found(archive, query) for query in COMPLEMENTS}
    assert answers == {query: ALL - missing for query, missing in COMPLEMENTS.items()}


def test_counts_equal_lists_and_exports(archive: Session) -> None:
    for query in [*EXPECTED, *COMPLEMENTS]:
        listed = ask(archive, query)
        records = list(export_records(archive, Selection(parse_query(query))))
        assert listed.total == len(listed.hits) == len(records), query
        assert ask(archive, query, limit=1).total == listed.total, query


def test_title_and_body_do_not_make_one_phrase(archive: Session) -> None:
    assert found(archive, '"beras naik"') == {3}
    assert found(archive, '"persen pedagang"') == set()


def test_titles_weigh_more_than_bodies(session: Session) -> None:
    in_body = add_article(session, "Kabar sore", "Gempa terjadi di pesisir utara tadi pagi.")
    in_title = add_article(session, "Gempa utara", "Getaran terjadi di pesisir utara tadi pagi.")
    for number in range(8):
        add_article(session, f"Lain {number}", f"Naskah nomor {number} tentang hal lain.")
    assert [hit.article.id for hit in ask(session, "gempa").hits] == [in_title, in_body]


def test_equal_ranks_come_newest_first(session: Session) -> None:
    day = datetime(2024, 9, 1, tzinfo=JAKARTA)
    text = "Banjir merendam kota."
    ids = [
        add_article(session, None, text, published_at=at)
        for at in (day, None, day + timedelta(days=2), day + timedelta(days=1), day + timedelta(days=2))
    ]
    assert [hit.article.id for hit in ask(session, "banjir").hits] == [ids[n] for n in (4, 2, 3, 0, 1)]


def test_negated_queries_come_newest_first(archive: Session) -> None:
    assert [hit.article.id for hit in ask(archive, "NOT rusia", limit=3).hits] == [41, 40, 39]


def test_limit_keeps_the_best_and_the_total(archive: Session) -> None:
    everything, best = ask(archive, "rusia"), ask(archive, "rusia", limit=2)
    assert [hit.article.id for hit in best.hits] == [hit.article.id for hit in everything.hits[:2]]
    assert best.total == 5
    assert all(hit.rank > 0 for hit in best.hits)


def test_outlets_narrow_the_answer(archive: Session) -> None:
    rusia = parse_query("rusia")
    one = search(archive, Selection(rusia, outlets=("cakrawala",)))
    two = search(archive, Selection(rusia, outlets=("cakrawala", "samudra")))
    assert ({hit.article.id for hit in one.hits}, two.total) == ({22, 26}, 5)


def test_periods_are_half_open_and_hold_no_undated(archive: Session) -> None:
    since, until = datetime(2024, 9, 7, tzinfo=JAKARTA), datetime(2024, 9, 11, 22, tzinfo=JAKARTA)
    rusia = parse_query("rusia")
    assert {hit.article.id for hit in search(archive, Selection(rusia, since=since)).hits} == {7, 9, 22, 26}
    assert {hit.article.id for hit in search(archive, Selection(rusia, since=since, until=until)).hits} == {7, 9}


def test_a_selection_without_a_query_lists_all(archive: Session) -> None:
    results = search(archive, Selection(), limit=2)
    assert (results.total, [hit.article.id for hit in results.hits]) == (len(ARTICLES), [41, 40])


def test_hits_show_why_they_were_found(archive: Session) -> None:
    hit = ask(archive, "kunjungan Erdoğan").hits[0]
    title, snippet = hit.article.title or "", hit.snippet
    assert [title[start:end] for start, end in hit.title_highlights] == ["Erdoğan"]
    assert [snippet.text[start:end] for start, end in snippet.highlights] == ["Erdogan", "kunjungan"]


def test_the_longest_queries_are_answered(archive: Session) -> None:
    words = [f"kata{'x' * (number % 7)}{chr(97 + number % 26)}" for number in range(MAX_WORDS)]
    for operator in (" ", " OR ", " OR -"):
        assert ask(archive, operator.join(words)).total in {0, len(ALL)}


def test_many_hits_come_in_order(session: Session) -> None:
    ids = [add_article(session, None, "Banjir merendam kota.") for _ in range(1203)]
    assert [hit.article.id for hit in ask(session, "banjir").hits] == ids[::-1]


ODD_TEXTS = [
    "7,5", "1e5", "-5", "+62", "3.11.7", "007", "0x1F", "10%", "½", "m²", "kompas.com", "https://a.example/b-c?d=1&e=2",
    "a@b.example", "covid-19", "Covid19", "nama_berkas", "/usr/bin", "Jum'at", "Qur’an", "d'Arcy", "@istana", "#tagar",
    "AT&T", "C++", "R&D", "S-1", "Rp1.000,00", "12:30", "2024-09-01", "ke-19", "non-blok", "negara-negara", "KTP-nya",
    "Café", "Straße", "İstanbul", "Москва", "Ελλάδα", "中国外交部", "東京タワー", "서울", "القاهرة", "ירושלים", "ไทย",
    "हिन्दी", "ꦗꦮ", "ᮞᮥᮔ᮪ᮓ", "ĳ", "ŉ", "ﬁ", "Ⅷ", "𝐁𝐞𝐫𝐢𝐭𝐚", "a\u0301b", "x\u00ady", "<b>", "&amp;", "'';--", "a:b",
    "a|b", "!x", "Ꭰ", "ⴀ", "ß", "ſ", "K", "x" * 300, "京" * 300,
]  # fmt: skip


def test_every_kind_of_word_is_found_as_written(session: Session) -> None:
    ids = {text: add_article(session, None, f"awal {text} akhir") for text in ODD_TEXTS}
    queries = {text: f'"awal {text} akhir"' for text in ODD_TEXTS}
    assert [text for text in ODD_TEXTS if ids[text] not in found(session, queries[text])] == []


def test_every_term_is_one_token_of_the_index(session: Session) -> None:
    terms = {add_article(session, None, text): set(analyse(text).split()) for text in ODD_TEXTS}
    for term in set().union(*terms.values()):
        results = search(session, Selection(Query(term, Word(term))))
        having = {article_id for article_id, words in terms.items() if term in words}
        assert {hit.article.id for hit in results.hits} == having, term


def test_the_largest_article_can_be_stored(session: Session) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    rubbish = " ".join(
        f"京{letters[n % 26]}{letters[n // 26 % 26]}{letters[n // 676]}{'語' * 60}" for n in range(17_000)
    )
    article_id = add_article(session, "Judul " * 100, rubbish)
    assert article_id in found(session, "judul")


def test_both_databases_rank_the_clearest_first(archive: Session) -> None:
    assert ask(archive, '"menteri pertahanan" rusia OR beijing').hits[0].article.id == 22


def test_a_database_file_answers_while_it_is_read_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/arsip.db"
    engine = open_database(url)
    with Session(engine) as session:
        add_articles(session)
    engine.dispose()
    reader: Engine = open_database(url, read_only_ok=True)
    with Session(reader) as session:
        assert ask(session, "gandum").total == 1
    reader.dispose()


@pytest.fixture
def copies(session: Session) -> Session:
    """Stories of 1 to 3 and of 4 and 5, and two articles without one; 4 and 7 match best."""
    for number in range(1, 8):
        title = "Gandum gandum" if number in {4, 7} else "Berita"
        add_copy(session, "samudra", TEN + timedelta(hours=number), title, text="Gandum tiba.")
    add_story(session, [1, 2, 3])
    add_story(session, [4, 5])
    return session


def test_of_each_story_the_best_hit_is_listed(copies: Session) -> None:
    found = ask(copies, "gandum")
    assert [hit.article.id for hit in found.hits] == [7, 4, 6, 3]
    assert (found.total, found.with_copies) == (4, 7)


def test_copies_are_listed_when_wanted(copies: Session) -> None:
    found = search(copies, Selection(parse_query("gandum")), copies=True)
    assert [hit.article.id for hit in found.hits] == [7, 4, 6, 5, 3, 2, 1]
    assert (found.total, found.with_copies) == (7, 7)


def test_the_limit_counts_stories(copies: Session) -> None:
    found = ask(copies, "gandum", limit=3)
    assert [hit.article.id for hit in found.hits] == [7, 4, 6]
    assert (found.total, found.with_copies) == (4, 7)


def test_copies_outside_the_selection_do_not_stand_for_their_story(copies: Session) -> None:
    until = TEN + timedelta(hours=3)
    found = search(copies, Selection(parse_query("NOT tiada"), until=until))
    assert ([hit.article.id for hit in found.hits], found.total, found.with_copies) == ([2], 1, 2)
