"""Names of orders, timeline steps and file formats, for options.

Imports nothing, so that commands start quickly.
"""

from typing import Literal, get_args

Sort = Literal["relevance", "newest", "oldest", "similarity"]
SORTS: tuple[Sort, ...] = get_args(Sort)

Step = Literal["day", "week", "month"]
STEPS: tuple[Step, ...] = get_args(Step)

Format = Literal["jsonl", "csv", "parquet", "text"]
FORMATS: tuple[Format, ...] = get_args(Format)
