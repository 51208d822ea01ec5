"""The project's own commands for the scrapy program."""
