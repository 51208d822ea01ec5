from datetime import datetime

import pytest

from core.models import Reason, Rejection
from pipelines.seeds.document import read_document
from tests.pipelines.seeds.samples import FIRST, NOW, OUTLETS, SECOND, THIRD, read

HEADLINE = "Warga Tanam Seribu Bibit Bakau"


def test_bare_text_has_no_title_and_no_date() -> None:
    article = read(f"{FIRST}\n{SECOND}")
    assert (article.title, article.published, article.outlet, article.authors) == (None, None, None, [])
    assert article.text == f"{FIRST}\n{SECOND}"


def test_title_timestamp_and_hard_spaces_are_read() -> None:
    article = read(f"{HEADLINE}\n\n2024-06-11 10:49:05\xa0 \xa0\n\n\xa0\n\n{FIRST}\xa0\n\n{SECOND}")
    assert article.title == HEADLINE
    assert article.published
    assert article.published.at.isoformat() == "2024-06-11T10:49:05+07:00"
    assert article.text == f"{FIRST}\n{SECOND}"


def test_dateline_prompts_and_source_are_no_text() -> None:
    article = read(
        f"CELEBES.COM - {FIRST}\nBaca Juga : Harga Ikan Naik\n{SECOND}\nBaca Juga : Ombak\n{THIRD}\nSumber: TASS"
    )
    assert (article.dateline, article.credit, article.outlet) == ("CELEBES.COM", "TASS", "celebes")
    assert article.timezone == "Asia/Makassar"
    assert article.text == f"{FIRST}\n{SECOND}\n{THIRD}"


def test_dateline_alone_names_the_outlet() -> None:
    article = read(f"Moskow, Radio Kabar Online - {FIRST}\n\n{SECOND}")
    assert (article.title, article.dateline, article.outlet) == (None, "Moskow, Radio Kabar Online", "kabar")


def test_an_outlet_s_title_on_its_own_line_names_it() -> None:
    article = read(f"Desa Contoh Menanam Bakau\n2024-09-10\nKabar Online\n\n{FIRST}\n{SECOND}\n")
    assert (article.outlet, article.authors) == ("kabar", [])


def test_whole_copied_page_gives_its_article_only() -> None:
    others = "\n\n".join(
        f"Berita Lain Nomor {n} Internasional\nJumat, 7 Oktober 2022 8:{n}:55 WIB" for n in range(10, 25)
    )
    article = read(
        f"Sabtu, 14 September 2024 12:45:6 WIB\n{HEADLINE}\nInternasional\nBudi Adi Contoh\n\n"
        f"Warga berjajar di tepi pantai membawa bibit bakau (Dok)\nSt. Petersburg, Radio Kabar Online - {FIRST}\n"
        f"{SECOND}\nKomentar\nBerita Lainnya\n{others}\n"
    )
    assert (article.title, article.section, article.authors) == (HEADLINE, "Internasional", ["Budi Adi Contoh"])
    assert (article.outlet, article.dateline) == ("kabar", "St. Petersburg, Radio Kabar Online")
    assert article.published
    assert (article.published.at.isoformat(), article.published.confidence) == ("2024-09-14T12:45:06+07:00", "high")
    assert article.text == f"{FIRST}\n{SECOND}"


def test_labelled_facts_fill_the_fields() -> None:
    article = read(
        f"Judul: {HEADLINE}\nTanggal: Jum'at, 13 September 2024 10.15\nPenulis: Budi, Siti\nMedia: Celebes\n"
        f"Kategori: Nasional\nURL: https://celebes.com/a/1?utm_source=x\n\n{FIRST}\n(Antara)"
    )
    assert (article.title, article.authors, article.section) == (HEADLINE, ["Budi", "Siti"], "Nasional")
    assert (article.outlet, article.url, article.credit) == ("celebes", "https://celebes.com/a/1", "Antara")
    assert article.published
    assert article.published.at.isoformat() == "2024-09-13T10:15:00+08:00"


def test_front_matter_and_markdown_heading_are_read() -> None:
    article = read(f'---\ntitle: "{HEADLINE}"\ndate: 2024-09-13\nauthor: Budi\n---\n# {HEADLINE}\n\n{FIRST}')
    assert (article.title, article.authors, article.text) == (HEADLINE, ["Budi"], FIRST)
    assert article.published
    assert article.published.precision == "day"


def test_facts_below_the_text_are_read() -> None:
    article = read(
        f"{FIRST}\n{SECOND}\nPewarta: Budi\nEditor: Siti\nSumber: https://celebes.com/a/1\n14 September 2024"
    )
    assert (article.authors, article.url, article.outlet) == (["Budi", "Siti"], "https://celebes.com/a/1", "celebes")
    assert article.published
    assert article.text == f"{FIRST}\n{SECOND}"


def test_site_before_the_date_and_behind_the_title_is_no_part() -> None:
    article = read(f"{HEADLINE} - Celebes.com\nCelebes.com - 13/09/2024, 17:53 WITA\nBudi Adi\n{FIRST}")
    assert (article.title, article.outlet, article.authors) == (HEADLINE, "celebes", ["Budi Adi"])
    assert article.published
    assert article.published.at.isoformat() == "2024-09-13T17:53:00+08:00"


@pytest.mark.parametrize(
    "title",
    [
        "Mengapa Harga Beras Naik?",
        "Sumber: Presiden Siap Berunding Lagi Pekan Depan",
        "Cuaca Kota 14 September 2024 di Pesisir Selatan Hari Ini",
    ],
)
def test_unusual_headline_is_the_title(title: str) -> None:
    article = read(f"{title}\n\n{FIRST}")
    assert (article.title, article.published, article.text) == (title, None, FIRST)


def test_dates_in_sentences_are_not_the_publication_date() -> None:
    assert read(f"{FIRST}\nRapat digelar pada 14 September 2024.").published is None


def test_date_without_zone_is_less_sure_without_an_outlet() -> None:
    dated = f"{HEADLINE}\n14 September 2024 10:15"
    unknown, known, stated = (
        read(f"{dated}\n{FIRST}"),
        read(f"{dated}\nCELEBES.COM - {FIRST}"),
        read(f"{dated} WIB\n{FIRST}"),
    )
    assert unknown.published
    assert known.published
    assert stated.published
    confidences = [unknown.published.confidence, known.published.confidence, stated.published.confidence]
    assert confidences == ["medium", "high", "high"]


def test_date_in_the_future_is_refused() -> None:
    assert read(f"{HEADLINE}\n14 September 2030\n{FIRST}").published is None


def test_heading_inside_the_text_hides_no_later_paragraph() -> None:
    article = read(f"{FIRST}\nBerita Terkait\nHarga Ikan Naik\n{SECOND} {THIRD}")
    assert article.text == f"{FIRST}\n{SECOND} {THIRD}"


def test_comments_are_cut_whatever_they_look_like() -> None:
    assert read(f"{FIRST}\n2 Komentar\n{SECOND} {THIRD}\nmantap").text == FIRST


def test_dated_headlines_without_a_heading_are_cut() -> None:
    tail = "Harga Ikan Naik\nSelasa, 5 Juli 2022 9:4:7 WIB\nOmbak Surut\nRabu, 6 Juli 2022 9:4:7 WIB"
    article = read(f"{FIRST}\n{SECOND}\n{tail}")
    assert (article.text, article.published) == (f"{FIRST}\n{SECOND}", None)


def test_three_lines_above_the_text_are_no_caption() -> None:
    lines = "Pertama tanpa titik sama sekali\nKedua tanpa titik sama sekali\nKetiga tanpa titik sama sekali"
    assert read(f"{HEADLINE}\n{lines}\n{FIRST}").text == f"{lines}\n{FIRST}"


def test_hard_wrapped_paragraphs_are_joined() -> None:
    article = read(
        f"{HEADLINE}\n\nWarga Desa Contoh menanam bibit bakau di tepi\npantai untuk menahan ombak yang tiap tahun\n"
        "merusak jalan desa.\n\nKepala desa berkata, penanaman akan diulang oleh\nPak Budi dan para murid.\n"
    )
    assert article.title == HEADLINE
    assert [len(paragraph.split()) for paragraph in article.text.split("\n")] == [18, 12]


def test_dateline_on_its_own_line_is_found() -> None:
    article = read(f"Moskow, Kabar Online -\n{FIRST}")
    assert (article.dateline, article.text) == ("Moskow, Kabar Online", FIRST)


def test_agency_credit_does_not_name_the_outlet() -> None:
    assert read(f"{FIRST}\n(Kabar)").outlet is None
    assert read(f"{FIRST}\nSumber: Celebes.com").outlet == "celebes"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encoding_is_found_out(encoding: str) -> None:
    text = f"{HEADLINE}\r\n\r\n“{FIRST}”\r\n"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    article = read(mark + text.encode(encoding))
    assert (article.title, article.text) == (HEADLINE, f"“{FIRST}”")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7 contoh", "PDF"),
        (b"PK\x03\x04contoh", "ZIP"),
        (bytes(range(256)), "binary"),
        (b"Baca Juga: Harga\nKomentar\nBerita Lainnya", "nothing in it reads as an article"),
    ],
)
def test_what_is_no_article_is_rejected_by_name(content: bytes, word: str) -> None:
    rejection = read_document(content, "contoh.txt", OUTLETS, NOW)
    assert isinstance(rejection, Rejection)
    assert rejection.reason is Reason.NO_TEXT
    assert rejection.detail.startswith("contoh.txt: ")
    assert word in rejection.detail


def test_language_of_the_text_is_stated() -> None:
    assert read(f"{FIRST}\n{SECOND}").language == "id"


def test_article_date_is_aware() -> None:
    article = read(f"{HEADLINE}\n14 September 2024\n{FIRST}")
    assert article.published
    assert article.published.at == datetime.fromisoformat("2024-09-14T00:00+07:00")
    assert (article.published.raw, article.published.source) == ("14 September 2024", "seed:line")
