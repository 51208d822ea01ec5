from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.diff import Change, Paragraph, Piece, count_changes, cut_unchanged, paragraph_diff, word_diff
from core.text.words import folded_words

WORDS = st.sampled_from(
    ["Menteri", "menteri-menteri", "itu", "bertemu,", "“Wang”", "7,5", "–", "persen.", "№5", "½", "di"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=6).map("\n".join)


def shown(pieces: Iterable[Piece]) -> str:
    marks = {"same": "", "added": "+", "removed": "-"}
    return "|".join(marks[piece.kind] + piece.text.strip() for piece in pieces)


def kinds(paragraphs: Iterable[Paragraph]) -> str:
    return "".join({"same": "=", "changed": "~", "added": "+", "removed": "-"}[one.kind] for one in paragraphs)


def text_of(paragraphs: Iterable[Paragraph], *wanted: str) -> str:
    return "".join(piece.text for one in paragraphs for piece in one.pieces if piece.kind in wanted)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Harga beras naik.", "Harga beras naik tajam.", Change(1, 0, title_changed=False)),
        ("Harga beras naik tajam.", "Harga naik.", Change(0, 2, title_changed=False)),
        ("Naik 7,5 persen.", "Naik 8,5 persen.", Change(1, 1, title_changed=False)),
        ("Harga beras naik.", "", Change(0, 3, title_changed=False)),
        ("", "Harga beras naik.", Change(3, 0, title_changed=False)),
        ("Satu dua.\nTiga.\nEmpat lima.", "Satu dua.\nEmpat enam.", Change(1, 2, title_changed=False)),
    ],
)
def test_words_added_and_removed_are_counted(old: str, new: str, expected: Change) -> None:
    assert count_changes("Judul", old, "Judul", new) == expected


def test_case_punctuation_and_line_breaks_are_no_change() -> None:
    old = "“Kami siap,” kata Menteri.\nRapat – ditutup.\nSelesai"
    new = '"kami siap" kata menteri!\n\nRapat\nditutup.  Selesai.'
    assert count_changes("Menteri: Siap", old, "MENTERI SIAP!", new) == Change(0, 0, title_changed=False)


def test_equal_words_on_swapped_lines_are_no_change() -> None:
    unchanged = Change(0, 0, title_changed=False)
    assert count_changes(None, "Menteri\nmenteri-menteri", None, "menteri-menteri\nMenteri") == unchanged
    assert count_changes(None, "Menteri\nmenteri-menteri itu", None, "menteri-menteri\nMenteri itu") == unchanged


@pytest.mark.parametrize(("old", "new", "changed"), [("A", "B", True), (None, "B", True), (None, "", False)])
def test_a_changed_headline_is_told(old: str | None, new: str | None, *, changed: bool) -> None:
    assert count_changes(old, "Teks.", new, "Teks.").title_changed is changed


def test_words_are_shown_whole() -> None:
    assert shown(word_diff("Naik 7,5 persen hari ini.", "Naik 8,5 persen hari ini.")) == (
        "Naik|-7,5|+8,5|persen hari ini."
    )
    assert shown(word_diff("Menteri-menteri pun hadir.", "Menteri-Presiden pun hadir.")) == (
        "-Menteri-menteri|+Menteri-Presiden|pun hadir."
    )


def test_neighbouring_changes_are_joined() -> None:
    old = "Menteri Ani dan Budi pulang ke Jakarta pada hari Senin."
    new = "Menteri Cici dan Dedi pulang ke Jakarta pada hari Selasa."
    assert (
        shown(word_diff(old, new))
        == "Menteri|-Ani dan Budi|+Cici dan Dedi|pulang ke Jakarta pada hari|-Senin.|+Selasa."
    )


def test_a_cut_paragraph_keeps_what_is_left() -> None:
    old = "Satu dua tiga empat. Lima enam tujuh delapan. Sembilan sepuluh sebelas dua belas."
    (one,) = paragraph_diff(old, "Satu dua tiga empat.")
    assert (one.kind, shown(one.pieces)) == (
        "changed", "Satu dua tiga empat.|-Lima enam tujuh delapan. Sembilan sepuluh sebelas dua belas."
    )  # fmt: skip


def test_paragraphs_are_told_apart() -> None:
    old = "Pembuka tetap sama saja.\nHarga beras naik pada hari Senin.\nHanya tertulis di sini.\nPenutup juga sama."
    new = "Pembuka tetap sama saja.\nHarga beras naik pada hari Selasa.\nPenutup juga sama.\nKalimat baru sekali."
    found = paragraph_diff(old, new)
    assert kinds(found) == "=~-=+"
    assert shown(found[1].pieces) == "Harga beras naik pada hari|-Senin.|+Selasa."


def test_joined_and_divided_paragraphs_are_the_same() -> None:
    old = "Kalimat pertama ada di sini. Kalimat kedua juga.\nKalimat ketiga menutup."
    new = "Kalimat pertama ada di sini.\nKalimat kedua juga. Kalimat ketiga menutup."
    assert kinds(paragraph_diff(old, new)) == "=="


def test_rewritten_paragraphs_are_not_matched_by_stray_words() -> None:
    old = "Menteri pertanian yang baru itu meninjau sawah di Karawang dan berjanji memperbaiki irigasi yang rusak."
    new = "Harga cabai yang naik itu membuat pedagang di pasar induk dan pembeli mengeluh kepada gubernur yang diam."
    assert kinds(paragraph_diff(old, new)) == "-+"


def test_long_unchanged_stretches_are_cut_out() -> None:
    middle = " ".join(f"kata{number}" for number in range(100))
    pieces = word_diff(f"lama {middle} akhir", f"baru {middle} ujung")
    assert shown(cut_unchanged(pieces)) == (
        "-lama|+baru|kata0 kata1 kata2 kata3 kata4 kata5 kata6 kata7 … "
        "kata92 kata93 kata94 kata95 kata96 kata97 kata98 kata99|-akhir|+ujung"
    )
    assert cut_unchanged([Piece("same", "satu dua tiga"), Piece("added", "empat")])[0].text == "satu dua tiga"


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_differences(old: str, new: str) -> None:
    found = paragraph_diff(old, new)
    assert folded_words(text_of(found, "same", "added")) == folded_words(new)
    assert sorted(folded_words(text_of(found, "same", "removed"))) == sorted(folded_words(old))
    pieces = word_diff(old, new)
    assert folded_words("".join(one.text for one in pieces if one.kind != "added")) == folded_words(old)
    assert folded_words("".join(one.text for one in pieces if one.kind != "removed")) == folded_words(new)


@given(TEXTS, TEXTS)
def test_nothing_is_counted_exactly_where_the_words_are_the_same(old: str, new: str) -> None:
    found = count_changes(None, old, None, new)
    assert (found.words_added == found.words_removed == 0) is (folded_words(old) == folded_words(new))
    assert found.words_added - found.words_removed == len(folded_words(new)) - len(folded_words(old))


def test_texts_of_any_length_are_compared() -> None:
    words = [("ya", "tidak", f"kata{number}")[number % 3] for number in range(50_000)]
    old = " ".join(words)
    words[10_000] = words[40_000] = "lain"
    assert count_changes(None, old, None, " ".join(words)).words_added == 30_001
    found = paragraph_diff(old, "\n".join(words))
    assert text_of(found, "same", "added").split() == words
