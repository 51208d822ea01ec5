import math
from collections import Counter
from datetime import UTC, datetime

import pytest

from core.formatting import format_share
from health.measures import Measures, add_to_quarter, find_median_length, read_quarters
from health.statistics import format_usual_range, probability_of_at_least, probability_of_at_most, probability_of_share

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)


def test_counts_are_poisson_s_without_dispersion() -> None:
    assert probability_of_at_most(0, 10, 1) == pytest.approx(math.exp(-10))
    assert probability_of_at_most(2, 3, 1) == pytest.approx(math.exp(-3) * (1 + 3 + 4.5))
    assert probability_of_at_least(3, 3, 1) == pytest.approx(1 - probability_of_at_most(2, 3, 1))
    assert probability_of_at_least(0, 3, 1) == probability_of_at_most(0, 0, 1) == 1


def test_dispersion_makes_what_is_far_off_more_probable() -> None:
    # Negative binomial: (1 / 2) ** 10; binomial: half of 20.
    assert probability_of_at_most(0, 10, 2) == pytest.approx(0.5**10)
    assert probability_of_at_most(0, 10, 0.5) == pytest.approx(0.5**20)
    assert probability_of_at_least(20, 10, 0.5) == pytest.approx(0.5**20, rel=1e-3)
    assert probability_of_at_least(21, 10, 0.5) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("dispersion", [0.5, 1, 4, 20])
@pytest.mark.parametrize("factor", [0.6, 0.8, 1.0, 1.3, 1.7])
def test_large_counts_are_approximated_without_a_step(dispersion: float, factor: float) -> None:
    for chance in (probability_of_at_most, probability_of_at_least):
        exact, approximate = chance(factor * 150, 150, dispersion), chance(factor * 150, 150.001, dispersion)
        assert approximate == pytest.approx(exact, rel=0.35, abs=2e-3)


def test_shares_learn_from_what_was_before() -> None:
    assert probability_of_share(3, 3, (0, 140), 1) < 1e-6 < probability_of_share(2, 3, (0, 140), 1)
    assert probability_of_share(9, 10, (80, 100), 1) > 0.1
    assert probability_of_share(0, 10, (80, 100), 1) == 1
    assert probability_of_share(10, 10, (10, 100), 3) > probability_of_share(10, 10, (10, 100), 1)
    assert probability_of_share(100_000, 100_000, (0, 100_000), 1) < 1e-200


def test_the_median_length_lies_where_the_texts_do() -> None:
    measures = Measures(words=[100] * 6 + [800] * 5 + [0])
    [part] = read_quarters([(NOW.date(), {"1": add_to_quarter({}, measures, NOW)})])
    typical = find_median_length(part.lengths)
    assert typical
    assert 2**typical == pytest.approx(100, rel=0.2)
    assert find_median_length(Counter()) is None


@pytest.mark.parametrize(
    ("daily", "words"),
    [
        ([40, 50, 60], "usual 42–58 a day"),
        ([7] * 9, "usual 7 a day"),
        ([0, 0, 1, 0, 1, 0, 0], "usual 2 a week"),
        ([0] * 20 + [1], "usual less than 1 a week"),
        ([], "usual not known yet"),
    ],
)
def test_what_is_usual_is_told_by_the_day_or_by_the_week(daily: list[int], words: str) -> None:
    assert format_usual_range(daily) == words


def test_small_shares_are_not_told_as_none() -> None:
    assert [format_share(part) for part in (0, 0.004, 0.374)] == ["0 %", "0.4 %", "37 %"]
