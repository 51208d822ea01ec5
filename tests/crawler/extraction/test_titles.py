import pytest

from crawler.extraction.titles import without_site

HEADLINE = "Harga Beras Turun, Petani: Belum Untung"


@pytest.mark.parametrize(
    ("appended", "site"),
    [
        (" - Kompas.com", "Kompas.com"),
        (" - Kompas.com Regional", "Kompas.com"),
        (" | Republika Online", "Republika Online"),
        (" | Republika Online", "Republika"),
        (" : Okezone Celebrity", "Okezone"),
        (" - Health :: Okezone Lifestyle", "Okezone"),
        (" - PAGE 2 : Okezone Techno", "Okezone"),
        (" - ANTARA News Otomotif", "ANTARA News"),
        (" - Page 7 - Citizen6 Liputan6.com", "Liputan6.com"),
        (" - Nasional Tempo.co", "Tempo.co"),
        (" Halaman all - Kompas.com", "Kompas.com"),
        (" - Halaman 2", "Kompas.com"),
        (" | contoh.co.id", "Kompas.com"),
    ],
)
def test_what_the_site_appends_is_cut(appended: str, site: str) -> None:
    assert without_site(HEADLINE + appended, [site]) == HEADLINE


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Brasil vs Jerman - Prediksi", "Kompas.com"),
        ("Harga BBM - Tempo Dulu dan Sekarang", "Tempo.co"),
        ("Pilkada - Suara Rakyat", "Suara.com"),
        ("Jual Beli: Tempo", "Tempo.co"),
        ("Novel Halaman 2", "Kompas.com"),
        ("Kompas.com", "Kompas.com"),
    ],
)
def test_part_of_the_headline_is_never_cut(title: str, site: str) -> None:
    assert without_site(title, [site]) == title


def test_leading_site_name_and_entities_are_cleaned() -> None:
    assert without_site("Kompas.com -  Beras &amp; Gula\xa0Turun ", ["Kompas.com"]) == "Beras & Gula Turun"


def test_endless_title_is_left_as_it_is() -> None:
    title = "a - Kompas.com " * 5_000
    assert without_site(title, ["Kompas.com"]) == title.strip()
