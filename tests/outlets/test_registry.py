import os
from pathlib import Path

import pytest

from core.errors import DeclarationError, UsageError
from outlets.registry import SHIPPED, Registry


def declare(directory: Path, name: str, *domains: str, title: str = "Warta") -> None:
    directory.mkdir(exist_ok=True)
    listed = ", ".join(f'"{domain}"' for domain in domains)
    text = f'title = "{title}"\nsite = "https://{domains[0]}/"\ndomains = [{listed}]\n'
    (directory / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    declare(tmp_path, "pusat", "warta.example")
    declare(tmp_path, "bali", "bali.warta.example", "warta-bali.example")
    declare(tmp_path, "uji", "127.0.0.1:8001")
    return Registry([tmp_path])


def test_names_need_no_reading(tmp_path: Path) -> None:
    (tmp_path / "rusak.toml").write_text("= salah", encoding="utf-8")
    (tmp_path / "catatan.txt").write_text("", encoding="utf-8")
    assert Registry([tmp_path]).names() == ["rusak"]


def test_get_reads_only_that_file(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "rusak.toml").write_text("= salah", encoding="utf-8")
    assert registry.get("bali").domains == ("bali.warta.example", "warta-bali.example")


def test_outlets_are_read_once(registry: Registry, tmp_path: Path) -> None:
    first = registry.get("bali")
    declare(tmp_path, "bali", "lain.example")
    assert registry.get("bali") is first


def test_unknown_name_suggests_close_ones() -> None:
    with pytest.raises(UsageError) as caught:
        Registry.from_settings([]).get("bharta")
    expected = "no outlet is called 'bharta'. Did you mean bharata? `scrapy list` names them all."
    assert str(caught.value) == expected


def test_unknown_name_with_nothing_close(registry: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        registry.get("zzz")
    assert str(caught.value) == "no outlet is called 'zzz'. `scrapy list` names them all."


def test_later_directory_replaces_by_name(tmp_path: Path) -> None:
    declare(tmp_path / "satu", "warta", "warta.example", title="Lama")
    declare(tmp_path / "dua", "warta", "warta.example", title="Baru")
    assert [outlet.title for outlet in Registry([tmp_path / "satu", tmp_path / "dua"]).all()] == ["Baru"]


def test_all_lists_faults_of_every_file(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("= salah", encoding="utf-8")
    (tmp_path / "b.toml").write_text('title = ""\nsite = "https://b.example/"\n', encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        registry.all()
    assert [line.split(": ", 2)[1] for line in str(caught.value).splitlines()] == [
        "not TOML",
        'title = ""',
        "domains",
    ]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://warta.example/a", "pusat"),
        ("https://WWW.Warta.example:443/a", "pusat"),
        ("https://bali.warta.example/a", "bali"),
        ("https://m.bali.warta.example/a", "bali"),
        ("http://127.0.0.1:8001/a", "uji"),
        ("http://127.0.0.1:8002/a", None),
        ("https://bukanwarta.example/a", None),
        ("https://example/", None),
        ("https://[rusak/", None),
        ("https://warta.example:port/", None),
        ("", None),
    ],
)
def test_most_specific_domain_wins(registry: Registry, url: str, name: str | None) -> None:
    found = registry.for_url(url)
    assert (found.name if found else None) == name


def test_missing_directory_is_told_when_used(tmp_path: Path) -> None:
    registry = Registry.from_settings([str(tmp_path / "hilang")])
    with pytest.raises(DeclarationError, match=r"hilang: No such file or directory; OUTLET_PATHS must name"):
        registry.names()


def test_file_in_place_of_directory_is_told(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"berkas: Not a directory; OUTLET_PATHS"):
        Registry.from_settings([str(tmp_path / "berkas")]).names()


def test_outlet_paths_may_be_one_string(tmp_path: Path) -> None:
    declare(tmp_path / "satu", "x1", "satu.example")
    declare(tmp_path / "dua", "x2", "dua.example")
    registry = Registry.from_settings(os.pathsep.join([str(tmp_path / "satu"), str(tmp_path / "dua")]))
    assert {"x1", "x2"} <= set(registry.names())


def test_home_directory_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    declare(tmp_path / "media", "x1", "satu.example")
    assert "x1" in Registry.from_settings(["~/media"]).names()


def test_shipped_outlets_come_first(tmp_path: Path) -> None:
    declare(tmp_path, "bharata", "contoh.example", title="Pengganti")
    registry = Registry.from_settings([str(tmp_path)])
    assert (SHIPPED / "bharata.toml").exists()
    assert registry.get("bharata").title == "Pengganti"
