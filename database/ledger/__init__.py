"""The ledger: every URL ever named, with exactly one outcome and its reason (design §4).

Plain functions on a ``Session`` whose transaction is the caller's, so that what belongs together is written together.
"""

from database.ledger.admission import Admission, admit
from database.ledger.due import Due, known_sources, next_due, outlets_due
from database.ledger.gaps import Completeness, GapView, SourceGaps, find_gaps, gaps_of
from database.ledger.history import Event, History, counts, history
from database.ledger.outcomes import (
    MAX_ATTEMPTS,
    Claimed,
    FinalState,
    alias,
    all_have_reason,
    claim,
    decide,
    fail,
    retry_at,
)
from database.ledger.pending import Pending, resume
from database.ledger.rechecks import (
    DueRecheck,
    bring_forward_rechecks,
    due_rechecks,
    fail_recheck,
    plan_recheck,
    record_recheck,
    record_recheck_missing,
    record_recheck_rejected,
    record_recheck_unchanged,
)
from database.ledger.runs import RunState, finish_run, is_open, newest_published, start_run, unfinished_since
from database.ledger.sources import (
    SourceKind,
    SourceState,
    SourceStatus,
    Validators,
    catch_up,
    find_sources,
    finish_walk,
    known_children,
    record_source_failure,
    record_unchanged,
    source,
)

__all__ = [
    "MAX_ATTEMPTS",
    "Admission",
    "Claimed",
    "Completeness",
    "Due",
    "DueRecheck",
    "Event",
    "FinalState",
    "GapView",
    "History",
    "Pending",
    "RunState",
    "SourceGaps",
    "SourceKind",
    "SourceState",
    "SourceStatus",
    "Validators",
    "admit",
    "alias",
    "all_have_reason",
    "bring_forward_rechecks",
    "catch_up",
    "claim",
    "counts",
    "decide",
    "due_rechecks",
    "fail",
    "fail_recheck",
    "find_gaps",
    "find_sources",
    "finish_run",
    "finish_walk",
    "gaps_of",
    "history",
    "is_open",
    "known_children",
    "known_sources",
    "newest_published",
    "next_due",
    "outlets_due",
    "plan_recheck",
    "record_recheck",
    "record_recheck_missing",
    "record_recheck_rejected",
    "record_recheck_unchanged",
    "record_source_failure",
    "record_unchanged",
    "resume",
    "retry_at",
    "source",
    "start_run",
    "unfinished_since",
]
