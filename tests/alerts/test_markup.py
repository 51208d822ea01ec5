import pytest

from alerts.markup import html, markdown, marked, plain, web_address


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*tebal* _miring_ `kode`", r"\*tebal\* \_miring\_ \`kode\`"),
        ("[klik](javascript:alert(1))", r"\[klik\](javascript:alert(1))"),
        ("<b>tebal</b> | ~x~ #1", r"\<b\>tebal\</b\> \| \~x\~ \#1"),
        ("# Judul", r"\# Judul"),
        ("- butir", r"\- butir"),
        ("2024. Tahun", r"2024\. Tahun"),
        ("harga 2024. Tahun - ini", "harga 2024. Tahun - ini"),
        ("a\\*b", r"a\\\*b"),
    ],
)
def test_markdown_stands_for_itself(text: str, written: str) -> None:
    assert markdown(text) == written


def test_nobody_can_call_everybody() -> None:
    for write in (plain, markdown):
        assert "@everyone" not in write("awas @everyone")
    assert plain("surel redaksi@warta.example") == "surel redaksi@warta.example"


def test_html_is_escaped_around_what_matched() -> None:
    assert html('<script>"x"&\'') == "&lt;script&gt;&quot;x&quot;&amp;&#x27;"
    assert marked("<i> gandum </i>", ((4, 10),), "html") == "&lt;i&gt; <b>gandum</b> &lt;/i&gt;"
    assert marked("a gandum* b", ((2, 8),), "markdown") == r"a **gandum**\* b"
    assert marked("a gandum b", ((2, 8),), "text") == "a gandum b"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://warta.example/a?b=c&d=e#f", "https://warta.example/a?b=c&d=e#f"),
        ('https://warta.example/a b\n<>"é', "https://warta.example/a%20b%0A%3C%3E%22%C3%A9"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//warta.example/", None),
        ("https:///x", None),
        ("https://[", None),
        ("https://warta.example/" + "a" * 3000, None),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, link: str | None) -> None:
    assert web_address(url) == link
