from time import process_time

import pytest

from crawler.extraction.datelines import split_credit, split_dateline

SENTENCE = "Warga menanam pohon di tepi sungai."


@pytest.mark.parametrize(
    "head",
    [
        "Moskow, Bharata Online -",
        "St. Petersburg, Radio Bharata Online -",
        "Radio Bharata Online -",
        "RAKYATKU.COM -",
        "RAKYATKU.COM, MAKASSAR -",
        "Jakarta (ANTARA) -",
        "Mataram, NTB (ANTARA News) -",
        "Jakarta, 12/9 (ANTARA) -",
        "JAKARTA, KOMPAS.com –",
        "REPUBLIKA.CO.ID, JAKARTA --",
        "Liputan6.com, Jakarta -",
        "Jakarta, CNN Indonesia --",
        "Beijing, CNBC Indonesia -",
        "TEMPO.CO, Jakarta -",
        "JPNN.com, JAKARTA -",
        "jpnn.com, JAKARTA -",
        "Jakarta, Beritasatu.com –",
        "TRIBUN-TIMUR.COM, MAKASSAR -",
        "Bloomberg Technoz, Jakarta -",
        "VIVA –",
        "Jakarta -",
        "KULONPROGO -",
        "Bali\n-",
    ],
)
def test_dateline_is_told_from_the_text(head: str) -> None:
    assert split_dateline(f"{head} {SENTENCE}") == (" ".join(head.rstrip(" -–\n").split()), SENTENCE)


@pytest.mark.parametrize(
    "text",
    [
        "Presiden Rusia - yang baru terpilih - tiba pagi ini.",
        "Presiden Rusia, Vladimir Putin - Tamu negara - tiba.",
        "Pasangan Joko (Jokowi) - Maruf Amin menang.",
        "Jakarta - Bandung kini empat puluh menit.",
        "PSSI - Asosiasi sepak bola - bersidang.",
        "Hubungan Tiongkok - Rusia membaik.",
        "Kereta Jakarta - Surabaya tiba.",
        "Tiongkok-Rusia sepakat bekerja sama.",
        "",
    ],
)
def test_sentence_with_a_dash_stays_whole(text: str) -> None:
    assert split_dateline(text) == (None, text)


def test_place_behind_the_medium_belongs_to_it() -> None:
    assert split_dateline(f"KONTAN.CO.ID - JAKARTA. {SENTENCE}") == ("KONTAN.CO.ID - JAKARTA", SENTENCE)


def test_dash_without_spaces_must_be_a_long_one() -> None:
    assert split_dateline(f"Harianjogja.com, JOGJA—{SENTENCE}") == ("Harianjogja.com, JOGJA", SENTENCE)


def test_declared_pattern_replaces_the_rule() -> None:
    assert split_dateline(f"(Buletin) Jakarta: {SENTENCE}", r"\(Buletin\) \w+:") == ("(Buletin) Jakarta:", SENTENCE)
    assert split_dateline(f"Jakarta - {SENTENCE}", r"X - ") == (None, f"Jakarta - {SENTENCE}")


def test_later_paragraphs_are_left_alone() -> None:
    assert split_dateline(f"Jakarta - {SENTENCE}\nMedan - {SENTENCE}") == ("Jakarta", f"{SENTENCE}\nMedan - {SENTENCE}")


@pytest.mark.parametrize(
    ("last", "credit"),
    [
        ("Sumber: TASS", "TASS"),
        ("Sumber : Antara, Reuters", "Antara, Reuters"),
        ("(Sumber: Xinhua)", "Xinhua"),
        ("(Antara)", "Antara"),
        ("(ANTARA News)", "ANTARA News"),
        ("(ant/dil/jpnn)", "ant/dil/jpnn"),
        ("(rtr, ap, dpa)", "rtr, ap, dpa"),
        ("(H-2)", "H-2"),
        ("***", None),
        ("(*)", None),
    ],
)
def test_credit_paragraph_is_taken_off(last: str, credit: str | None) -> None:
    assert split_credit([SENTENCE, last]) == (credit, [SENTENCE])


@pytest.mark.parametrize("end", [" (lau/pta)", "(Antara)", " (H-2)"])
def test_credit_behind_the_last_sentence_is_taken_off(end: str) -> None:
    assert split_credit([SENTENCE, SENTENCE + end]) == (end.strip(" ()"), [SENTENCE, SENTENCE])


def test_stated_source_wins_over_initials() -> None:
    assert split_credit([SENTENCE, "Sumber: TASS", "(dil/jpnn)", "***"]) == ("TASS", [SENTENCE])


@pytest.mark.parametrize(
    "last",
    [
        "Demikian laporan Organisasi Kesehatan Dunia (WHO)",
        "Rapat berlangsung Selasa (10/9)",
        f"{SENTENCE} (Budi Santoso)",
        f"{SENTENCE} (Bersambung)",
        "Sumber itu menolak disebut namanya.",
    ],
)
def test_parentheses_of_a_sentence_stay(last: str) -> None:
    assert split_credit([SENTENCE, last]) == (None, [SENTENCE, last])


def test_only_paragraph_is_never_taken_whole() -> None:
    assert split_credit(["(Antara)"]) == (None, ["(Antara)"])
    assert split_credit([]) == (None, [])


@pytest.mark.parametrize("odd", ["-" * 50_000, "*" * 50_000, "- " * 25_000, "(a/" * 20_000, ". (" * 20_000])
def test_odd_paragraph_costs_no_time(odd: str) -> None:
    before = process_time()
    split_credit([SENTENCE, odd])
    split_dateline(odd)
    assert process_time() - before < 1
