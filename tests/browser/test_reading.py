"""What people do: search, narrow, read, compare, follow a story, keep a search; by mouse and by keyboard."""

import re

from lxml import etree
from playwright.sync_api import Page, expect

from tests.browser.site import Window

HITS = "ol.hits > li"
TITLES = f"{HITS} h2 a"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def searched(wide: Window, query: str) -> Page:
    page = wide.open("/")
    page.get_by_label("Search the archive").fill(query)
    page.get_by_role("button", name="Search", exact=True).click()
    return page


def test_a_search_marks_what_it_found(wide: Window) -> None:
    page = searched(wide, "gandum")
    expect(page.locator("h1")).to_have_text("1 article for gandum")
    expect(page.locator(f"{HITS} mark").first).to_have_text(re.compile("gandum", re.IGNORECASE))
    expect(page.locator(HITS)).to_contain_text("3 copies in 3 outlets")


def test_a_wrong_query_shows_where_it_is_wrong(wide: Window) -> None:
    page = searched(wide, "(gandum")
    expect(page.get_by_role("alert")).to_contain_text("this parenthesis is never closed")
    expect(page.get_by_label("Search the archive")).to_have_value("(gandum")


def test_a_facet_narrows_to_as_many_as_it_says(wide: Window) -> None:
    page = wide.open("/")
    facet = page.get_by_role("complementary").get_by_role("link", name="Ekonomi")
    said = facet.locator(".amount").inner_text().split()[0]
    facet.click()
    expect(page.locator("h1")).to_have_text(f"{said} articles")
    page.get_by_role("link", name="Take away: section: Ekonomi").click()
    expect(page.locator("h1")).to_have_text("Newest articles")


def test_a_bar_of_the_timeline_leads_to_its_day(wide: Window) -> None:
    page = wide.open("/")
    column = page.locator("figure.timeline svg a", has_text="13 Sep 2024")
    said = re.search(r"(\d+) hit", column.locator("title").text_content() or "")
    assert said
    column.click()
    expect(page.locator("h1")).to_have_text(f"{said[1]} articles")
    expect(page.locator(".chips")).to_have_text("Take away: on 2024-09-13")


def test_the_next_page_goes_on_where_this_one_ends(wide: Window) -> None:
    page = wide.open("/")
    first = page.locator(TITLES).evaluate_all("links => links.map(link => link.href)")
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("link", name="First page").wait_for()
    second = page.locator(TITLES).evaluate_all("links => links.map(link => link.href)")
    assert (len(first), len(set(first) & set(second))) == (20, 0)
    assert second


def test_a_hit_leads_to_its_article(wide: Window) -> None:
    page = searched(wide, '"barisan kehormatan"')
    title = page.locator(TITLES).first
    said = title.inner_text()
    title.click()
    expect(page.locator("h1")).to_have_text(said)
    expect(page.get_by_role("heading", name="Where each field comes from")).to_be_visible()
    assert page.locator("article .text p, .article .text p").count() > 3


def test_a_revision_shows_what_changed(wide: Window, numbers: dict[str, str]) -> None:
    page = wide.open(f"/articles/{numbers['revised']}")
    revisions = page.get_by_role("region", name="Revisions")
    added, removed = revisions.locator("ins").first, revisions.locator("del").first
    expect(added).to_contain_text("40.000")
    expect(removed).to_contain_text("60.000")
    color = "element => getComputedStyle(element).backgroundColor"
    assert added.evaluate(color) != removed.evaluate(color)
    expect(revisions.get_by_role("heading", level=3)).to_have_count(3)


def test_a_story_tells_who_was_first_and_who_followed(wide: Window) -> None:
    page = wide.open("/stories")
    page.locator(".stories h2 a").first.click()
    chart = page.locator("figure.lags")
    assert chart.locator("text.name").all_text_contents()[:2] == ["Kabar Samudra", "Lentera Pagi"]
    assert chart.locator("text.lag").all_text_contents()[:2] == ["first", "+1 h 20 min"]
    first, second = (dot.bounding_box() for dot in chart.locator("circle").all()[:2])
    assert first
    assert second
    assert second["x"] > first["x"] + 50
    assert len(page.locator("table tbody tr").all()) == 5


def test_a_copy_shows_where_it_differs(wide: Window, numbers: dict[str, str]) -> None:
    page = wide.open(f"/articles/{numbers['visit']}")
    page.eval_on_selector_all("details", "found => found.forEach(one => one.open = true)")
    expect(page.locator("ins", has_text="60").first).to_be_visible()
    expect(page.locator("del", has_text="40").first).to_be_visible()


def test_a_search_is_saved_opened_subscribed_to_and_deleted(wide: Window) -> None:
    page = searched(wide, "pelabuhan")
    found = page.locator("h1").inner_text()
    page.get_by_text("Save this search").click()
    page.get_by_label("Name", exact=True).fill("Kabar <b>pelabuhan</b>")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/saved**")
    card = page.locator("li.card", has_text="Kabar <b>pelabuhan</b>")
    feed = card.get_by_role("link", name="Atom feed").get_attribute("href")
    answer = page.request.get(f"{wide.address}{feed}")
    entries = etree.fromstring(answer.body()).xpath("/a:feed/a:entry", namespaces=ATOM)
    assert f"{len(entries)} article" in found
    card.get_by_role("link", name="Kabar <b>pelabuhan</b>", exact=True).click()
    expect(page.locator("h1")).to_have_text(found)
    page.goto(f"{wide.address}/saved")
    card.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    assert page.request.get(f"{wide.address}{feed}").status == 404


def test_outlets_runs_and_watchlists_lead_to_each_other(wide: Window) -> None:
    page = wide.open("/outlets")
    page.get_by_role("link", name="Lentera Pagi").click()
    page.get_by_role("link", name="All its runs").click()
    page.get_by_label("How it ended").select_option("failed")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table")).to_contain_text("the feed answered 503 three times")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text("of Lentera Pagi")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Watchlists").click()
    page.get_by_role("link", name="Harga dan pasokan pangan").click()
    page.get_by_role("link", name="Search the archive for it").click()
    expect(page.locator("ol.hits")).to_be_visible()


def test_the_keyboard_alone_is_enough(wide: Window) -> None:
    page = wide.open("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("gandum")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=gandum**")
    title = page.locator(TITLES).first.inner_text()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == title:
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_focus_can_be_seen_and_goes_as_one_reads(wide: Window) -> None:
    page = wide.open("/?q=rusia&limit=3")
    places = []
    for _ in range(40):
        page.keyboard.press("Tab")
        look = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
                const all = Array.from(document.querySelectorAll("*"));
                return [all.indexOf(one), style.outlineStyle, parseFloat(style.outlineWidth), box.bottom > 0];
            }"""
        )
        if look[0] <= 3:  # past the last one
            break
        places.append(look[0])
        assert look[1:] == ["solid", 3, True]
    assert len(places) > 20
    assert places == sorted(places)


def test_hostile_words_stay_words(wide: Window, numbers: dict[str, str]) -> None:
    for path in ("/", f"/articles/{numbers['hostile']}", "/outlets", "/outlets/jahat", "/watchlists/jahat"):
        page = wide.open(path)
        expect(page.locator("main")).to_contain_text("<script>alert(")
        assert page.locator("script, main img, [onload], [onerror], [onmouseover], [href^='javascript:']").count() == 0
        page.mouse.move(600, 300)
    assert page.locator("h1").inner_text() == "<script>alert('daftar')</script>"


def focused(page: Page) -> str:
    """What the element says that has the focus."""
    said: str = page.evaluate("document.activeElement.innerText")
    return said.strip()
