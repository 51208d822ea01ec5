"""Copies are recognised, notices that fill one template are not, whatever the order of two texts."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.duplicate_pairs import CHANGES
from benchmarks.invented_news import Event, Report
from benchmarks.local_notices import LOCAL
from benchmarks.templates import notice
from pipelines.fingerprint import fingerprint
from pipelines.story_links import Shingles, are_copies_packed, similarity

ORDINARY = (
    "beras", "gudang", "kota", "turun", "naik", "warga", "pasar", "hujan", "pelabuhan", "kapal", "nelayan", "jalan",
    "jembatan", "sekolah", "guru", "pagi", "malam", "harga", "cabai", "petani", "12", "7,5", "Rp900", "Senin",
    "15 April 2024", "wali", "dinas", "gubernur", "rapat", "sidang", "hakim", "jaksa", "polisi", "saksi", "dokter",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(ORDINARY), max_size=120).map(" ".join)
LONG_TEXTS = st.integers(0, 10_000).map(lambda seed: report(seed).text)
MONTH = [date(2024, 4, 1) + timedelta(days=days) for days in range(30)]
OUTLETS = ("Kabar Pesisir", "Harian Lembah", "Suara Bukit")


def report(seed: int) -> Report:
    rng = random.Random(seed)
    return Event.happen(rng).report(rng)


def packed(text: str) -> bytes:
    return fingerprint(text).shingles


def linked(one: str, other: str, *, same_outlet: bool = False) -> bool:
    return are_copies_packed(packed(one), packed(other), same_outlet=same_outlet)


def words_of(text: str, first: int, last: int) -> str:
    return " ".join(text.split()[first:last])


@given(TEXTS, TEXTS, st.booleans())
def test_the_order_of_two_texts_does_not_matter(one: str, other: str, same_outlet: bool) -> None:  # noqa: FBT001
    first, second = packed(one), packed(other)
    assert similarity(first, second) == similarity(second, first)
    assert are_copies_packed(first, second, same_outlet=same_outlet) == are_copies_packed(
        second, first, same_outlet=same_outlet
    )


@given(st.integers(0, 10_000), st.sampled_from(list(CHANGES)), st.integers(0, 100))
def test_what_is_a_copy_within_an_outlet_is_one_between_outlets(seed: int, change: str, draw: int) -> None:
    one = report(seed).text
    other = CHANGES[change](one, random.Random(draw))
    assert linked(one, other) >= linked(one, other, same_outlet=True)


@given(TEXTS)
def test_a_text_resembles_itself_entirely(text: str) -> None:
    assert similarity(packed(text), packed(text)) == 1.0


@given(LONG_TEXTS, st.booleans())
def test_a_text_is_a_copy_of_itself(text: str, same_outlet: bool) -> None:  # noqa: FBT001
    assert linked(text, text, same_outlet=same_outlet)


@given(LONG_TEXTS, st.floats(0.33, 1.0), st.booleans())
def test_a_part_of_a_text_is_a_copy_of_it(text: str, share: float, from_the_end: bool) -> None:  # noqa: FBT001
    length = len(text.split())
    kept = round(share * length)
    part = words_of(text, length - kept if from_the_end else 0, length if from_the_end else kept)
    assert linked(text, part)
    assert similarity(packed(text), packed(part)) == pytest.approx(share, abs=0.12)


@given(st.integers(0, 5_000), st.integers(5_001, 10_000))
def test_a_text_within_another_is_a_copy_of_it(seed: int, other: int) -> None:
    assert linked(report(seed).text, f"{report(other).text}\n{report(seed).text}")


@given(st.integers(0, 5_000), st.integers(5_001, 10_000))
def test_two_reports_of_different_events_are_no_copies(seed: int, other: int) -> None:
    assert not linked(report(seed).text, report(other).text)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_two_reports_of_one_event_are_no_copies(event: int, telling: int) -> None:
    happened = Event.happen(random.Random(event))
    assert not linked(
        happened.report(random.Random(telling)).text, happened.report(random.Random(telling + 5_001)).text
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_known_in_spite_of_each_change(change: str) -> None:
    rng = random.Random(change)
    texts = [report(seed).text for seed in range(40)]
    assert sum(linked(text, CHANGES[change](text, rng)) for text in texts) >= 38


def test_one_number_or_date_that_was_edited_does_not_part_copies() -> None:
    text = report(1).text + "\nBantuan sebesar Rp75.000 dibagikan kepada 1.240 keluarga pada Kamis (2/5/2024)."
    assert linked(text, text.replace("1.240", "1.420"))
    assert linked(text, text.replace("(2/5/2024)", "(3/5/2024)"))


def test_a_long_text_whose_only_date_was_edited_is_a_copy_and_a_short_one_is_not() -> None:
    text = re.sub(r"\S*\d\S*", "", f"{report(3).text} {report(4).text}")
    assert linked(f"{text} Senin (15/4/2024)", f"{text} Selasa (16/4/2024)")
    short = words_of(text, 0, 80)
    assert linked(f"{short} Senin (15/4/2024)", f"{short} Senin, 15 April 2024")
    assert not linked(f"{short} Senin (15/4/2024)", f"{short} Selasa (16/4/2024)")


def test_an_outlet_s_own_closing_words_are_no_evidence() -> None:
    closing = words_of(report(7).text, 0, 70)
    one, other = (f"{words_of(report(seed).text, 0, 90)}\n{closing}" for seed in (8, 9))
    assert not linked(one, other, same_outlet=True)


def test_an_outlet_s_second_article_must_be_the_same_for_the_most_part() -> None:
    text = report(5).text
    half, third = (words_of(text, 0, round(share * len(text.split()))) for share in (0.6, 0.33))
    assert linked(text, half, same_outlet=True)
    assert not linked(text, third, same_outlet=True)
    assert linked(text, third, same_outlet=False)


def test_a_quotation_is_no_copy() -> None:
    quotation = words_of(report(5).text, 40, 52)
    assert not linked(quotation, report(5).text)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "satu dua tiga"), ("satu", "satu")])
def test_texts_too_short_to_tell_are_no_copies(one: str, other: str) -> None:
    assert not linked(one, other)
    assert similarity(packed(one), packed(other)) == float(one == other)


def test_what_two_texts_share_is_counted_by_kind() -> None:
    one = Shingles.unpack(packed("harga beras turun tajam pada Senin (15/4/2024) di pasar induk"))
    other = Shingles.unpack(packed("harga beras turun tajam pada 15 April 2024 di pasar malam"))
    assert ((one & other).plain, (one & other).values, (one & other).dates) == (3, 3, 1)
    assert (one.plain, one.values, one.total, one.dates) == (4, 3, 7, 1)


def test_horoscopes_of_two_signs_are_no_copies_though_all_else_is_equal() -> None:
    text = words_of(report(5).text, 0, 120)
    assert linked(f"Gemini: {text}", f"Gemini, {text}")
    assert not linked(f"Gemini: {text}", f"Cancer: {text}")
    assert linked(f"Gemini: {text}", f"Gemini: {text} Cancer")


TOWNS = ("Garut", "Bekasi", "Dumai", "Bandung Barat", "Jakarta Timur", "Jakarta Barat")


@pytest.mark.parametrize("family", LOCAL)
@pytest.mark.parametrize("same_outlet", [False, True])
def test_notices_of_two_towns_are_no_copies_though_only_names_differ(family: str, same_outlet: bool) -> None:  # noqa: FBT001
    texts = [notice(family, town, MONTH[0]).text for town in TOWNS]
    assert not [pair for pair in combinations(texts, 2) if linked(*pair, same_outlet=same_outlet)]


@pytest.mark.parametrize("family", LOCAL)
def test_one_town_s_notice_is_known_at_another_outlet(family: str) -> None:
    text = notice(family, "Garut", MONTH[0]).text
    assert linked(f"Kabar Dumai menyajikan jadwal layanan hari ini untuk pembaca.\n{text}", text)


@given(LONG_TEXTS, st.floats(0.33, 1.0), st.booleans())
def test_a_part_names_no_place_where_the_whole_names_another(text: str, share: float, from_the_end: bool) -> None:  # noqa: FBT001
    length = len(text.split())
    kept = round(share * length)
    part = words_of(text, length - kept if from_the_end else 0, length if from_the_end else kept)
    whole, kept_of_it = Shingles.unpack(packed(text)), Shingles.unpack(packed(part))
    assert (whole & kept_of_it).slots() == whole.slots() & kept_of_it.slots()


def test_one_place_that_was_edited_does_not_part_copies_that_name_others() -> None:
    text = report(5).text
    others = " ".join(f"Menurut catatan petugas {town} sudah lebih dahulu siap." for town in TOWNS)
    one, other = (f"{text} {others} Warga desa {town} juga menunggu." for town in ("Tuban", "Blora"))
    assert linked(one, other)
    assert linked(one, words_of(other, len(other.split()) // 2, 2000))


# A month of notices at three outlets, each with a sentence of its own before the notice of the day.

NOTICES = {
    "weather with numbers": "Garut",
    "weather in words": "Garut",
    "exchange rates": "Dumai",
    "horoscope of a sign": "Gemini",
    "horoscope of all signs": "Aries",
    "match schedule": "Dumai",
}


def month_of(family: str) -> Iterator[tuple[date, str, bytes]]:
    for day in MONTH:
        for outlet in OUTLETS:
            lead = f"{outlet} menyajikan rangkuman berikut ini khusus untuk para pembaca setia di mana pun berada."
            yield day, outlet, packed(f"{lead}\n{notice(family, NOTICES[family], day).text}")


@pytest.mark.parametrize("family", NOTICES)
def test_a_month_of_notices_is_not_chained(family: str) -> None:
    wrong = [
        (one, other)
        for (one, outlet, first), (other, second_outlet, second) in combinations(month_of(family), 2)
        if are_copies_packed(first, second, same_outlet=outlet == second_outlet) != (one == other)
    ]
    assert not wrong
