"""The knobs of a sample company: how large, how long, and which of its mechanisms are switched on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from analytics.store.subjects import QUESTIONS


@dataclass(frozen=True)
class WorldOptions:
    """One world. Two worlds with equal options are equal, row by row.

    `sandbagging=False` makes every rep state what they believe (happy ears are switched off as well).
    `depth_matters=False` draws the substance of the answers from dice that know nothing of the buyer.
    `hazard` is the family of clocks that move a buyer: waiting lines and ageing clocks, memoryless clocks,
    or progress that has to cross a threshold.
    `matters` are seven weights in the order of QUESTIONS: every buyer has a hidden fact per question, and
    the weighted sum of them keeps the buyer from leaving and speeds them up; (0,) * 7 = no question matters.
    `matters_dates` are weights that make everything happen sooner, wins and losses alike. In such a world
    answers report the hidden facts, the more plainly the larger `clarity`, and go by the deal's age; None =
    there are no such facts.
    `habits=True` deals each rep a habit (see rep_habits).
    """

    seed: int = 7
    deals_per_quarter: int = 400
    reps: int = 40
    sandbagging: bool = True
    depth_matters: bool = True
    matters: tuple[float, ...] | None = None
    matters_dates: tuple[float, ...] | None = None
    clarity: float = 1.0
    habits: bool = False
    hazard: Literal["queue", "proportional", "threshold"] = "queue"
    first_day: date = date(2023, 7, 1)
    last_day: date = date(2026, 11, 15)
    answers: bool = True
    #: standard deviation (log speed) of what all deals have in common, and of each segment's own share
    common_factor: float = 0.14
    segment_factor: float = 0.08
    #: yearly growth of the number of new deals
    growth: float = 0.08

    def __post_init__(self) -> None:
        for weights in (self.matters, self.matters_dates):
            if weights is not None and len(weights) != len(QUESTIONS):
                raise ValueError(f"expected {len(QUESTIONS)} weights, one per question, got {len(weights)}")

    @property
    def has_grounds(self) -> bool:
        """Whether buyers have a hidden fact per question."""
        return self.matters is not None or self.matters_dates is not None

    @classmethod
    def small(cls, seed: int = 7) -> Self:
        """About 200 deals over a year and a half: for tests and first looks."""
        return cls(seed=seed, deals_per_quarter=34, reps=8, first_day=date(2025, 7, 1))

    @classmethod
    def large(cls, seed: int = 7) -> Self:
        """About 100,000 deals and a million change rows, without answers: for measuring speed."""
        return cls(seed=seed, deals_per_quarter=7400, reps=640, answers=False)

    def but(self, **changes: object) -> Self:
        """The same world with some options changed."""
        return replace(self, **changes)  # type: ignore[arg-type]
