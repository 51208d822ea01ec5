"""Recognise page furniture by class, id, role or element."""

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from crawler.extraction.document import attributes_of

# Never part of an article's text, regardless of their names.
DEAD = frozenset(
    """script style noscript iframe template svg math canvas object embed video audio map select option button input
    textarea label dialog figcaption head link meta ins""".split()  # noqa: SIM905 - a table of words reads better so
)
# Furniture unless they hold most of the text (an old page may be wrapped in a form or an aside).
DOUBTFUL = frozenset({"nav", "aside", "footer", "form", "figure", "menu"})
_ROLES = frozenset(
    {"navigation", "complementary", "contentinfo", "search", "banner", "menu", "dialog", "alert", "button"}
)

# Words of class and id, from the outlets' pages. A word counts alone or between "-" and "_".
_TOKENS = (
    # other articles
    r"related\w*|terkait|recommend\w*|rekomendasi\w*|popular|populer|terpopuler|trending|terkini|terbaru|latest|most-\w+",
    r"baca-?juga\w*|bacajuga\w*|baca-(?:holder|inline|selengkapnya|lainnya)|lihat-?juga|simak|linksisip|sisip|inject\w*",
    r"picked-?article|article-read|next-?article|next-?post|prev-?post|post-?navigation|more-?(?:news|articles?|stories)",
    r"read-?more|readmore|selengkapnya|berita-?(?:lain|lainnya|terkait|utama)|artikel-?(?:lain|lainnya|terkait)|indeks",
    r"widget\w*|sidebar|side-?bar|aside|rail|playlist|carousel|newsfeed|list-?(?:news|berita|artikel)|latestnews|teaser-list",
    r"infinite\w*|onecms|jeg_ad|also-?read|editors?-?(?:pick|choice)s?|pilihan|headline-list|topik|topic-list|ten-second",
    # buttons and community
    r"shar(?:e|ing)\w*|sosmed\w*|socmed\w*|social\w*|sharethis|addthis\w*|addtoany\w*|follow\w*|whatsapp|wa-channel",
    r"comments?|komentar\w*|disqus\w*|fb-comments|respond|reply|replies|likes?|emot\w*|reaction\w*|rating|vote|polling",
    r"google-?(?:news|pref)|gnews|newsletter\w*|subscri\w*|langganan|login|register|paywall|modal|popup|cookie\w*|consent",
    r"toolbar|tools?|font-?(?:size|resize)|text-?resize|print|bookmark|audio-?player|speech|tooltip|alert|notif\w*",
    # advertising
    r"ads?|adv|advert\w*|adsense|adsby\w*|ads-?\w+|iklan\w*|banner\w*|sponsor\w*|promo\w*|dfp\w*|gpt|div-gpt\w*|billboard",
    r"parallax\w*|scrollpage|outbrain|taboola|mgid|revcontent|dable|teads|vicon|skyscraper|leaderboard|placeholder_\w+",
    r"advertisement-placeholder|noncontent|kompasidrec\w*|vidy|inread|inarticle|in-article|adsh?d?",
    # about the article
    r"breadcrumbs?|tags?|tag-?(?:list|read|box|artikel|article)|newstag|detail__body-tag|body-tag|keywords?|hashtags?|label",
    r"captions?|pic-?caption|photo-?caption|img-?caption|wp-caption-text|media-caption|foto-?caption|text-muted|footnote\w*",
    r"(?:photo|img|image|foto|video)-(?:info|desc|source|credit|caption|detail)|credits?|copyright|disclai?mer|txt-disclamer",
    r"author-?(?:box|bio|info|card|detail)|about-?author|penulis|byline|reporter|redaksi|bio|editor|summary-article|signature",
    # the frame
    r"nav|navi|navbar|navigation|menus?|submenu|footer\w*|masthead|topbar|pagination|paging|pagenavi|pager|page-?links?",
    r"next-?page|halaman|skip-link|sr-only|screen-reader-text|visually-hidden|search\w*|twitter-tweet|instagram-media",
    r"fb-post|tiktok-embed|embed\w*|gallery-thumbs?|poll|quiz|survey|livescore|klasemen|jadwal|glos\w*|tab-pane",
)
# Words that make even an inline element furniture; inline "tag" and "topic" are ordinary links.
_INLINE_TOKENS = (
    r"baca-?juga\w*|bacajuga\w*|baca-inline|linksisip|inject\w*|also-?read|readmore|read-?more|shar(?:e|ing)\w*|sosmed\w*",
    r"ads?|adv|adsby\w*|iklan\w*|captions?|sr-only|screen-reader-text|visually-hidden|copyright|related\w*|editor",
)
_INLINE = frozenset({"a", "b", "big", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"})
_FURNITURE = re.compile(rf"(?:^|[\s_-])(?:{'|'.join(_TOKENS)})(?=$|[\s_-])", re.IGNORECASE)
_INLINE_FURNITURE = re.compile(rf"(?:^|[\s_-])(?:{'|'.join(_INLINE_TOKENS)})(?=$|[\s_-])", re.IGNORECASE)

# Words that name the text of an article.
_BODY = re.compile(
    r"""(?:^|[\s_-])(?:
      article[_-]*(?:body|content|text|detail)\w*
    | (?:news|post|entry|story|content|detail|read|berita|artikel|isi|text|body)
        [_-]*(?:body|content|text|news|detail|berita|artikel|desc\w*|isi|konten)\w*
    | articlebody | itp_bodycontent | entry | isi | artikel | konten | story | abody
    | ctn-desc | c-detail | div-read | dtlnews | teaser_detail
    )(?=$|[\s_-])""",
    re.IGNORECASE | re.VERBOSE,
)


@lru_cache(maxsize=8192)
def _says_furniture(words: str, *, inline: bool) -> bool:
    return (_INLINE_FURNITURE if inline else _FURNITURE).search(words) is not None


@lru_cache(maxsize=8192)
def _says_body(words: str) -> bool:
    return _BODY.search(words) is not None


def is_furniture(element: Element) -> bool:
    """True if the words or kind say furniture; the size may prove them wrong."""
    if element.tag in DOUBTFUL or element.get("role") in _ROLES:
        return True
    words = attributes_of(element)
    return bool(words) and _says_furniture(words, inline=element.tag in _INLINE)


def is_body(element: Element) -> bool:
    words = attributes_of(element)
    return bool(words) and _says_body(words)
