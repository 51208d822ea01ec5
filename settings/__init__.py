"""Scrapy settings, each with its reason; environment variables come last.

``scrapy crawl NAME -s KEY=VALUE`` overrides any of these for one run.
"""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

# --- Scrapy's wiring ------------------------------------------------------------------------------------------------
BOT_NAME = "pantau"
SPIDER_MODULES = ["crawler.spiders"]
SPIDER_LOADER_CLASS = "crawler.spiders.loader.OutletSpiderLoader"  # every declaration is a spider
COMMANDS_MODULE = "cli.commands"
# Both answer on a port or run code; a monitor that runs unattended needs neither.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.remote_control.RemoteControl": None,  # loads a web server even where it is disabled
    # The summary has these numbers.
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "crawler.traffic.TrafficMeter": 0,
}

# --- Identity -------------------------------------------------------------------------------------------------------
# One honest name with a contact: PANTAU_CONTACT is the operator's address or page.
PANTAU_CONTACT = os.environ.get("PANTAU_CONTACT", "")
USER_AGENT = f"Pantau/0.1 (news monitor; +{PANTAU_CONTACT})" if PANTAU_CONTACT else "Pantau/0.1 (news monitor)"
# robots.txt is obeyed for both names: a rule for Scrapy is meant for us, too (design §8).
ROBOTS_AGENTS = ["Pantau", "Scrapy"]
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "id,ms;q=0.5,en;q=0.3",
}

# --- Politeness -----------------------------------------------------------------------------------------------------
DOWNLOAD_DELAY = 1.0  # seconds between two requests to one outlet; a declaration's [politeness] overrides it
DOWNLOAD_DELAY_JITTER = 0.25  # no regular beat
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # a slow server gets no second request meanwhile
CONCURRENT_REQUESTS = 256  # of all outlets together, one or two each; 256 pages of 1 MB are little memory
CONCURRENT_WITHOUT_DELAY = 8  # for declarations with delay = 0 (one's own server, tests)
MAX_CRAWL_DELAY = 60.0  # a robots.txt Crawl-delay beyond this would never finish a day's news
COOKIES_ENABLED = False  # no sessions: every page as for a new reader
REFERER_ENABLED = False  # outlets need not know where a URL was found
METAREFRESH_ENABLED = False  # news pages use it to reload themselves
# Retries: these failures are often gone a moment later.
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_BASE_DELAY = 2.0  # seconds; doubled for each further try
RETRY_MAX_DELAY = 60.0  # a longer Retry-After is left to a later run

# --- Limits ---------------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30  # seconds for one answer
DOWNLOAD_MAXSIZE = 10 * 2**20  # bytes of a page, also after decompression; the largest page we know has 0.8 MB
DOWNLOAD_WARNSIZE = 0  # the ledger records sizes, not the log
SOURCE_MAXSIZE = 50 * 2**20  # bytes of a feed or sitemap: the sitemap protocol's own limit
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 2000  # core.urls.MAX_URL_LENGTH, whose import would cost every command its start
MAX_ARTICLE_PAGES = 20  # of one multi-page article
MAX_SITEMAP_DEPTH = 4  # an index in an index in an index; deeper is a loop
DOWNLOAD_VERIFY_CERTIFICATES = True  # SSL_CERT_FILE adds an authority
# Scrapy starts this many tasks for every answer, and a page gives one item.
CONCURRENT_ITEMS = 1
# Bytes of pages between download and database: enough to keep the workers busy, few enough to save memory.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20 * 2**20

# --- Stages ---------------------------------------------------------------------------------------------------------
SCHEDULER = "crawler.scheduler.FairScheduler"  # fair to every outlet
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the ledger decides what is new
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no outlet has a password
    # Serialises every request once more to know its size; TrafficMeter counts requests and bytes.
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # GuardMiddleware, which records a reason
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # RobotsMiddleware, which follows RFC 9309
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # BackoffMiddleware, which honours Retry-After
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,  # LimitedRedirectMiddleware
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # LimitedCompressionMiddleware
    "crawler.middlewares.guard.GuardMiddleware": 50,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.backoff.BackoffMiddleware": 550,
    "crawler.middlewares.limits.LimitedCompressionMiddleware": 590,
    "crawler.middlewares.limits.LimitedRedirectMiddleware": 600,
    "crawler.middlewares.archive.ArchiveMiddleware": 800,  # sees the body as sent
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # GuardMiddleware records what it refuses
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # nothing here goes deep
    # Each of these costs one more asynchronous generator per answer.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every status has an outcome in the ledger
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # a check for development
}
ITEM_PIPELINES = {
    "pipelines.extract.ExtractPipeline": 100,
    "pipelines.store.StorePipeline": 200,
}
WORKERS = 0  # extraction processes; 0 = one per core
WORKER_TIMEOUT = 30.0  # seconds for one page; a normal one takes a hundredth of a second
WORKER_TASKS = 5000  # pages, then the process is renewed: parsers keep memory

ARCHIVE_DAYS = 0  # how long raw pages stay in DATA_DIR/archive (some 15 KB each); 0 keeps none

# Days before and after an article in which near copies are looked for; equal texts are found at any age. Wires are
# reprinted within days, features and anniversaries within weeks; later matches are new stories or templates.
STORY_LOOK_BACK_DAYS = 60

# Seconds for a query of `scrapy serve`; a word found in a third of a million articles takes half of it.
QUERY_SECONDS = 10.0

# --- Log ------------------------------------------------------------------------------------------------------------
LOG_LEVEL = "ERROR"  # the ledger has every page, the summary counts them; -L INFO shows the steps of a run
LOG_DATEFORMAT = "%Y-%m-%dT%H:%M:%S%z"
STATS_DUMP = False
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"  # items are dropped only when the database fails, which the summary says

# --- Overridden by the environment ----------------------------------------------------------------------------------
DATA_DIR = os.environ.get("DATA_DIR", str(PROJECT / "data"))
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR}/pantau.db"
OUTLET_PATHS = [path for path in os.environ.get("OUTLET_PATHS", "").split(os.pathsep) if path]
ALIAS_PATHS = [path for path in os.environ.get("ALIAS_PATHS", "").split(os.pathsep) if path]
WATCHLIST_PATHS = [path for path in os.environ.get("WATCHLIST_PATHS", "").split(os.pathsep) if path]
