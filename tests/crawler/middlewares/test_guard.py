"""Limits of the guard."""

import settings
from core.urls import MAX_URL_LENGTH


def test_the_guard_refuses_the_urls_that_the_ledger_cannot_take() -> None:
    assert settings.URLLENGTH_LIMIT == MAX_URL_LENGTH
