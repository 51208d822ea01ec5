"""What Scrapy loads (``scrapy.cfg``). Every line carries its reason; the environment overrides are at the end."""
