"""Texts that a CRM may hold and no file may stumble over, and a review whose every text is one of them.

Texts stand in turn in the rows of each table, so that one review holds all of them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from analytics.weekly_review import WeeklyReview

TEXTS = {
    "a formula": '=HYPERLINK("https://evil.example","click")',
    "plus": "+1+2",
    "minus": "-2+3",
    "at": "@SUM(A1:A9)",
    "tab first": "\t=1+1",
    "return first": "\r=1+1",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an entity": "&lt;b&gt; &amp; ]]> <!-- --> 'quoted' \"twice\"",
    "a template": "{{ 7 * 7 }}{% raw %}{# note #}",
    "controls": "a\x00b\x0bc\x1bd\x7fe\x85f\uffff",
    "escaped by Excel": "_x0041_ _x000D_",
    "right to left": "شركة النور للتجارة / עסקה",
    "turned around": "\u202egnp.exe\u2066",
    "very long": "Consolidated" * 180,
    "many words": "renewal of the expansion " * 80,
    "wide signs": "株式会社プラムライン 🙂" * 6,
    "a slide footer": "&P &D &[Path] 100% $1 and $2",
    "only blanks": "   ",
}
_NAMES = (
    *("name", "account_name", "owner_name", "team", "stage", "next_step", "reason", "question", "author"),
    *("action", "action_owner_name", "note", "state_note", "submitted_by", "why", "what", "before"),
    *("after", "value", "went_to"),
)
#: Where the turn begins: another text stands in the title, on the first card, in the day's decisions.
TURNS = range(0, len(TEXTS), 6)


def in_turn(turn: int, n: int) -> list[str]:
    """The texts of n rows."""
    found = list(TEXTS.values())
    return [found[(turn + at) % len(found)] for at in range(n)]


def with_texts(review: WeeklyReview, turn: int) -> WeeklyReview:
    """The review in which every text that people type is one of TEXTS."""
    facts, changes = review.facts, review.facts.changes
    found = facts.number.forecast
    view = replace(found.view, deals=_said(found.view.deals, turn))
    number = replace(
        facts.number,
        forecast=replace(found, view=view, deals=_said(found.deals, turn)),
        hangs=replace(facts.number.hangs, deals=_said(facts.number.hangs.deals, turn)),
    )
    risk = replace(facts.risk, deals=_said(facts.risk.deals, turn))
    changes = replace(changes, lines=_said(changes.lines, turn), undone=_said(changes.undone, turn))
    words = in_turn(turn, len(review.agenda.cards))
    cards = [_card(card, text) for card, text in zip(review.agenda.cards, words, strict=True)]
    agenda = replace(
        review.agenda,
        cards=cards,
        quiet=_said(review.agenda.quiet, turn),
        actions=_said(review.agenda.actions, turn),
    )
    return replace(
        review,
        whose=in_turn(turn, 1)[0],
        facts=replace(facts, number=number, risk=risk, changes=changes, calls=_said(facts.calls, turn)),
        overridden=replace(review.overridden, deals=_said(review.overridden.deals, turn)),
        agenda=agenda,
        decisions=_said(review.decisions, turn),
    )


def _said(frame: pd.DataFrame, turn: int) -> pd.DataFrame:
    words = pd.Series(in_turn(turn, len(frame)), frame.index, dtype=object)
    return frame.assign(**{name: words for name in _NAMES if name in frame.columns})


def _card(card: Any, text: str) -> Any:
    words = {one.name: text for one in fields(card) if one.type == "str"} | {"deal_id": card.deal_id}
    lists = {one.name: (text, text) for one in fields(card) if "tuple" in str(one.type)}
    return replace(card, **words | {"owner_id": card.owner_id, "kind": card.kind} | lists)
