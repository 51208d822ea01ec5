from time import process_time

import pytest

from crawler.extraction.bylines import read_names


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Penulis : Budi Santoso", ["Budi Santoso"]),
        ("Penulis: Budi Santoso\nEditor: Siti Aminah", ["Budi Santoso", "Siti Aminah"]),
        ("Penulis Budi Santoso Editor Siti Aminah", ["Budi Santoso", "Siti Aminah"]),
        ("Rep: Budi / Red: Siti", ["Budi", "Siti"]),
        ("Pewarta: Budi Santoso | Editor: Siti", ["Budi Santoso", "Siti"]),
        ("Oleh - Budi", ["Budi"]),
        ("Ditulis oleh: Budi", ["Budi"]),
        ("Budi Santoso - detikNews", ["Budi Santoso"]),
        ("Kontributor Solo, Budi Santoso", ["Budi Santoso"]),
        ("Laporan Wartawan Tribunnews.com, Budi Santoso", ["Budi Santoso"]),
        ("Budi, Siti dan Joko &amp; Ani; Tono", ["Budi", "Siti", "Joko", "Ani", "Tono"]),
        ("Reda Wibowo", ["Reda Wibowo"]),
    ],
)
def test_roles_go_and_names_stay(raw: str, expected: list[str]) -> None:
    assert read_names(raw) == expected


def test_academic_degrees_stay_with_their_name() -> None:
    assert read_names("Dr. Budi Santoso, M.Si., Siti") == ["Dr. Budi Santoso, M.Si.", "Siti"]


def test_name_stated_twice_comes_once() -> None:
    assert read_names("Budi Santoso, BUDI SANTOSO") == ["Budi Santoso"]


def test_links_and_addresses_are_no_names() -> None:
    assert read_names("https://www.facebook.com/contoh, Budi (budi@contoh.id)") == ["Budi"]


def test_outlets_are_dropped_only_when_told() -> None:
    assert read_names("Budi, Contoh.com") == ["Budi", "Contoh.com"]
    assert read_names("Budi, Contoh.com", ["contoh.com"]) == ["Budi"]


@pytest.mark.parametrize("raw", ["", "Editor", "Penulis:", " - "])
def test_byline_without_a_name_is_empty(raw: str) -> None:
    assert read_names(raw) == []


@pytest.mark.parametrize("odd", [" " * 50_000, "-" * 50_000, "Penulis " * 10_000, ", " * 20_000])
def test_odd_byline_costs_no_time(odd: str) -> None:
    before = process_time()
    read_names(odd)
    assert process_time() - before < 1
