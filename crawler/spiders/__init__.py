"""NewsSpider, its loader, and the crawl of one outlet."""
