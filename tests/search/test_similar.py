"""More like this: the same on both databases, within what is selected, without copies of what is known."""

from collections.abc import Mapping

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.errors import PantauError, UsageError
from core.text.analyser import analyse
from core.urls import identify
from database.articles import Terms
from database.schema import ArticleTerms, Profile, StoredArticle, Story, Url
from search import similar
from search.query import parse_query
from search.seed_profile import build_profile, count_terms, load_frequencies, similarity
from search.selection import Selection
from search.similar import Example, find_similar, load_example
from tests.database.topics import ABOUT_IT, FAR_FROM_IT, NEAR_IT, SEEDS
from tests.search.articles import SEEN, add_article

ALL = Selection()
MADE_UP: Mapping[str, str] = SEEDS | ABOUT_IT | NEAR_IT | FAR_FROM_IT
FIRST = next(iter(SEEDS))


@pytest.fixture
def ids(session: Session) -> dict[str, int]:
    """The articles by title, every other one of another outlet."""
    stored = {
        title: add_article(
            session, title, text, outlet=("samudra", "lentera")[number % 2], url=f"https://samudra.example/{number}"
        )
        for number, (title, text) in enumerate(MADE_UP.items())
    }
    session.commit()
    return stored


def titles(session: Session, example: Example, selection: Selection = ALL, **options: int) -> list[str | None]:
    return [found.article.title for found in find_similar(session, example, selection, **options)]  # type: ignore[arg-type]


def document(title: str, text: str) -> Example:
    return Example(Terms(analyse(title), analyse(text)))


@pytest.mark.parametrize("title", ["Putin Sambut Utusan Tiongkok di Moskow", "Xi dan Putin Bicara Lewat Telepon"])
def test_articles_about_the_same_come_first(session: Session, ids: dict[str, int], title: str) -> None:
    found = titles(session, load_example(session, str(ids[title])))
    assert {*found[:3]} < SEEDS.keys() | ABOUT_IT.keys()
    assert title not in found
    assert not FAR_FROM_IT.keys() & {*found[:8]}


def test_values_are_those_of_the_formula(session: Session, ids: dict[str, int]) -> None:
    example = load_example(session, str(ids[FIRST]))
    weights = build_profile([count_terms(example.terms)], load_frequencies(session))
    found = find_similar(session, example, ALL, limit=100)
    for one in found:
        words = session.get_one(ArticleTerms, one.article.id)
        assert one.similarity == similarity(count_terms(Terms(words.title, words.body)), weights)
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert len(found) > 8


def test_frequencies_are_the_profiles_where_there_is_one(session: Session, ids: dict[str, int]) -> None:
    counted = load_frequencies(session)
    assert (counted.documents, counted.holding["tiongkok"]) == (len(ids), 10)
    kept = {"made_at": SEEN, "seeds_sha256": "", "articles": 9, "documents": 9, "weights": {}}
    session.execute(insert(Profile).values(**kept, frequencies={"tiongkok": 7}))
    assert load_frequencies(session) == type(counted)(9, {"tiongkok": 7})
    assert titles(session, load_example(session, str(ids[FIRST])))


def test_only_what_is_selected_is_found(session: Session, ids: dict[str, int]) -> None:
    example = load_example(session, str(ids[FIRST]))
    lentera = find_similar(session, example, Selection(outlets=("lentera",)))
    assert {one.article.outlet for one in lentera} == {"lentera"}
    assert titles(session, example, Selection(parse_query('"bulu tangkis"'))) == [
        "Ganda Putra Tumbangkan Wakil Tiongkok"
    ]
    without = titles(session, example, Selection(parse_query("NOT rusia")))
    assert without
    assert not {*without} & {title for title, text in MADE_UP.items() if "Rusia" in title + text}
    assert titles(session, example, Selection(parse_query("gamelan"))) == []
    assert len(titles(session, example, limit=2)) == 2


def test_copies_of_what_is_known_are_left_out(session: Session, ids: dict[str, int]) -> None:
    copies = [add_article(session, f"{title} ({n})", MADE_UP[title]) for title in [*SEEDS][:2] for n in (1, 2)]
    for story, members in ((1, [ids[FIRST], *copies[:2]]), (2, [ids[[*SEEDS][1]], *copies[2:]])):
        session.execute(insert(Story).values(id=story, created_at=SEEN, articles=3, outlets=1))
        session.execute(update(StoredArticle).where(StoredArticle.id.in_(members)).values(story_id=story))
    session.flush()
    example = load_example(session, str(ids[FIRST]))
    alone = [one.article.story_id for one in find_similar(session, example, ALL)]
    assert (alone.count(1), alone.count(2)) == (0, 1)
    everything = [one.article.story_id for one in find_similar(session, example, ALL, copies=True)]
    assert (everything.count(1), everything.count(2)) == (2, 3)
    assert everything[:2] == [1, 1]


def test_a_document_need_not_be_stored(session: Session, ids: dict[str, int]) -> None:
    found = find_similar(session, document("Resep Soto", "Soto ayam dengan serai, daun jeruk dan kuah bening."), ALL)
    assert found[0].article.id == ids["Resep Soto Ayam Kuah Bening"]
    (same,) = find_similar(session, document(FIRST, SEEDS[FIRST]), ALL, limit=1)
    assert same.article.title == FIRST
    assert same.similarity > 0.9


@pytest.mark.usefixtures("ids")
def test_a_document_without_a_word_that_tells_is_like_nothing(session: Session) -> None:
    assert find_similar(session, document("", "Dan 2024 yang lalu"), ALL) == []
    assert find_similar(session, document("Xyzzy", "Plugh"), ALL) == []


def test_in_an_empty_archive_nothing_is_found(session: Session) -> None:
    assert find_similar(session, document(FIRST, SEEDS[FIRST]), ALL) == []


def test_frequent_words_are_looked_up_as_far_as_time_allows(
    session: Session, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    example = load_example(session, str(ids[FIRST]))
    everything = titles(session, example, limit=100)
    monkeypatch.setattr(similar, "_RANKED", 6)
    some = titles(session, example, limit=100)
    assert 0 < len(some) <= 6
    assert {*some} < {*everything}


def test_any_address_of_an_article_names_it(session: Session, ids: dict[str, int]) -> None:
    url = "https://samudra.example/berita/1"
    row = {"identity": identify(url), "url": url, "outlet": "samudra", "state": "stored", "first_seen_at": SEEN}
    session.execute(insert(Url).values(**row, article_id=ids[FIRST]))
    assert load_example(session, "http://samudra.example/berita/1?utm_source=x#isi").article_id == ids[FIRST]
    assert load_example(session, "https://samudra.example/2").article_id == ids[[*MADE_UP][2]]


@pytest.mark.parametrize(
    ("wanted", "error", "told"),
    [
        ("99", PantauError, "there is no article 99; `scrapy search` shows the ids"),
        ("9" * 30, PantauError, "there is no article"),
        ("https://samudra.example/lain", PantauError, "never seen; `scrapy crawl OUTLET`"),
        ("rusia", UsageError, "neither an article's number nor a URL"),
    ],
)
@pytest.mark.usefixtures("ids")
def test_what_is_not_there_is_told(session: Session, wanted: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        load_example(session, wanted)
