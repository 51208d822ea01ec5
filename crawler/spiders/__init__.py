"""The one NewsSpider, and the loader that gives every outlet its spider."""
