"""Clean, identify and compare URLs. Pure.

courlan's ``normalize_url`` drops parameters that matter in old CMSs (``/baca?cid=12``, ``/?berita-lama``).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Sitemaps allow 2,047 characters and Scrapy 2,083; a PostgreSQL index entry, which the identity becomes, 2,704 bytes.
MAX_URL_LENGTH = 2000

_DEFAULT_PORTS: dict[str, int] = {"http": 80, "https": 443}
_CONTROL_AND_SPACE = "".join(map(chr, range(0x21))) + "\xa0\ufeff"
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")  # the URL standard removes them anywhere
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_PATH_SAFE = "/%!$&'()*+,;=:@~"  # what RFC 3986 allows, and escapes that are there already
_QUERY_SAFE = _PATH_SAFE.replace("'", "?")  # the URL standard escapes the apostrophe in queries
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# Whole names only: courlan's prefixes also take "reference", "gallery" and "sourceid".
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|itm|hsa|vero|oly|fb|gad|ref|at)_\w+|(?:fb|g|d|y|tw|tt|wick)clid|msclkid|gclsrc|[gw]braid"
    r"|igsh(?:id)?|mc_[ce]id|_g[al]|_hs\w+|spm|scm|ref|referr?er|xtor|ocid|cmpid|wt\.mc_id|tag_?from|jxconn|jxrecoid"
    r"|(?:traffic_)?source|medium|campaign|replytocom|share|__twitter_impression|amp_js_v|amp_gsa|usqp",
    re.IGNORECASE,
)
# Queries for the whole article or another version of the same page.
_SAME_ARTICLE = re.compile(
    r"(?:page|hal|halaman|showpage|show|view)=(?:all|full|semua)|(?:single|singlepage|fullpage|page_?all)=(?:1|true|all)"
    r"|amp(?:=(?:|1|true|amp))?|(?:outputtype|output|mode|view)=amp(?:-type)?|(?:no|non)_?amp(?:=\w*)?|m=[01]|mobile=[01]",
    re.IGNORECASE,
)
# Pages of a multi-page article. From three digits on the number may be an article's.
_FURTHER_PAGE = re.compile(r"(?:page|hal|halaman)=\d{1,2}", re.IGNORECASE)
_ROOTS = frozenset({"/", "/index.php"})  # certainly a list: "?page=2" is another one
_TWIN_LABELS = frozenset({"www", "m", "amp", "mobile"})


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int | None  # None: the scheme's own
    path: str
    query: str


def clean_url(url: str, base: str | None = None) -> str | None:
    """Return the URL ready to fetch, without fragment and tracking parameters.

    It may be HTML-escaped, with spaces, backslashes or a Unicode host. ``None`` for other schemes, credentials, over
    ``MAX_URL_LENGTH`` characters, and unparsable text; else absolute ASCII.
    """
    parts = split_url(url, base)
    return None if parts is None else _unsplit(parts)


@lru_cache(maxsize=4096)  # called half a dozen times for one URL between source and database
def identify(url: str) -> str:
    """Return the ledger's key: one for all addresses of an article.

    Ignored: scheme; ``www.``, ``m.``, ``amp.``, ``mobile.``; AMP; ``/index.php/``; ``page=all`` and pages 2 to 99;
    tracking, fragment, trailing slash, host's case, default port, order of parameters, needless encoding. Not for
    listing pages: page 2 would equal page 1 (except at the site's root). ``host[:port]/path[?query]``, or the URL
    itself if ``clean_url`` refuses it.
    """
    parts = split_url(url, None)
    if parts is None:
        return url.strip(_CONTROL_AND_SPACE)
    host, path, query = _twin_host(parts.host), plain_path(parts.path), _identifying(parts)
    return f"{host}{_colon(parts.port)}{path}{'?' if query else ''}{query}"


def is_web_url(url: str) -> bool:
    """True for an http or https URL with a host: safe to link to."""
    try:
        split = urlsplit(url)
    except ValueError:  # "http://[": no address
        return False
    return split.scheme in {"http", "https"} and bool(split.netloc)


def belongs(url: str, domains: Iterable[str]) -> bool:
    """True if the host is one of the domains or below; ``host:port`` needs the port."""
    split = _urlsplit(url)
    if split is None or split.hostname is None:
        return False
    host = split.hostname.rstrip(".")
    port = str(split.port or _DEFAULT_PORTS.get(split.scheme))
    return any(_below(host, port, domain) for domain in domains)


def is_home(url: str, site: str) -> bool:
    """True for the home page of ``site`` and the root of its subdomains."""
    home, key = identify(site), identify(url)
    host, _, rest = key.partition("/")
    home_host = home.partition("/")[0]
    return key == home or (rest == "" and (host == home_host or host.endswith(f".{home_host}")))


def first_page_url(url: str) -> str:
    """Remove "page 2": listings also link articles' last pages."""
    address, _, query = url.partition("?")
    if not query or urlsplit(address).path in _ROOTS:
        return url
    kept = [pair for pair in query.split("&") if not _FURTHER_PAGE.fullmatch(pair)]
    return f"{address}?{'&'.join(kept)}" if kept else address


def whole_article_url(url: str, single: str | None) -> str:
    """Set the outlet's ``article.single`` (``page=all``)."""
    if single is None:
        return url
    address, _, rest = url.partition("?")
    query = rest.partition("#")[0]
    name = single.partition("=")[0]
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != name]
    return f"{address.partition('#')[0]}?{'&'.join([*kept, single])}"


def download_slot(url: str) -> str:
    """Return the registered domain, or ``host:port`` without one (IP, localhost)."""
    split = _urlsplit(url)
    if split is None or split.hostname is None:
        return url
    registered = _registered(split.hostname.rstrip("."))
    return registered or f"{split.hostname}:{split.port or _DEFAULT_PORTS.get(split.scheme, 0)}"


def split_url(url: str, base: str | None) -> _Parts | None:
    if len(url) > MAX_URL_LENGTH * 2:  # too long even without white space and escapes
        return None
    url = _tidy(url)
    if not url:
        return None
    try:
        split = urlsplit(urljoin(base, url) if base and not _ABSOLUTE.match(url) else url)
        port = split.port
        host = _host(split)
        path, query = _escape(_resolve(split.path)), _escape_query(_without_tracking(split.query))
    except ValueError:  # brackets, port, IDNA, lone surrogates
        return None
    if host is None:
        return None
    parts = _Parts(split.scheme, host, None if port == _DEFAULT_PORTS[split.scheme] else port, path, query)
    return parts if len(_unsplit(parts)) <= MAX_URL_LENGTH else None


def _urlsplit(url: str) -> SplitResult | None:
    try:
        split = urlsplit(url)
        _ = split.port  # raises on a bad one
    except ValueError:
        return None
    return split


def _tidy(url: str) -> str:
    url = url.strip(_CONTROL_AND_SPACE).translate(_LINE_BREAKS)
    while "&" in url and (unescaped := _ESCAPED_AMPERSAND.sub("&", url)) != url:
        url = unescaped
    if "\\" in url:
        end = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=len(url))
        url = url[:end].replace("\\", "/") + url[end:]
    return url


def _host(split: SplitResult) -> str | None:
    if split.scheme not in _DEFAULT_PORTS or not split.hostname or "@" in split.netloc:
        return None
    host = split.hostname.rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return host if _HOST.fullmatch(host) else None


def _resolve(path: str) -> str:
    if "/." not in path:
        return path or "/"
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    return "/" + "/".join(segments) + ("/" if path.endswith(("/.", "/..")) and segments else "")


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    return "&".join(pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0]))


def _escape(path: str) -> str:
    # Not w3lib's safe_url_string: it loses white space and ";" at the end, so cleaning twice gives another URL.
    return quote(path, safe=_PATH_SAFE)


def _escape_query(query: str) -> str:
    return quote(query, safe=_QUERY_SAFE)


def _unsplit(parts: _Parts) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.host}{_colon(parts.port)}{parts.path}{query}"


def _colon(port: int | None) -> str:
    return "" if port is None else f":{port}"


@lru_cache(maxsize=4096)
def _twin_host(host: str) -> str:
    registered = _registered(host)
    while registered and host != registered and host.partition(".")[0] in _TWIN_LABELS:
        host = host.partition(".")[2]
    return host


@lru_cache(maxsize=1)
def _suffixes() -> "TLDExtract":
    # Its import brings requests and takes 0.13 s of CPU, which most commands do without.
    from tldextract import TLDExtract  # noqa: PLC0415

    # The bundled list: the default fetches one and writes it to the home directory.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    return _suffixes()(host).top_domain_under_public_suffix.lower()


def plain_path(path: str) -> str:
    path = _ESCAPE.sub(_unescape, path) if "%" in path else path
    segments = [segment for segment in path.split("/") if segment]
    if segments and segments[0] == "index.php":
        del segments[0]
    if segments and segments[-1].lower() == "amp":
        del segments[-1]
    if len(segments) > 1 and segments[0].lower() == "amp":
        del segments[0]
    return f"/{'/'.join(segments)}"


def _identifying(parts: _Parts) -> str:
    if not parts.query:
        return ""
    query = _ESCAPE.sub(_unescape, parts.query) if "%" in parts.query else parts.query
    pairs = sorted(pair for pair in query.replace("+", "%20").split("&") if not _SAME_ARTICLE.fullmatch(pair))
    if parts.path not in _ROOTS:
        pairs = [pair for pair in pairs if not _FURTHER_PAGE.fullmatch(pair)]
    return "&".join(pairs)


def _unescape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _below(host: str, port: str, domain: str) -> bool:
    name, _, wanted_port = domain.partition(":")
    return (not wanted_port or wanted_port == port) and (host == name or host.endswith(f".{name}"))
