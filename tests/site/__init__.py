"""A small news web on loopback: outlets of different make, their truth, and a log of what was asked of them.

``kabar_pesisir`` WordPress, JSON-LD, sitemaps · ``lintas_rantau`` listing pages · ``siaran_samudra`` CRI-like ·
``kabar_contoh`` links between paragraphs, AMP twins · ``warta_selasar``, ``harian_bukit`` articles of several pages ·
``suluh_lama`` tables in windows-1252 · ``pena_muara`` home page and robots.txt · ``gema_retak`` faults ·
``bulk`` (on demand) many heavy pages.
"""

from tests.site.article import Article, Truth
from tests.site.server import Request
from tests.site.site import Site

__all__ = ["Article", "Request", "Site", "Truth"]
