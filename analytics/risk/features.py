"""Which facts of a landmark the outcome model looks at, grouped into the reasons that a reader is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.store.subjects import QUESTIONS

#: How values are spread before they are used: as they are, by logarithm, by logarithm on both sides of 0.
Scale = Literal["plain", "log", "signed log"]
Family = Literal["movement", "people", "business case", "statement", "owner's history", "calendar", "deal"]
FAMILIES: tuple[Family, ...] = (
    "statement",
    "movement",
    "people",
    "business case",
    "owner's history",
    "deal",
    "calendar",
)


@dataclass(frozen=True)
class Number:
    """A number of the landmark; `smooth`: its effect may bend, otherwise it is a straight line."""

    column: str
    scale: Scale = "plain"
    smooth: bool = True


@dataclass(frozen=True)
class Reason:
    """One reason: the facts that are told together, and the family that they belong to."""

    key: str
    family: Family
    numbers: tuple[Number, ...] = ()
    kinds: tuple[str, ...] = ()  # columns of words
    #: products of two facts, each a number (on its scale) or a column of words
    products: tuple[tuple[str, str], ...] = ()
    #: products that only the largest model uses
    larger: tuple[tuple[str, str], ...] = ()


def _case(question: str) -> Reason:
    return Reason(
        question,
        "business case",
        (Number(f"level_{question}", smooth=False), Number(f"fresh_{question}", smooth=False)),
        larger=((f"fresh_{question}", "stage_order"),),
    )


_DQE, _PAST_END = "days_to_quarter_end", "days_past_quarter_end"

REASONS: tuple[Reason, ...] = (
    Reason("stage", "deal", kinds=("stage",), products=(("stage", _DQE),)),
    Reason(
        "calendar",
        "calendar",
        (
            Number(_DQE, "log"),
            Number("quarter_of_year", smooth=False),
            Number("quarter_just_began", smooth=False),
        ),
    ),
    Reason(
        "close date",
        "statement",
        (
            Number(_PAST_END, "signed log"),
            Number("days_to_close", "signed log"),
            Number("is_parked", smooth=False),
        ),
        ("timing",),
        products=(("timing", _DQE), ("timing", "stage_order")),
        larger=((_PAST_END, _DQE), (_PAST_END, "stage_order")),
    ),
    Reason(
        "category",
        "statement",
        kinds=("category",),
        products=(("category", "timing"), ("category", _DQE)),
        larger=(("category", "stage_order"),),
    ),
    Reason("stated probability", "statement", (Number("probability"),)),
    Reason(
        "amount",
        "statement",
        (
            Number("amount_company", "log"),
            Number("amount_raised", smooth=False),
            Number("amount_changes", "log", False),
        ),
    ),
    Reason(
        "pushes",
        "movement",
        (
            Number("pushes", "log", False),
            Number("days_pushed", "log", False),
            Number("last_push_days", "log"),
            Number("last_push_length", "log", False),
            Number("pulls", "log", False),
        ),
        larger=(("pushes", _DQE), ("pushes", "timing")),
    ),
    Reason(
        "time in stage",
        "movement",
        (
            Number("stage_days", "log"),
            Number("stage_moves_28", "log", False),
            Number("stage_moves_back", "log", False),
        ),
        products=(("stage_days", "stage_order"),),
        larger=(("stage_days", "stage"), ("stage_days", _DQE)),
    ),
    Reason(
        "category moves",
        "movement",
        (Number("category_raises_28", "log", False), Number("category_cuts_28", "log", False)),
    ),
    Reason(
        "activity",
        "movement",
        (
            Number("activity_days", "log"),
            Number("next_step_days", "log"),
            Number("has_next_step", smooth=False),
            Number("changes_28", "log"),
        ),
        larger=(("activity_days", _DQE), ("activity_days", "stage_order")),
    ),
    Reason(
        "people",
        "people",
        (
            Number("stakeholders", "log", False),
            Number("new_people_28", "log", False),
            Number("has_economic_buyer", smooth=False),
            Number("has_champion", smooth=False),
            Number("has_security_or_legal", smooth=False),
        ),
        larger=(
            ("stakeholders", "stage_order"),
            ("has_economic_buyer", _DQE),
            ("has_security_or_legal", _DQE),
        ),
    ),
    *[_case(question) for question in QUESTIONS],
    Reason("contradictions", "business case", (Number("contradictions", smooth=False),)),
    Reason(
        "age of the case",
        "business case",
        (Number("last_answer_days", "log"),),
        larger=(("last_answer_days", "stage_order"),),
    ),
    Reason(
        "owner's past",
        "owner's history",
        (Number("rep_index", smooth=False),),
    ),
    Reason("tenure", "owner's history", (Number("rep_tenure_days", "log"),)),
    Reason(
        "quota", "owner's history", (Number("rep_attainment", "log"),), larger=(("rep_attainment", _DQE),)
    ),
    Reason(
        "age",
        "deal",
        (
            Number("age_days", "log"),
            Number("created_days_before_first_seen", "log", False),
        ),
        larger=(("age_days", "stage_order"),),
    ),
    Reason("kind of deal", "deal", kinds=("deal_type", "lead_source", "team")),
)
NAMES = {reason.key: reason for reason in REASONS}
