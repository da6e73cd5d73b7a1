"""The tables of a brief: deals, changes, decisions, actions, calls, definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.brief.parts import Kind, Table, each, seen
from analytics.number_bridge import NO_DEAL, step_label
from analytics.pipeline.changes import UNCHANGED
from analytics.review import decisions as made
from analytics.review.agenda_words import became_in_words, why_outside
from analytics.review.ledger import in_words
from analytics.terms import TERMS, explain
from analytics.weekly_review import WeeklyReview
from analytics.wording import is_missing

_DEFINED = (
    "expected", "range", "p_target", "won", "open_pipeline", "weighted_pipeline", "commit", "target",
    "stated_in_quarter", "p_won", "at_stake", "push", "slip", "pull_in",
)  # fmt: skip
_LEVELS = {"company": "Company", "manager": "Manager", "team": "Team", "owner": "Owner"}


def _table(
    caption: str,
    columns: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    *,
    sums: tuple[str, ...] = (),
    empty: str = "",
    index: pd.Index | None = None,
) -> Table:
    """A table whose texts can stand in any file."""
    rows = pd.DataFrame({label: _values(one, kinds.get(label, "text")) for label, one in columns.items()})
    return Table(caption, rows.reset_index(drop=True), dict(kinds), sums, empty)


def _values(column: Any, kind: Kind) -> pd.Series:
    values = pd.Series(list(column))
    if kind in ("text", "long"):
        texts = ["" if is_missing(value) else seen(value) for value in values]
        return pd.Series(texts, dtype=object)
    return pd.to_datetime(values) if kind == "day" else values.astype(float)


def all_deals(review: WeeklyReview) -> Table:
    """Every open deal of the scope, whatever its date: stated against evidenced."""
    deals = review.facts.risk.deals
    expected = review.number.forecast.deals.set_index("deal_id").get("expected_amount")
    talk = dict(zip(review.agenda.quiet["deal_id"], review.agenda.quiet["why"], strict=True))
    talk |= dict.fromkeys([card.deal_id for card in review.agenda.cards], "on the agenda")
    worth = deals["deal_id"].map(expected) if expected is not None else [float("nan")] * len(deals)
    return _table(
        "All open deals of the scope, the most money at stake first",
        {
            "Deal": deals["name"],
            "Account": deals["account_name"],
            "Owner": deals["owner_name"],
            "Team": deals["team"],
            "Amount": deals["amount_company"],
            "Stated": deals["stated"],
            "Evidenced": deals["evidenced"],
            "Money at stake": deals["at_stake"],
            "Expected": worth,
            "Kind": deals["kind"],
            "Close date": deals["close_date"],
            "Category": deals["category"],
            "Stage": deals["stage"],
            "May slip": deals["p_slip"],
            "May be lost": deals["p_lost"],
            "Pushes": deals["pushes"],
            "Top reason": deals["reason"],
            "Next question": deals["question"],
            "Next step": deals["next_step"],
            "In this review": [
                talk.get(deal_id) or why_outside(str(category), str(timing))
                for deal_id, category, timing in zip(
                    deals["deal_id"], deals["category"], deals["timing"], strict=True
                )
            ],
            "Deal ID": deals["deal_id"],
        },
        {
            "Amount": "money",
            "Stated": "share",
            "Evidenced": "share",
            "Money at stake": "money",
            "Expected": "money",
            "Close date": "day",
            "May slip": "share",
            "May be lost": "share",
            "Pushes": "number",
            "Top reason": "long",
            "Next question": "long",
            "Next step": "long",
            "In this review": "long",
        },
        sums=("Amount", "Money at stake", "Expected"),
        empty="There is no open deal in this scope.",
    )


def changed_deals(review: WeeklyReview) -> Table:
    """Every deal that changed, in its bucket; the changes add up to the difference."""
    lines = review.changes.lines
    lines = lines[lines["bucket"] != UNCHANGED]
    return _table(
        "What changed, deal by deal",
        {
            "What happened": [step_label(bucket) for bucket in lines["bucket"]],
            "Deal": lines["name"],
            "Owner": lines["owner_name"],
            "Change": lines["change"],
            "Money of the deal": lines["money"],
            "Before": lines["before"],
            "After": lines["after"],
            "Account": lines["account_name"],
            "Everything that changed": lines["what"],
            "Deal ID": lines["deal_id"],
        },
        {
            "Change": "change",
            "Money of the deal": "money",
            "Before": "long",
            "After": "long",
            "Everything that changed": "long",
        },
        sums=("Change",),
        empty="Nothing changed in the open pipeline.",
    )


def undone(review: WeeklyReview) -> Table:
    """What was changed and changed back between the two days."""
    rows = review.changes.undone
    return _table(
        "Changed and changed back",
        {
            "Deal": rows["name"],
            "Owner": rows["owner_name"],
            "What": rows["what"],
            "It is": rows["value"],
            "It was meanwhile": rows["went_to"],
            "From": rows["on"],
            "Until": rows["back_on"],
            "Amount": rows["money"],
        },
        {"It is": "long", "It was meanwhile": "long", "From": "day", "Until": "day", "Amount": "money"},
        empty="Nothing was changed and changed back.",
    )


def moved_deals(review: WeeklyReview) -> Table:
    """What moved the expected number, by step and deal: the money adds up to today's number."""
    names = deal_names(review)
    found = [
        (step_label(step.step), names.get(str(deal_id), str(deal_id)), amount, str(deal_id))
        for step in review.moved.steps
        for deal_id, amount in step.deals.items()
    ]
    rows = pd.DataFrame(found, columns=["step", "name", "amount", "deal_id"])
    return _table(
        "What moved the expected number, deal by deal",
        {"Step": rows["step"], "Deal": rows["name"], "Money": rows["amount"], "Deal ID": rows["deal_id"]},
        {"Money": "change"},
        sums=("Money",),
        empty=f"{review.moved.missing or 'Nothing moved it'}.",
    )


def deal_names(review: WeeklyReview) -> dict[str, str]:
    """deal_id -> name, of every deal that the review speaks of."""
    known = {key: name for key, (name, _) in NO_DEAL.items()}
    for frame in (review.changes.lines, review.number.forecast.view.deals, review.facts.risk.deals):
        for deal_id, name in zip(frame["deal_id"], frame["name"], strict=True):
            known[str(deal_id)] = str(deal_id) if is_missing(name) or not str(name) else str(name)
    return known


def card_table(review: WeeklyReview) -> Table:
    """The agenda, a row per deal to talk about."""
    cards = review.agenda.cards
    return _table(
        "Deals to talk about, grouped by owner",
        {
            "Owner": [card.owner_name for card in cards],
            "Deal": [card.name for card in cards],
            "Question": [card.question for card in cards],
            "Amount": [card.amount for card in cards],
            "Stated": [card.stated for card in cards],
            "Evidenced": [card.evidenced for card in cards],
            "Money at stake": [card.at_stake for card in cards],
            "Minutes": [card.minutes for card in cards],
            "Why now": [card.why_now for card in cards],
            "Kind": [card.kind for card in cards],
            "Reasons": ["; ".join(card.reasons) for card in cards],
            "What changed": ["; ".join(card.changed) for card in cards],
            "Last decision": [card.last_decision for card in cards],
            "What became of it": [card.what_became for card in cards],
            "Warnings": ["; ".join(card.warnings) for card in cards],
            "Close date": [card.close_date for card in cards],
            "Category": [card.category for card in cards],
            "Stage": [card.stage for card in cards],
            "Deal ID": [card.deal_id for card in cards],
        },
        {
            "Amount": "money",
            "Stated": "share",
            "Evidenced": "share",
            "Money at stake": "money",
            "Minutes": "number",
            "Close date": "day",
            **dict.fromkeys(
                ("Question", "Why now", "Reasons", "What changed", "Last decision", "What became of it",
                 "Warnings"), "long",
            ),
        },
        sums=("Amount", "Money at stake"),
        empty="No deal needs a talk.",
    )  # fmt: skip


def quiet_deals(review: WeeklyReview) -> Table:
    """The deals without a card, each with its reason: no need, or no time."""
    rows = review.agenda.quiet
    return _table(
        "Not on the agenda",
        {"Deal": rows["name"], "Owner": rows["owner_name"], "Amount": rows["amount"], "Why": rows["why"]},
        {"Amount": "money", "Why": "long"},
        sums=("Amount",),
        empty="Every open deal dated in the quarter is on the agenda, or there is none.",
    )


def quiet_reasons(review: WeeklyReview) -> Table:
    """Why deals have no card, each reason once: the reason that concerns most money first."""
    rows = review.agenda.quiet
    why = [str(text).split(":")[0] for text in rows["why"]]
    cents = (rows["amount"].fillna(0.0) * 100).round()
    found = cents.groupby(pd.Series(why, rows.index, dtype=object)).agg(["size", "sum"])
    found = found.sort_values("sum", ascending=False, kind="stable")
    return _table(
        "Not on the agenda, by the reason",
        {
            "Why": [step_label(text) for text in found.index],
            "Deals": found["size"],
            "Amount": found["sum"] / 100,
        },
        {"Deals": "number", "Amount": "money"},
        sums=("Deals", "Amount"),
        empty="None.",
    )


def decided(review: WeeklyReview, rows: pd.DataFrame, caption: str, empty: str) -> Table:
    """Decisions, the latest first; `rows` of `decisions_as_of`."""
    rows, names = rows.iloc[::-1], deal_names(review)
    told = each(rows)
    return _table(
        caption,
        {
            "Day": rows["day"],
            "Deal": [names.get(str(row.deal_id), str(row.deal_id)) for row in told],
            "Decision": [
                row.action if row.kind == made.ACTION else in_words(row, review.company) for row in told
            ],
            "Decided by": rows["author"],
            "For whom": rows["action_owner_name"],
            "Due": rows["due"],
            "What became of it": [_became(review, row) for row in told],
            "Note": rows["note"],
            "Kind": [step_label(kind) for kind in rows["kind"]],
            "Amount then": rows["seen_amount"],
            "Stated then": rows["seen_probability"],
            "Evidenced then": rows["seen_chance"],
            "Deal ID": rows["deal_id"],
        },
        {
            "Day": "day",
            "Decision": "long",
            "Due": "day",
            "What became of it": "long",
            "Note": "long",
            "Amount then": "money",
            "Stated then": "share",
            "Evidenced then": "share",
        },
        empty=empty,
    )


def _became(review: WeeklyReview, row: Any) -> str:
    """What became of it so far; '' on its own day, and where the deal is not open any more."""
    deals = review.facts.risk.deals
    now = deals[deals["deal_id"] == row.deal_id]
    if row.day.date() == review.scope.as_of and (row.kind != made.ACTION or row.state == made.OPEN):
        return ""
    if now.empty and row.kind != made.ACTION:
        return "The deal is not open any more."
    deal = None if now.empty else each(now)[0]
    return became_in_words(row, deal, review.company, review.scope.as_of)


def actions(review: WeeklyReview, rows: pd.DataFrame, caption: str, empty: str) -> Table:
    """Actions with who and when; `rows` of `decisions_as_of`, kind ACTION, in the order wanted."""
    names, as_of = deal_names(review), pd.Timestamp(review.scope.as_of)
    late = (as_of - rows["due"]).dt.days
    is_late = (rows["state"] == made.OPEN) & (late > 0)
    return _table(
        caption,
        {
            "Action": rows["action"],
            "Who": rows["action_owner_name"],
            "Due": rows["due"],
            "Days overdue": late.where(is_late),
            "State": [step_label(state) for state in rows["state"]],
            "Deal": [names.get(str(deal_id), str(deal_id)) for deal_id in rows["deal_id"]],
            "What was said": rows["state_note"],
            "Decided by": rows["author"],
            "Decided on": rows["day"],
            "Done on": rows["done_on"],
            "Deal ID": rows["deal_id"],
        },
        {
            "Action": "long",
            "Due": "day",
            "Days overdue": "number",
            "What was said": "long",
            "Decided on": "day",
            "Done on": "day",
        },
        empty=empty,
    )


def overrides(review: WeeklyReview) -> Table:
    """What people put beside the model, and what it does to the number."""
    rows = review.overridden.deals
    return _table(
        "Overrides by people: beside the number, never part of it",
        {
            "Deal": rows["name"],
            "Owner": rows["owner_name"],
            "Our chance": rows["chance"],
            "Their chance": rows["probability"],
            "Amount": rows["amount"],
            "Their amount": rows["amount_by"],
            "Difference": rows["difference"],
            "Reason": rows["reason"],
            "By": rows["author"],
            "Day": rows["day"],
        },
        {
            "Our chance": "share",
            "Their chance": "share",
            "Amount": "money",
            "Their amount": "money",
            "Difference": "change",
            "Reason": "long",
            "Day": "day",
        },
        sums=("Difference",),
        empty="No override stands.",
    )


def asked(review: WeeklyReview) -> pd.DataFrame:
    """The calls; whether one is asked and late is yes or no also where there is no row."""
    return review.calls.astype({"is_asked": bool, "is_late": bool})


def calls(review: WeeklyReview) -> Table:
    """Submitted calls beside our number for the same people."""
    rows = asked(review)
    fresh = rows["is_asked"] & ~rows["is_late"]
    state = pd.Series("late", index=rows.index).mask(fresh, "this week").mask(~rows["is_asked"], "")
    state = state.mask(rows["is_asked"] & rows["submitted_on"].isna(), "not submitted")
    return _table(
        "Submitted calls beside the expected number of the same people",
        {
            "Whose": rows["name"],
            "Level": [_LEVELS.get(str(level), str(level)) for level in rows["level"]],
            "Team": rows["team"],
            "Commit": rows["commit"],
            "Most likely": rows["most_likely"],
            "Best case": rows["best_case"],
            "Sum of those below": rows["rolled_up_most_likely"],
            "Expected": rows["expected"],
            "P10": rows["p10"],
            "P90": rows["p90"],
            "Expected less most likely": rows["difference"],
            "Submitted": state,
            "Submitted on": rows["submitted_on"],
            "Submitted by": rows["submitted_by"],
            "Deals changed since": rows["crm_changed"],
        },
        {
            **dict.fromkeys(
                ("Commit", "Most likely", "Best case", "Sum of those below", "Expected", "P10", "P90"),
                "money",
            ),
            "Expected less most likely": "change",
            "Submitted on": "day",
            "Deals changed since": "number",
        },
        empty="Nobody has a call to submit in this scope.",
    )


def definitions() -> Table:
    """What the words of a brief mean."""
    terms = [TERMS[key] for key in _DEFINED if key in TERMS]
    return _table(
        "What the words mean",
        {
            "Measure": [term.label for term in terms],
            "Definition": [explain(term.key) for term in terms],
            "Better": [term.better for term in terms],
        },
        {"Definition": "long"},
    )
