"""Models, dates, texts, URLs and schedules that all packages share."""
