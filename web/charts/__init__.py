"""Charts of what was found and told, as markup for pages."""

from web.charts.lags import lag_chart
from web.charts.small import bar, sparkline
from web.charts.timeline import timeline_chart

__all__ = ["bar", "lag_chart", "sparkline", "timeline_chart"]
