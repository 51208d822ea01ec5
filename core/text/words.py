"""What of a text counts when two are compared: its words, in one way of writing them. Pure."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def folded_words(text: str) -> list[str]:
    """The text's runs of letters and digits in order, NFKC and case-folded.

    Quotes, dashes, punctuation, symbols and white space do not count.
    """
    return _WORD.findall(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))
