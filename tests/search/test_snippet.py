import pytest

from search.query import parse_query
from search.snippet import Snippet, highlights, snippet

FILLER = "Angin bertiup pelan di tepi sungai sejak pagi. "


def marked(part: Snippet) -> list[str]:
    return [part.text[start:end] for start, end in part.highlights]


def wanted(query: str) -> list[tuple[str, ...]]:
    return parse_query(query).phrases()


def test_a_short_text_is_shown_whole() -> None:
    part = snippet("Menteri bertemu duta besar.\nMereka berbincang.", wanted("pertemuan"))
    assert part.text == "Menteri bertemu duta besar. Mereka berbincang."
    assert marked(part) == ["bertemu"]


def test_the_window_holds_the_most_different_words() -> None:
    text = f"{'Rusia. ' * 5}{FILLER * 9}Rusia dan Tiongkok berunding. {FILLER * 9}"
    part = snippet(text, wanted("rusia tiongkok"))
    assert marked(part) == ["Rusia", "Tiongkok"]
    assert part.text.startswith("… ")
    assert part.text.endswith(" …")


def test_the_window_has_about_as_many_words_as_asked() -> None:
    part = snippet(FILLER * 20 + "Rusia. " + FILLER * 20, wanted("rusia"), words=12)
    assert 12 <= len(part.text.split()) <= 14
    assert marked(part) == ["Rusia"]


def test_a_phrase_is_one_highlight() -> None:
    text = "Kerja keras. Lalu kerja sama itu, dan sama-sama bekerja."
    assert marked(snippet(text, wanted('"kerja sama"'))) == ["kerja sama"]
    assert marked(snippet("Ekspor ke G20 dan G-20.", wanted("g20"))) == ["G20", "G-20"]


def test_what_begins_so_is_highlighted() -> None:
    text = "Para diplomat senior; diplomasi itu berdiplomasi."
    assert marked(snippet(text, wanted("diplom* senior"))) == ["diplomat", "senior", "diplomasi", "berdiplomasi"]
    assert [text[start:end] for start, end in highlights(text, [("sen*",), ("senior",)])] == ["senior"]


def test_near_words_are_highlighted_one_by_one() -> None:
    assert marked(snippet("Lavrov bertemu Wang.", wanted("near(wang, lavrov, 3)"))) == ["Lavrov", "Wang"]


def test_overlapping_matches_are_one_highlight() -> None:
    part = snippet("menteri luar negeri Rusia", wanted('"menteri luar" "luar negeri" negeri'))
    assert marked(part) == ["menteri luar negeri"]


def test_unwanted_words_are_not_highlighted() -> None:
    assert marked(snippet("Rusia dan Ukraina", wanted("rusia NOT ukraina"))) == ["Rusia"]


def test_without_a_match_the_beginning_is_shown() -> None:
    part = snippet(FILLER * 9, wanted("rusia"))
    assert part.text.startswith("Angin bertiup")
    assert part.text.endswith(" …")
    assert part.highlights == ()


def test_words_are_never_cut() -> None:
    text = " ".join(f'"(kata-{number},5)"' for number in range(200))
    words = set(text.split())
    for number in (0, 3, 50, 199):
        part = snippet(text, wanted(f'"{number}"'), words=7)
        assert set(part.text.replace("…", "").split()) <= words


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n"])
def test_a_text_without_words_has_no_snippet(text: str) -> None:
    assert snippet(text, wanted("rusia")) == Snippet("", ())


def test_a_long_phrase_may_exceed_the_window() -> None:
    phrase = " ".join(f"k{'a' * number}" for number in range(1, 20))
    part = snippet(f"{FILLER * 5}{phrase} {FILLER * 5}", wanted(f'"{phrase}"'), words=5)
    assert marked(part) == [phrase]


def test_titles_are_highlighted_in_place() -> None:
    title = "Pertemuan Wang–Lavrov: “Kerja sama”"
    assert [title[start:end] for start, end in highlights(title, wanted('bertemu lavrov "kerja sama"'))] == [
        "Pertemuan",
        "Lavrov",
        "Kerja sama",
    ]
