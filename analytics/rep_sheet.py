"""The page about one rep as a file to take into the 1:1: the same sentences, tables and replies."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import rep_tables, rep_words
from analytics.coaching.pairs import Pair
from analytics.coaching.sheet import Part, Section, Sheet, html_sheet
from analytics.coaching.suggestions import Suggestion
from analytics.company import Company
from analytics.rep_page import RepPage
from analytics.wording import day, level_words, money

_TALK = ["Deal", "Money at stake", "Kind", "Amount", "Reason", "Next question", "Close date"]


def one_to_one(page: RepPage, replies: pd.DataFrame, company: Company) -> bytes:
    """The file, as UTF-8; `replies`: of `replies_as_of` for this rep."""
    lead, rest = rep_words.headline(page)
    return html_sheet(
        Sheet(
            title=f"1:1 with {page.name}",
            scope=f"{company.name or 'The company'}, as of {day(page.as_of, locale=company.locale)}",
            lead=lead,
            rest=rest,
            sections=_sections(page, replies, company),
            note=rep_words.FAIR,
            currency=company.currency,
            locale=company.locale,
        )
    )


def _sections(page: RepPage, replies: pd.DataFrame, company: Company) -> list[Section]:
    found = page.suggestions
    nothing = "" if found.withheld is None else f"Nothing is suggested: {found.withheld}."
    nothing = " ".join(text for text in (nothing, rep_words.also_clear(page)) if text)
    no_praise = "" if found.praise else rep_words.NO_PRAISE
    named = {one.topic for one in [*found.coach, *found.praise]}
    said = [
        Part(one.title, [one.text], replies=[] if one.topic in named else _of(replies, one.topic))
        for one in rep_words.figures(page, company)
    ]
    whole = rep_words.claims(page, company)[-1]
    answered = _of(replies, whole.topic)
    shown = [one.topic for one in rep_words.claims(page, company)]
    others = _others(replies[~replies["topic"].isin(shown)])
    talk = rep_tables.talk_table(page).rows
    return [
        Section("To talk about", [_suggestion(one, replies) for one in found.coach], note=nothing),
        Section("Good", [_suggestion(one, replies, ask=False) for one in found.praise], note=no_praise),
        Section("On the surface, and in depth on a like deal", [_pair(one, company) for one in page.pairs]),
        Section(
            "Deals to talk about",
            table=talk[[name for name in _TALK if name in talk]],
            money=("Money at stake", "Amount"),
            note=rep_words.talk_words(page, company),
        ),
        Section("Forecast", said, note=rep_words.BESIDE),
        Section("Open actions", table=rep_tables.actions_table(page)),
        Section("Everything that was looked at", table=rep_tables.everything(page)),
        *([Section(whole.title, [Part("Replies", replies=answered)])] if answered else []),
        *([Section("Other replies", others)] if others else []),
    ]


def _suggestion(one: Suggestion, replies: pd.DataFrame, *, ask: bool = True) -> Part:
    sentences = [text for text in (one.sentence, one.beside, one.goes_with) if text]
    return Part(one.title, sentences, one.ask if ask else "", replies=_of(replies, one.topic))


def _of(replies: pd.DataFrame, topic: str) -> list[str]:
    mine: Any = replies[replies["topic"] == topic]
    return [_reply(row) for row in mine.itertuples()]


def _others(replies: pd.DataFrame) -> list[Part]:
    """Replies to what the page no longer says, each under the claim as it read."""
    return [
        Part(f"Said of: {claim or 'something else'}", replies=[_reply(row) for row in mine.itertuples()])
        for (_, claim), mine in replies.groupby(["topic", "claim"], sort=False)
    ]


def _reply(row: Any) -> str:
    return f"{row.author}, {row.day:%Y-%m-%d}: {row.reply}"


def _pair(pair: Pair, company: Company) -> Part:
    def whose(row: dict[str, Any]) -> str:
        amount = money(row["amount_company"], company.currency, locale=company.locale)
        return f"{row['owner_name']}, {row['name']}, {amount}"

    beside = [(level_words(row["level"]), str(row["answer"]), whose(row)) for row in (pair.thin, pair.deep)]
    return Part(pair.question.label, [pair.lacks] if pair.lacks else [], pair.ask, beside=beside)
