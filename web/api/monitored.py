"""What the API answers of the monitor's rounds, of flags and of gaps."""

from pydantic import AwareDatetime, BaseModel, Field

_NEXT = "what `after` must be for the next page; null: this is the last"


class Flag(BaseModel):
    """Something that is, or was, wrong with an outlet."""

    id: int
    outlet: str
    kind: str = Field(description="as in an outlet's `health.condition`")
    words: str = Field(description="for people; once it is cleared, as they were last")
    raised_at: AwareDatetime
    seen_at: AwareDatetime = Field(description="when it was last found to be so")
    cleared_at: AwareDatetime | None = Field(description="null: it is open")


class Flags(BaseModel):
    """A page of the flags, the one raised last first."""

    total: int
    next: int | None = Field(description=_NEXT)
    items: list[Flag]


class Gap(BaseModel):
    """A source listed nothing that it had listed at the poll before: articles in between may have been missed."""

    id: int
    source: str = Field(description="its address")
    found_at: AwareDatetime
    since: AwareDatetime = Field(description="the newest that it had listed before")
    until: AwareDatetime = Field(description="the oldest that it listed then")
    estimate: int = Field(description="articles that came and went unseen")
    recovered: int = Field(description="of these, found in other sources since")
    closed_at: AwareDatetime | None = Field(description="when another source reached back beyond it; null: none has")


class Round(BaseModel):
    """One round of the monitor over the outlets that were due."""

    id: int
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = Field(description="while it is running: when it last reported")
    state: str = Field(description="running, finished, stopped, failed or killed")
    message: str | None = Field(description="why it ended early, or failed")
    totals: dict[str, int] = Field(description="its numbers over all outlets, as far as they are reported")


class Rounds(BaseModel):
    """A page of the rounds, the newest first."""

    total: int
    next: int | None = Field(description=_NEXT)
    items: list[Round]


class OutletInRound(BaseModel):
    """What a round did with an outlet."""

    name: str
    title: str
    stage: str = Field(
        description="waiting, running, finished, stopped, failed; busy: another run had it; left: it had no turn"
    )
    run_id: int | None
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    discovered: int = Field(description="URLs that its sources named")
    new: int
    updated: int
    copies: int
    rejected: dict[str, int] = Field(description="pages that are no articles wanted, by reason")
    failed: dict[str, int] = Field(description="by reason")
    waiting: int = Field(description="URLs still to be fetched")
    requests: int
    bytes: int
    newest_at: AwareDatetime | None = Field(description="its newest article, whenever that was stored")
    missed: int = Field(description="estimate of articles that its sources may have lost")
    flags: list[str] = Field(description="what was wrong with it at its end, in words")
    messages: list[str] = Field(description="what failed, in words; the first ones")


class WholeRound(Round):
    """A round with a page of its outlets: where something needs a look first, then by name."""

    not_due: int = Field(description="outlets that had nothing to do")
    raised: list[str] = Field(description="flags raised in it, in words; the first 100")
    cleared: list[str] = Field(description="flags cleared in it, in words; the first 100")
    total: int = Field(description="outlets")
    next: int | None = Field(description=_NEXT)
    items: list[OutletInRound]
