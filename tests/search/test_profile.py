"""What texts are about, as numbers: by the formula, whatever the order, the same everywhere."""

from collections import Counter
from math import log, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.analyser import analyse
from database.articles import Terms
from search.seed_profile import BEST, Frequencies, build_profile, count_terms, similarity
from tests.database.topics import ABOUT_IT, FAR_FROM_IT, NEAR_IT, SEEDS

TERMS = st.sampled_from(
    ["rusia", "tiongkok", "brics", "moskow", "sawah", "kiper", "gol", "menang", "sungai", "hujan", "ayam", "soto"]
)
TEXTS = st.lists(TERMS, max_size=30)


def words(title: str, text: str) -> Counter[str]:
    return count_terms(Terms(analyse(title), analyse(text)))


def counted(*texts: Counter[str]) -> Frequencies:
    return Frequencies(len(texts), Counter(term for text in texts for term in text))


def weigh(seeds: list[list[str]], df: dict[str, int], documents: int) -> dict[str, float]:
    """The profile by the textbook, one term after the other."""
    total: dict[str, float] = {}
    for seed in seeds:
        vector = {}
        for term in set(seed):
            vector[term] = (1 + log(seed.count(term))) * log(1 + documents / df.get(term, 1))
        length = sqrt(sum(weight**2 for weight in vector.values()))
        for term, weight in vector.items():
            total[term] = total.get(term, 0) + weight / length
    length = sqrt(sum(weight**2 for weight in total.values()))
    return {term: weight / length for term, weight in total.items()}


def cosine(article: list[str], weights: dict[str, float]) -> float:
    vector = {term: 1 + log(article.count(term)) for term in set(article)}
    lengths = sqrt(sum(weight**2 for weight in vector.values())) * sqrt(sum(weight**2 for weight in weights.values()))
    return sum(weight * weights.get(term, 0) for term, weight in vector.items()) / lengths if lengths else 0.0


@given(st.lists(TEXTS, max_size=5), TEXTS, st.dictionaries(TERMS, st.integers(1, 50)))
def test_numbers_are_those_of_the_formula(seeds: list[list[str]], article: list[str], df: dict[str, int]) -> None:
    expected = weigh([seed for seed in seeds if seed], df, 50)
    weights = build_profile(map(Counter, seeds), Frequencies(50, df))
    assert weights == pytest.approx(expected, abs=2e-6)
    assert similarity(Counter(article), weights) == pytest.approx(cosine(article, expected), abs=1e-5)


@given(st.lists(TEXTS, max_size=5), TEXTS, st.randoms())
def test_order_changes_nothing(seeds: list[list[str]], article: list[str], random: Random) -> None:
    known = counted(*map(Counter, seeds))
    weights = build_profile(map(Counter, seeds), known)
    value = similarity(Counter(article), weights)
    for text in (*seeds, article):
        random.shuffle(text)
    random.shuffle(seeds)
    again = build_profile(map(Counter, seeds), known)
    assert list(again.items()) == list(weights.items())
    assert similarity(Counter(article), again) == value
    assert 0 <= value <= 1


def test_a_text_is_entirely_like_itself_where_no_term_is_rarer() -> None:
    text = Counter(["rusia", "tiongkok", "brics"])
    assert similarity(text, build_profile([text], counted(text))) == 1


def test_what_has_no_terms_is_like_nothing() -> None:
    text = Counter(["rusia", "tiongkok"])
    assert similarity(Counter(), build_profile([text], counted(text))) == 0
    assert build_profile([Counter(), count_terms(Terms("yang dan", "2024 di 7"))], counted(text)) == {}
    assert build_profile([text], Frequencies(0, {})) == {}
    assert similarity(text, {}) == 0


def test_title_counts_three_times_and_figures_and_everyday_words_do_not() -> None:
    counts = count_terms(Terms("rusia 2024", "rusia dan tiongkok kata 14 september"))
    assert counts == {"rusia": 4, "tiongkok": 1}


def test_a_profile_keeps_the_heaviest_terms() -> None:
    often = [f"a{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(BEST)]
    seed = Counter(often * 2 + [f"z{term}" for term in often])
    assert sorted(build_profile([seed], counted(seed))) == sorted(often)


@pytest.mark.parametrize("background", [{}, FAR_FROM_IT | NEAR_IT], ids=["seeds alone", "more is stored"])
def test_diplomacy_comes_before_sports(background: dict[str, str]) -> None:
    seeds = [words(*seed) for seed in SEEDS.items()]
    weights = build_profile(seeds, counted(*seeds, *(words(*article) for article in background.items())))
    about, near, far = (
        [similarity(words(*article), weights) for article in articles.items()]
        for articles in (ABOUT_IT, NEAR_IT, FAR_FROM_IT)
    )
    assert min(about) > 0.3
    assert min(about) > max(near) + 0.1
    assert max(far) < 0.1


def test_what_the_seeds_are_about_leads_though_nothing_else_is_stored() -> None:
    seeds = [words(*seed) for seed in SEEDS.items()]
    leading = [*build_profile(seeds, counted(*seeds))][:6]
    assert {*leading[:2]} == {"rusia", "tiongkok"}
    assert {*leading[2:]} <= {"aman", "beijing", "brics", "hubung", "lavrov", "moskow", "strategis"}
