"""Decoding of a document's bytes."""

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"SQLite format 3", "a database"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROL = 0.01  # of the characters; a stray form feed or escape is no reason to refuse a text


class NotTextError(ValueError):
    """Bytes that are no text; the message names their kind."""


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding: by byte order mark, else UTF-8, else CP1252.

    Raises:
        NotTextError: the bytes are empty, binary, or of another format.
    """
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise NotTextError("empty")
    for start, name in _FORMATS:
        if content.startswith(start):
            raise NotTextError(f"{name}, not text; save it as plain text")
    mark, encoding = next((pair for pair in _BYTE_ORDER_MARKS if content.startswith(pair[0])), (b"", _guess(content)))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise NotTextError(f"not the {encoding} text that its first bytes announce") from error
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise NotTextError("binary, not text")
    return text, encoding


def _guess(content: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
