"""What a check of the data is, and the six states in which one can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd

from analytics.problems import NotEnough

if TYPE_CHECKING:
    from analytics.quality.facts import Facts

Kind = Literal["missing", "stale", "contradictory", "duplicated", "history"]
Severity = Literal["error", "warning", "info"]
State = Literal["passed", "failed", "not applicable", "not enough data", "skipped", "ignored"]
About = Literal["open deals", "won deals", "closed deals", "all deals", "the store"]

#: From worst to least: an error makes the number wrong, a warning may, an info is worth knowing.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
OWNER, REVOPS, ADMIN = "Deal owner", "RevOps", "CRM admin"


@dataclass(frozen=True)
class Found:
    """What a check came upon; nothing in it means passed.

    `deals`: rows of `Facts.deals` with `why` (a few words per deal). `things`: what is no deal.
    """

    deals: pd.DataFrame = field(default_factory=pd.DataFrame)
    things: pd.DataFrame = field(default_factory=pd.DataFrame)
    note: str = ""


@dataclass(frozen=True)
class NotJudged:
    """Why a check gives no verdict here."""

    state: Literal["not applicable", "not enough data", "skipped"]
    reason: str


@dataclass(frozen=True)
class Check:
    """One rule. `means`: what a failure does to the number; `fix`: what to do; `who` can do it."""

    code: str
    title: str
    kind: Kind
    severity: Severity
    about: About
    means: str
    fix: str
    who: str
    find: Callable[[Facts], Found | NotJudged]
    in_trend: bool = True  # cheap, and about open deals only


@dataclass(frozen=True)
class Ignored:
    """Who decided to live with a failure, why, and until when (None: until it is taken back)."""

    reason: str
    author: str
    until: date | None
    since: date


@dataclass(frozen=True)
class Effect:
    """What a measure says now and would say after the fix, in the company's currency, under `assumed`."""

    measure: str
    before: float
    after: float
    assumed: str


@dataclass(frozen=True)
class Result:
    """How a check ended. `money`: amounts of its deals, company currency; NotEnough where none is known.

    `changes`: what the fix would change in the number, or why that is not computed; None unless it failed.
    """

    check: Check
    state: State
    deals: pd.DataFrame
    things: pd.DataFrame
    money: float | NotEnough
    note: str
    ignored: Ignored | None = None
    changes: Effect | NotEnough | None = None
