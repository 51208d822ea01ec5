import pytest

from crawler.extraction.furniture import is_furniture_line, strip_lines

PROSE = (
    "Bupati menyampaikan bahwa pembangunan jembatan itu akan selesai sebelum akhir tahun, sehingga warga dari dua "
    "kecamatan dapat menyeberang tanpa perahu."
)


@pytest.mark.parametrize(
    "line",
    [
        "Berita Lainnya",
        "BERITA TERKAIT:",
        "Baca Juga : Harga Cabai Naik Lagi",
        "baca juga: harga cabai",
        "Komentar",
        "12 Komentar",
        "Terkini Lainnya",
        "Simak juga Video 'Panen Raya':",
        "[Gambas:Video Contoh]",
        "ADVERTISEMENT",
        "SCROLL TO CONTINUE WITH CONTENT",
        "Halaman Selanjutnya",
        "2 dari 4 halaman",
        "Bagikan ke Facebook",
        "Tags: pertanian, cabai",
        "Copyright © Kabar Contoh 2026",
        "Dilarang keras mengambil konten, melakukan crawling atau pengindeksan otomatis untuk AI di situs web ini",
        "Ikuti berita terbaru kami di Google News",
        "Penulis: Budi",
        "Foto: Siti/Kabar Contoh",
        "Petani memanen cabai (Foto: Siti)",
        "Peta jalur kereta baru [foto: CRI]",
    ],
)
def test_furniture_lines_are_recognised(line: str) -> None:
    assert is_furniture_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Komentar warganet membanjiri unggahan bupati itu sejak pagi.",
        "Bagikan sembako, polisi mengunjungi warga di tiga desa.",
        "Terpopuler di kalangan remaja, lagu itu diputar jutaan kali.",
        "Berita terbaru dari lokasi kebakaran menyebutkan tiga rumah rusak.",
        "Ia menulis di Facebook bahwa rapat ditunda.",
        "Halaman rumah itu penuh dengan bunga.",
        "Data itu dirilis kemarin. (Sumber: BPS)",
        "Sumber: TASS",
        "(ant/dil)",
        "",
    ],
)
def test_sentences_are_not_furniture(line: str) -> None:
    assert not is_furniture_line(line)


def test_heading_takes_what_stands_below_it() -> None:
    lines = [PROSE, "Komentar", "Berita Lainnya", "Harga Beras Turun", "Senin, 3 Agustus 2026 10:00 WIB"]
    assert strip_lines(lines) == [PROSE]


def test_prose_below_a_heading_is_kept() -> None:
    assert strip_lines([PROSE, "Berita Terkait", "Harga Beras Turun", PROSE]) == [PROSE, PROSE]


def test_heading_before_any_text_takes_only_itself() -> None:
    assert strip_lines(["Berita Utama", "Judul Pendek", PROSE]) == ["Judul Pendek", PROSE]


def test_bare_prompt_takes_the_headline_below() -> None:
    assert strip_lines([PROSE, "Baca Juga:", "Harga Beras Turun Lagi", "Kata bupati.", PROSE]) == [
        PROSE,
        "Kata bupati.",
        PROSE,
    ]


def test_empty_lines_stay_where_text_is() -> None:
    assert strip_lines([PROSE, "", PROSE]) == [PROSE, "", PROSE]


def test_long_runs_of_digits_do_not_hang() -> None:
    assert not is_furniture_line("Halaman " + "1 " * 40 + "x")
