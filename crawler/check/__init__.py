"""Whether an outlet can be crawled as it is declared: asked on the web, told step by step, nothing written down.

``asking`` fetches, politely and in the crawl's own way; what an answer means is decided in ``sources`` and ``pages``.
"""
