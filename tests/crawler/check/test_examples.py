import pytest

from crawler.check.judge import judge_examples
from outlets.registry import Registry
from outlets.schema import ArticleRules, Examples, Outlet

ARTICLE, TAG = "https://kabar.example/ekonomi/harga-beras-naik-lagi", "https://kabar.example/tag/beras"


def outlet(articles: tuple[str, ...] = (), other: tuple[str, ...] = (), pattern: str | None = None) -> Outlet:
    return Outlet(
        name="kabar",
        title="Kabar",
        site="https://kabar.example/",
        domains=("kabar.example",),
        article=ArticleRules(url=pattern),
        examples=Examples(articles=articles, other=other),
    )


def test_without_examples_there_is_nothing_to_say() -> None:
    assert judge_examples(outlet()) is None


def test_good_examples_are_counted() -> None:
    step = judge_examples(outlet((ARTICLE,), (TAG, TAG)))
    assert step
    assert step.line == "ok       examples: the general rule accepts 1 article and refuses 2 other pages"


@pytest.mark.parametrize(
    ("articles", "other", "pattern", "expected"),
    [
        ((TAG,), (), None, f"the general rule refuses the article {TAG}: declare article.url"),
        ((ARTICLE, TAG), (), "^/ekonomi/", f"article.url refuses the article {TAG}: correct article.url"),
        ((), (ARTICLE,), "^/ekonomi/", f"article.url accepts {ARTICLE}, which is no article: correct article.url"),
    ],
)
def test_wrong_examples_are_named(
    articles: tuple[str, ...], other: tuple[str, ...], pattern: str | None, expected: str
) -> None:
    step = judge_examples(outlet(articles, other, pattern))
    assert step
    assert (step.verdict, step.words) == ("problem", f"{expected}, or correct the examples")


def test_shipped_examples_are_judged_right() -> None:
    steps = {one.name: judge_examples(one) for one in Registry.from_settings([]).all()}
    assert {name: step and step.verdict for name, step in steps.items()} == dict.fromkeys(steps, "ok")
