import pickle
from datetime import UTC, datetime

import pytest

from core.models import Article, Timestamp
from pipelines.fingerprint import fingerprint
from pipelines.normalise import MAX_TITLE, clean_line, clean_text, comparison_form, normalise

TEXT = "Petani di lereng Merapi mulai menanam bawang.\nMereka berharap panen tiba sebelum musim hujan."


def article(**fields: object) -> Article:
    return Article(**({"url": None, "outlet": "harian", "title": "Petani menanam", "text": TEXT} | fields))  # type: ignore[arg-type]  # keyword by keyword is what the tests are about


def sha(text: str) -> str:
    return normalise(article(text=text)).text_sha256


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("satu\u00a0dua\t tiga", "satu dua tiga"),
        ("satu\r\ndua\rtiga\u2028empat\x0blima\x85enam", "satu\ndua\ntiga\nempat\nlima\nenam"),
        ("\n\n satu \n\u200b\n\u00a0\ndua\n", "satu\ndua"),
        ("pe\u00admerin\u200btah\ufeff", "pemerintah"),
        ("\u202bsatu\u202c\u2066dua\u2069", "satudua"),
        ("nol\x00 be\x07sar", "nol besar"),
        ("ikon \ue0b1\uf8ff\ufffc di sini", "ikon di sini"),
        ("putus \ud83d di tengah", "putus di tengah"),
        ("cafe\u0301", "caf\u00e9"),
        ("\u201ctanda\u201d \u2013 tetap\u2026", "\u201ctanda\u201d \u2013 tetap\u2026"),
        ("\x00\u200b", ""),
    ],
)
def test_text_is_cleaned_of_what_nobody_sees(untidy: str, tidy: str) -> None:
    assert clean_text(untidy) == tidy


def test_cleaning_twice_changes_nothing_more() -> None:
    once = clean_text(" a\u0301\u200b\u0301 \u00a0b\x00\r\n\r\n\u3000c ")
    assert clean_text(once) == once


def test_line_joins_paragraphs_and_refuses_excess() -> None:
    assert clean_line("Banjir\n surut ", 20) == "Banjir surut"
    assert clean_line("x" * 21, 20) is None
    assert clean_line(" \u200b", 20) is None
    assert clean_line(None, 20) is None


@pytest.mark.parametrize(
    "copy",
    [
        "Kata Rina: \u201cJum\u2019at kita berangkat\u201d \u2014 pukul 7.30, katanya!",
        'kata  rina "jum\'at\nkita berangkat" - pukul 7:30 katanya',
        "KATA RINA, \u2018JUM\u2019AT KITA BERANGKAT\u2019\u00a0\u2013 PUKUL 7,30 \u2026 KATANYA",
        "Kata\u200b Rina: 'Ju\u00adm\u2019at kita berangkat' (pukul \uff17.30) katanya.",
    ],
)
def test_punctuation_case_and_space_do_not_part_copies(copy: str) -> None:
    assert sha(copy) == sha('Kata Rina: "Jum\'at kita berangkat" - pukul 7.30, katanya.')


@pytest.mark.parametrize("other", ["Harga naik 10 persen", "Harga naik 1 persen lagi", "Harga nai k 1 persen"])
def test_another_word_or_number_is_another_text(other: str) -> None:
    assert sha(other) != sha("Harga naik 1 persen")


def test_comparison_form_is_letters_digits_and_single_spaces() -> None:
    assert comparison_form("\u201cStra\u00dfe\u201d No. 5\u2014ke-2_kali; \ufb01nal!") == "strasse no 5 ke 2 kali final"


def test_words_are_counted_in_the_comparison_form() -> None:
    assert normalise(article(text="Dua kali - dua!")).words == 3
    assert normalise(article(text="")).words == 0


def test_the_fingerprint_ignores_dateline_and_credit() -> None:
    assert normalise(article(dateline="Solo, Harian", credit="Antara")).text_sha256 == normalise(article()).text_sha256


def test_terms_are_of_title_and_of_all_that_is_printed() -> None:
    found = normalise(article(title="Pertemuan di Solo", dateline="Magelang", text="Petani menanam", credit="Antara"))
    assert found.terms.title == "temu di solo"
    assert found.terms.body == "magelang tani tanam antara"


def test_names_are_trimmed_and_named_once() -> None:
    found = normalise(article(authors=[" Rina\u00a0Sari", "rina sari", "", "Budi"], tags=["Banjir", "BANJIR ", "Solo"]))
    assert found.article.authors == ["Rina Sari", "Budi"]
    assert found.article.tags == ["Banjir", "Solo"]


@pytest.mark.parametrize(
    "insane",
    ["https://harian.test/penulis/rina", "www.harian.test", "/penulis/rina", "rina@harian.test", "---", "x" * 101],
)
def test_what_is_no_name_is_refused(insane: str) -> None:
    found = normalise(article(authors=[insane, "Rina"], section=insane)).article
    assert found.authors == ["Rina"]
    assert found.section is None


def test_an_outlet_as_author_is_a_name() -> None:
    assert normalise(article(authors=["Harian.com", "Tim detik.com"])).article.authors == [
        "Harian.com",
        "Tim detik.com",
    ]


def test_values_that_cannot_be_true_are_unknown() -> None:
    year_one = Timestamp(datetime(1, 1, 1, tzinfo=UTC), "0001-01-01", "meta:date")
    found = normalise(
        article(
            title="x" * (MAX_TITLE + 1),
            summary="y" * 6_000,
            image_url="data:image/png;base64,AAAA",
            canonical_url="javascript:void(0)",
            language="Bahasa Indonesia",
            dateline="z" * 201,
            published=year_one,
            modified=year_one,
        )
    ).article
    refused = (found.title, found.summary, found.image_url, found.canonical_url, found.language, found.dateline)
    assert refused == (None,) * 6
    assert found.published is None
    assert found.modified is None


def test_a_timestamp_fits_its_columns() -> None:
    stamp = Timestamp(datetime(2024, 9, 14, tzinfo=UTC), "Sabtu\x00,\n 14 " + "9" * 300, "css:" + "a" * 90)
    published = normalise(article(published=stamp)).article.published
    assert published is not None
    assert (published.at, len(published.raw), len(published.source)) == (stamp.at, 200, 40)
    assert published.raw.startswith("Sabtu, 14 9")


def test_the_article_given_is_left_as_it_is() -> None:
    given = article(title=" Judul ", tags=["a", "A"])
    normalise(given)
    assert (given.title, given.tags) == (" Judul ", ["a", "A"])


def test_what_comes_out_travels_between_processes() -> None:
    found = normalise(article())
    assert pickle.loads(pickle.dumps(found)) == found


def test_only_a_text_that_can_be_recognised_has_a_fingerprint_to_find_copies_by() -> None:
    long = f"{TEXT} {TEXT}"
    assert normalise(article(text=TEXT)).fingerprint is None
    assert normalise(article(text=long)).fingerprint == fingerprint(clean_text(long))
