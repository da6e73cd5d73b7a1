"""Every measure, once: what it is called, how it is computed, in which unit, and which direction is better.

Pages take labels and help from here; the definitions page shows the whole list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Unit = Literal["money", "share", "ratio", "deals", "days", "text", "level"]


@dataclass(frozen=True)
class Term:
    """One measure. `formula` is in words; `source` says where the definition comes from."""

    key: str
    label: str
    formula: str
    unit: Unit
    better: Literal["higher", "lower", "neither"] = "neither"
    sign: str = ""
    source: str = "field standard"


_STORE = "Plumbline: dated change rows"
_ALL = [
    Term(
        "won",
        "Won",
        "Sum of the amounts of deals that are closed won, booked in the quarter: the day on which "
        "the CRM first showed the deal as closed.",
        "money",
        "higher",
    ),
    Term(
        "commit",
        "Commit",
        "Sum of the amounts of open deals dated in the quarter that their owners put in the "
        "category Commit. Without what is already won.",
        "money",
        "higher",
    ),
    Term(
        "best_case",
        "Best case",
        "Sum of the amounts of open deals dated in the quarter in the category Best Case. Without "
        "Commit and without what is already won.",
        "money",
        "higher",
    ),
    Term(
        "open_pipeline",
        "Open pipeline",
        "Sum of the amounts of all open deals dated in the quarter, the category Omitted left out.",
        "money",
        "higher",
    ),
    Term(
        "weighted_pipeline",
        "Weighted pipeline",
        "Sum of amount x stage probability over open deals dated in the quarter; each deal "
        "rounded to the cent. The probability is the one stated on the deal, else the one "
        "configured for its stage.",
        "money",
        "higher",
    ),
    Term(
        "target",
        "Target",
        "The amount to be won in the quarter, as loaded: the company's own, else the sum over the highest "
        "people that have one. A team: the same within the team. An owner: their own.",
        "money",
    ),
    Term(
        "gap",
        "Gap to target",
        "Target - won. Negative once the target is exceeded.",
        "money",
        "lower",
        "positive = still to be won",
    ),
    Term(
        "coverage",
        "Coverage",
        "Open pipeline / target.",
        "ratio",
        "higher",
    ),
    Term(
        "to_go_coverage",
        "To-go coverage",
        "Open pipeline / (target - won); none once the target is reached.",
        "ratio",
        "higher",
        source="Kellogg",
    ),
    Term(
        "stage_probability",
        "Configured probability",
        "The probability that the CRM gives every deal of a stage.",
        "share",
    ),
    Term(
        "measured_win_rate",
        "Measured win rate",
        "Of the deals that stood in this stage on the same day of past quarters and were dated in "
        "that quarter: the share won by its end. The interval is Wilson's, 90%.",
        "share",
        "higher",
        source="Wilson 1927; company history",
    ),
    Term(
        "expected",
        "Expected",
        "Won + sum over open deals of chance to be won x amount x usual change of the amount "
        "until closing + what past quarters still won from deals created after this day.",
        "money",
        "higher",
    ),
    Term(
        "range",
        "80% range",
        "From P10 to P90 of the simulated ends of the quarter: in 8 of 10 quarters the end should lie "
        "within it, in 1 below and in 1 above. Deals of one quarter share their luck; how much is "
        "measured on past quarters.",
        "money",
        source="Plumbline; company history",
    ),
    Term(
        "p_target",
        "Chance to reach the target",
        "Share of the simulated ends of the quarter that reach the target.",
        "share",
        "higher",
        source="Plumbline",
    ),
    Term(
        "largest_deal_share",
        "Largest deal",
        "Amount of the largest open deal dated in the quarter / open pipeline.",
        "share",
        "lower",
    ),
    Term(
        "top3_share",
        "Top 3 deals",
        "Amount of the three largest open deals dated in the quarter / open pipeline.",
        "share",
        "lower",
    ),
    Term(
        "push",
        "Push",
        "A change of the close date to a later day.",
        "deals",
        "lower",
    ),
    Term(
        "slip",
        "Slip",
        "A push out of the quarter; at its end: still open.",
        "deals",
        "lower",
    ),
    Term(
        "pull_in",
        "Pull-in",
        "A change of the close date into the quarter from a later one.",
        "deals",
        "higher",
    ),
    Term(
        "sandbagging",
        "Stated below its evidence",
        "A deal stated later, lower or smaller than its evidence.",
        "deals",
    ),
    Term(
        "happy_ears",
        "Stated above its evidence",
        "The reverse of stated below its evidence.",
        "deals",
    ),
    Term(
        "create_and_close",
        "Create and close",
        "Created and won in the same quarter.",
        "money",
    ),
    Term(
        "bias",
        "Bias",
        "sum(forecast - actual) / sum(actual).",
        "share",
        "neither",
        "positive = over-forecast",
    ),
    Term(
        "wape",
        "WAPE",
        "sum|forecast - actual| / sum(actual).",
        "share",
        "lower",
    ),
    Term(
        "past_close_date",
        "Close date in the past",
        "Open deals whose close date lies before the as-of date, dated in the quarter or earlier.",
        "money",
        "lower",
    ),
    Term(
        "parked",
        "Parked on the last days",
        "Open deals dated on the last three days of the quarter.",
        "money",
        "lower",
    ),
    Term(
        "no_next_step",
        "No next step",
        "Open deals dated in the quarter whose next step is empty.",
        "money",
        "lower",
    ),
    Term(
        "no_activity",
        "No activity",
        "Open deals dated in the quarter without recorded activity for more than 14 days.",
        "money",
        "lower",
    ),
    Term(
        "no_stakeholder",
        "No stakeholder",
        "Open deals dated in the quarter without a contact role.",
        "money",
        "lower",
    ),
    Term(
        "pushed_twice",
        "Pushed twice or more",
        "Open deals dated in the quarter whose close date was moved later at least twice.",
        "money",
        "lower",
    ),
    Term(
        "stage_too_old",
        "Stage older than usual",
        "Open deals dated in the quarter that have stood in their stage longer than 80% of the "
        "stays that deals of this stage completed.",
        "money",
        "lower",
    ),
    Term(
        "no_amount",
        "No amount",
        "Open deals dated in the quarter, and deals won in it, without an amount. They add "
        "nothing to any sum.",
        "deals",
        "lower",
    ),
    Term(
        "no_close_date",
        "No close date",
        "Open deals without a close date. They belong to no quarter.",
        "money",
        "lower",
    ),
    Term(
        "no_owner",
        "No owner",
        "Open deals dated in the quarter without an owner. They belong to no team.",
        "money",
        "lower",
    ),
    Term(
        "no_rate",
        "Currency without a rate",
        "Deals in a currency for which no rate is loaded. They are shown in their own currency "
        "and left out of every sum.",
        "deals",
        "lower",
    ),
    Term(
        "booked_elsewhere",
        "Booked in another quarter than dated",
        "Deals won in the quarter whose close date lies in another one. A CRM report by close "
        "date counts them there.",
        "money",
    ),
    Term(
        "depth",
        "Depth of an answer",
        "0 nothing or no answer to the question, 1 surface (could stand in any deal), 2 specific to "
        "this customer, 3 explained (why, or how much), 4 evidenced (and how we know). Judged from "
        "the text by named rules and a small model; a person's level, given with a reason, counts "
        "instead.",
        "level",
        "higher",
        source="Plumbline's rubric",
    ),
    Term(
        "case_depth",
        "Case depth",
        "Sum over the questions of weight x level / sum of the weights, from 0 to 4. Budget, "
        "stakeholders and compelling event weigh 1.5, the others 1. An unanswered question counts 0, "
        "a text copied from another account's deal counts at most 1.",
        "level",
        "higher",
        source="Plumbline",
    ),
    Term(
        "fresh_depth",
        "Fresh case depth",
        "As case depth, each level x freshness.",
        "level",
        "higher",
        source="Plumbline",
    ),
    Term(
        "freshness",
        "Freshness",
        "0.5 ^ (age of the answer in days / half-life). The half-life is the number of days left "
        "until the close date, at least 30 and at most 90: an answer ages faster as the deal nears "
        "its close date.",
        "share",
        "higher",
        source="Plumbline",
    ),
    Term(
        "hollow",
        "Money without a case",
        "Amount x (1 - case depth / 4).",
        "money",
        "lower",
        source="Plumbline",
    ),
    Term(
        "event_after_close",
        "Event after the close date",
        "The compelling event is named for a day after the close date, so it does not force the deal "
        "by then.",
        "deals",
        "lower",
    ),
    Term(
        "event_before_close",
        "Event before the close date",
        "The compelling event is over when the deal is to close.",
        "deals",
        "lower",
    ),
    Term(
        "budget_below_amount",
        "Budget below the amount",
        "The largest budget that the answer names, in the deal's currency, is below 90% of the stated"
        " amount.",
        "deals",
        "lower",
    ),
    Term(
        "stakeholders_not_recorded",
        "People described, none recorded",
        "The stakeholders question is answered at level 2 or more, but the deal has no contact role "
        "and no buying influence.",
        "deals",
        "lower",
    ),
    Term(
        "commit_without_budget",
        "Commit without budget",
        "The deal is in Commit and its budget answer is empty or at level 1 at most.",
        "deals",
        "lower",
    ),
    Term(
        "unchanged_while_stage_moved",
        "Stage moved, case did not",
        "The stage moved on, and no answer has changed since, for three weeks or more.",
        "deals",
        "lower",
    ),
    Term(
        "same_text_elsewhere",
        "Same text in another deal",
        "An answer of level 2 or more with the very text that its author had written in another "
        "account's deal before (at least 30 characters), or anybody (at least 120).",
        "deals",
        "lower",
    ),
    Term(
        "warning_effect",
        "Effect of a warning",
        "How much more often past deals that showed the warning slipped (or were won) by the quarter's "
        "end than deals dated in the quarter of the same stage and week without it. It went with the "
        "warning; it need not come from it. The interval is 90%; rows of one deal, owner and quarter "
        "count as belonging together. Of ten warnings without any effect, one interval leaves out zero.",
        "share",
        "neither",
        "positive = more",
        "Mantel and Haenszel 1959; Cameron, Gelbach and Miller 2011; company history",
    ),
    Term(
        "as_of",
        "As of",
        "Everything as the CRM had it at the end of this day, in the company's time zone; nothing "
        "later is used.",
        "text",
        source=_STORE,
    ),
    Term(
        "gone",
        "Gone",
        "A deal that a complete export no longer names. It is kept, and left out of every sum.",
        "deals",
        source=_STORE,
    ),
    Term(
        "p_won",
        "Evidenced chance",
        "Chance that the deal is won by the end of the quarter, from everything known of it on the as-of "
        "date; learned from this company's past quarters, or smoothed rates of its stage and date where the"
        " history carries no model. Won, lost and still open add up to 100%.",
        "share",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "stated_in_quarter",
        "Stated for the quarter",
        "The CRM's probability of a deal that is dated in the quarter or overdue; 0 for deals dated later, "
        "without a date, or in the category Omitted. It is what a weighted pipeline counts.",
        "share",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "at_stake",
        "Money at stake",
        "Amount x distance between the evidenced chance and what is stated for the quarter, whichever is "
        "higher.",
        "money",
        "lower",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "sandbag_score",
        "Stated below its evidence (score)",
        "How far close date and category lie below what deals with such evidence usually get stated, "
        "averaged over the deal's life, with how its owner's other deals are stated. 0 to 1; it ranks deals"
        " and is no probability. Why a deal is stated so is not known.",
        "ratio",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "understated_amount",
        "Understated money",
        "Amount x (evidenced chance - chance that such a statement alone has meant), for deals stated below"
        " their evidence; with a P10-P90 range.",
        "money",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "hollow_commit",
        "Hollow commit",
        "A deal in Commit whose answers are thinner than in three quarters of the past weeks of Commits "
        "that were won, and whose chance is below what such a statement alone has meant.",
        "deals",
        "lower",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "log_loss",
        "Log loss",
        "Mean of -log(chance given to what happened: won, lost or still open). It punishes being sure and "
        "wrong; 0 would be perfect.",
        "ratio",
        "lower",
        source="Good 1952",
    ),
    Term(
        "question_effect",
        "Effect of a question",
        "How much more often deals that entered a stage with the answer one level deeper were won "
        "(or decided in "
        "the quarter of their close date) than deals alike: same stage, quarter, owner, size, type, "
        "source, team, "
        "age and other answers. 95% interval. It went with the answer; it need not come from it.",
        "share",
        "neither",
        "positive = more often won, or decided in time",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "explained_at_entry",
        "Explained when the stage began",
        "Deals that entered a stage with the question at level 3 or 4 against those below, as "
        "counted and among "
        "deals alike.",
        "share",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "left_empty",
        "Left empty",
        "Share of the deals that entered a stage in the last 365 days with the question at level 0 or 1.",
        "share",
        "lower",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "stage_wait",
        "Time in a stage",
        "Days from the first week in a stage until half (or 80%) of the deals had moved on or "
        "closed; open ones "
        "count with their time so far.",
        "days",
        source="Kaplan and Meier 1958",
    ),
    Term(
        "waiting_long",
        "Waiting longer",
        "Sum of the amounts of open deals that are in their stage longer than 80% of deals were.",
        "money",
        "lower",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "beside_like_deals",
        "Beside deals alike",
        "A rep's mean over deals less that of deals alike (stage, age, size, type, team), drawn to "
        "the usual rep "
        "where there are few; with a 90% interval.",
        "level",
        source="Plumbline: docs/method.md",
    ),
    Term(
        "failing_money",
        "Money with an error or a warning",
        "Sum of the amounts of open deals that at least one check of severity error or warning names; each "
        "deal once, ignored checks left out.",
        "money",
        "lower",
        source="Plumbline: docs/import.md",
    ),
    Term(
        "calls_against_won",
        "Calls against won",
        "Sum of (called - won) / sum of won over past quarters; the call as it stood 28 days before the end.",
        "share",
        "neither",
        "positive = called more than was won",
    ),
]

TERMS: dict[str, Term] = {term.key: term for term in _ALL}


def label(key: str) -> str:
    """The measure's name."""
    return TERMS[key].label


def explain(key: str) -> str:
    """One text with the formula and, where it matters, the sign and the source."""
    term = TERMS[key]
    parts = [term.formula]
    if term.sign:
        parts.append(f"Sign: {term.sign}.")
    if term.source != "field standard":
        parts.append(f"Source: {term.source}.")
    return " ".join(parts)


def definitions_table(containing: str = "") -> pd.DataFrame:
    """The definitions as a table, those with `containing` in name or formula; Measure first."""
    words = containing.strip().lower()
    chosen = [term for term in _ALL if words in f"{term.label} {term.formula}".lower()]
    return pd.DataFrame(
        {
            "Measure": [term.label for term in chosen],
            "Definition": [term.formula for term in chosen],
            "Unit": [term.unit for term in chosen],
            "Better": [term.better for term in chosen],
            "Sign": [term.sign or "–" for term in chosen],
            "Source": [term.source for term in chosen],
        }
    )
