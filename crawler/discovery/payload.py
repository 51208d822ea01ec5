"""Decode a source's bytes: unpack, convert to UTF-8, repair XML."""

import codecs
import html
import re
import zlib
from dataclasses import dataclass

# Decompressed; the sitemap protocol's own limit for one file, and far more than any feed or page.
MAX_SITEMAP_BYTES = 50 * 1024 * 1024

_GZIP = b"\x1f\x8b"
_MAX_LAYERS = 2  # "sitemap.xml.gz" compressed once more by the server
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PIECE = 4096
_MAX_MEMBERS = 1000  # each costs time, however small
_HEAD_BYTES = 65_536  # where the root element must start, and long past any <meta charset>
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
# Not Python's other codecs: punycode takes hours for a megabyte. Not iso8859-1: on the web it means windows-1252.
_CHARSETS = re.compile(r"iso8859-(?!1$)|cp\d|koi8|gb|hz|big5|euc|shift|utf-(?:16|32)|mac|tis|johab|iso2022")
_STRAY_BYTES = re.compile("[\udc80-\udcff]+")
_CONTROL = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")
_LESS_THAN = re.compile(rb"<(?![A-Za-z_/!?])")
_NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,30};)")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(rss|rdf|feed|channel|urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_LOGIN = re.compile(rb"""type\s*=\s*["']?password""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Xml:
    """UTF-8 XML from its root element on; ``root`` is in lower case, without prefix."""

    root: str
    body: bytes


class UnreadableError(Exception):
    """A body that cannot be read at all; caught within this package."""


def unpack(body: bytes) -> tuple[bytes, str | None]:
    """Unpack gzip by content, not by name; return body and problem.

    Raises:
        UnreadableError: larger than ``MAX_SITEMAP_BYTES`` when unpacked.
    """
    for _ in range(_MAX_LAYERS):
        if not body.startswith(_GZIP):
            break
        body, problem = _gunzip(body)
        if problem:
            return body, problem
    if len(body) > MAX_SITEMAP_BYTES:
        raise UnreadableError(f"larger than {MAX_SITEMAP_BYTES >> 20} MB")
    return body, None


def _gunzip(packed: bytes) -> tuple[bytes, str | None]:
    text, position = bytearray(), 0
    for _ in range(_MAX_MEMBERS):  # one member after the other, as in concatenated files
        if not packed.startswith(_GZIP, position):
            break
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            if position >= len(packed):
                return bytes(text), "the gzip data ends early"
            try:
                # In small pieces, so that the data before a damage is kept.
                text += member.decompress(packed[position : position + _PIECE], MAX_SITEMAP_BYTES + 1)
            except zlib.error as error:
                return bytes(text), f"the gzip data is damaged ({error})"
            if len(text) > MAX_SITEMAP_BYTES:
                raise UnreadableError(f"larger than {MAX_SITEMAP_BYTES >> 20} MB when decompressed")
            position += _PIECE
        position = min(position, len(packed)) - len(member.unused_data)
    return bytes(text), None


def to_utf8(body: bytes, charset: str | None) -> bytes:
    """Convert the text to UTF-8 without byte order mark.

    Valid UTF-8 is taken as such; else the declared encoding, the header's, or UTF-8 with stray windows-1252 bytes.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace").encode()
    if b"\0" in body[:4]:
        return body.decode("utf-16-be" if body.startswith(b"\0") else "utf-16-le", "replace").encode()
    if _decodes(body, "utf-8"):
        return body
    declared = _DECLARED.search(body[:_HEAD_BYTES])
    for named in (declared[1].decode() if declared else None, charset):
        if named and _is_charset(named) and _decodes(body, named):
            return body.decode(named).encode("utf-8", "replace")
    return _STRAY_BYTES.sub(_windows_1252, body.decode("utf-8", "surrogateescape")).encode()


def _is_charset(name: str) -> bool:
    try:
        return _CHARSETS.match(codecs.lookup(name).name) is not None
    except LookupError:
        return False


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeError:
        return False
    return True


def _windows_1252(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("windows-1252", "replace")


def to_xml(text: bytes) -> Xml:
    """Cut a text to its XML root element and repair small faults.

    A bare "&" or "<" costs a strict parser the whole document.

    Raises:
        UnreadableError: no feed or sitemap, or it defines entities.
    """
    head = _without_comments(text[:_HEAD_BYTES])
    root = _ROOT.search(head)
    prolog = head[: root.start()] if root else head
    # Billion laughs and external entities: no feed needs a definition, so none is read.
    if b"<!entity" in prolog.lower():
        raise UnreadableError("it defines XML entities, which are refused")
    if root is None:
        raise UnreadableError(f"not a feed or sitemap: {_describe(text)}")
    body = text[root.start() :].translate(None, _CONTROL)
    body = _BARE_AMPERSAND.sub(b"&amp;", _NAMED_ENTITY.sub(_numeric, body))
    return Xml(root[1].decode().lower(), _LESS_THAN.sub(b"&lt;", body))


def _without_comments(head: bytes) -> bytes:
    """Blank out comments; a pattern would be quadratic for unclosed ones."""
    parts, end = [], 0
    while (start := head.find(b"<!--", end)) >= 0 and (close := head.find(b"-->", start)) >= 0:
        parts += [head[end:start], b" " * (close + 3 - start)]
        end = close + 3
    return b"".join([*parts, head[end:]])


def _numeric(match: re.Match[bytes]) -> bytes:
    characters = html.unescape(match[0].decode())
    if characters.startswith("&"):
        return b"&amp;" + match[1]
    return b"".join(b"&#%d;" % ord(character) for character in characters)


def _describe(text: bytes) -> str:
    start = text[:_HEAD_BYTES].strip().lower()
    if not start:
        return "an empty body"
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "an HTML page with a login form" if _LOGIN.search(text) else "an HTML page"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "other XML" if start.startswith(b"<") else "no XML at all"
