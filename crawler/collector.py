"""Python's garbage collector, for processes that read page after page."""

import gc


def calm() -> None:
    """Let it pass over what is here to stay, and come less often.

    A page makes thousands of short-lived objects that go as it is done with, without a collector. Looking for circles
    among them, and through the modules that are loaded by now, took a sixth of a crawl's time and a tenth of a
    worker's; and every worker would copy what the collector touches.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
