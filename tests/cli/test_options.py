import argparse

import pytest
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings

from cli.console import check_settings
from cli.options import check_arguments, check_level, check_overrides
from core.errors import UsageError


def settings() -> Settings:
    settings = Settings()
    settings.setmodule("settings")
    return settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOWNLOAD_DELAY", "lambat", "must be a number, e.g. 1.0"),
        ("DOWNLOAD_DELAY", "nan", "must be 0 or more"),
        ("WORKERS", "1.5", "must be a whole number, e.g. 0"),
        ("WORKERS", "-3", "must be 0 or more"),
        ("COOKIES_ENABLED", "mungkin", "must be True or False"),
        ("LOG_LEVEL", "RAMAI", "unknown log level RAMAI"),
    ],
)
def test_impossible_settings_are_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_overrides({name: value}, settings())


def test_possible_settings_pass() -> None:
    given = {
        "DOWNLOAD_DELAY": "0.5",
        "WORKERS": "2",
        "COOKIES_ENABLED": "False",
        "LOG_LEVEL": "debug",
        "RETRY_PRIORITY_ADJUST": "-2",
        "USER_AGENT": "Nama",
        "MILIK_SENDIRI": "apa saja",
    }
    check_overrides(given, settings())


def test_an_unknown_log_level_is_refused() -> None:
    check_level("INFO")
    with pytest.raises(UsageError, match="use DEBUG"):
        check_level("RAMAI")


def test_scrapy_hears_of_wrong_settings_in_its_way() -> None:
    options = argparse.Namespace(set=["WORKERS=dua"], loglevel=None)
    with pytest.raises(ScrapyUsageError, match="WORKERS=dua"):
        check_settings(settings(), options)


def test_one_dash_begins_a_word_only_where_allowed() -> None:
    assert check_arguments(["a", "-b"], "search", dashes=True) == ["a", "-b"]
    with pytest.raises(UsageError, match="unknown option -b; `scrapy show -h`"):
        check_arguments(["a", "-b"], "show")
