from crawler.middlewares.robots import read_policy

AGENTS = ["Pantau", "Scrapy"]
OPEN = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 2\n"
NAMES_SCRAPY = b"User-agent: Scrapy\nDisallow: /\nCrawl-delay: 7\n\nUser-agent: *\nAllow: /\n"


def test_the_general_rules_are_obeyed() -> None:
    policy = read_policy(200, OPEN)
    assert policy.allows("https://kabar.example/berita/1", AGENTS)
    assert not policy.allows("https://kabar.example/private/1", AGENTS)


def test_a_site_that_names_scrapy_means_us() -> None:
    assert not read_policy(200, NAMES_SCRAPY).allows("https://kabar.example/berita/1", AGENTS)


def test_the_longest_delay_for_our_names_counts() -> None:
    assert read_policy(200, OPEN).delay(AGENTS) == 2
    assert read_policy(200, NAMES_SCRAPY).delay(AGENTS) == 7


def test_no_robots_file_allows_everything() -> None:
    for status in (404, 410, 403, 401):
        policy = read_policy(status, b"<html>not here</html>")
        assert policy.unreachable is None
        assert policy.allows("https://kabar.example/private/1", AGENTS)


def test_a_server_in_trouble_allows_nothing_for_now() -> None:
    for status in (500, 503, 429):
        assert read_policy(status, b"").unreachable == f"HTTP {status}"


def test_rubbish_in_robots_txt_allows() -> None:
    assert read_policy(200, b"\xff\xfe\x00<html>").allows("https://kabar.example/1", AGENTS)
