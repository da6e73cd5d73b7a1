"""What stands in a pre-read and in minutes, made once from the review: every file lays out the same."""

from __future__ import annotations

import pandas as pd

from analytics import number as words
from analytics import what_changed
from analytics.brief import sentences, tables
from analytics.brief.parts import Brief, BriefKind, Fact, Table, Waterfall, seen
from analytics.call_list import headline as call_headline
from analytics.company import Company, DataSpan
from analytics.forecast.calls import Call
from analytics.number_bridge import NO_DEAL, Bridge, from_last_week, from_weighted
from analytics.pipeline.changes import Changes
from analytics.pipeline.quarter_end import Value
from analytics.problems import NotEnough
from analytics.review import decisions as made
from analytics.weekly_review import WeeklyReview
from analytics.wording import count, day, money, percent

_ROWS = ["step", "amount", "kind", "stated", "deals"]
#: Rows of the number's range that are stated, not evidenced.
_RANGE = ("P10", "P50", "P90", "Expected")


def brief_of(review: WeeklyReview, kind: BriefKind, span: DataSpan | None = None) -> Brief:
    """The content of one document; `span`: how fresh the data is, where a caller knows it."""
    decisions, today = review.decisions, pd.Timestamp(review.scope.as_of)
    of_today = decisions[decisions["day"] == today]
    still_open = _open(review, kind)
    found = review.number
    silent, called = call_headline(tables.asked(review), review.scope, review.company)
    return Brief(
        kind=kind,
        company=review.company,
        scope=review.scope,
        since=review.since,
        whose=seen(review.whose),
        scope_words=seen(sentences.scope_in_words(review)),
        freshness=_freshness(review, span),
        answer=seen(sentences.without(review) if found.missing else words.headline(found, review.company)),
        missing=str(found.missing or ""),
        reasons=tuple(seen(one) for one in _reasons(review) if one),
        facts=_facts(review),
        ends=_ends(review),
        bridge=_bridge(review),
        changed=_changed(review.changes, review.company),
        moved=_moved(review),
        changed_deals=tables.changed_deals(review),
        undone=tables.undone(review),
        moved_deals=tables.moved_deals(review),
        agenda_words=sentences.agenda(review),
        cards=tuple(review.agenda.cards),
        card_table=tables.card_table(review),
        quiet_words=sentences.quiet(review),
        quiet=tables.quiet_deals(review),
        quiet_why=tables.quiet_reasons(review),
        deals=tables.all_deals(review),
        decided_words=sentences.decided(of_today),
        of_the_day=tables.decided(review, of_today, "Decided on this day", "Nothing was decided."),
        ledger=tables.decided(review, decisions, "Every decision about these deals", "Nothing yet."),
        action_words=sentences.actions(review, still_open),
        actions=tables.actions(review, still_open, "Open actions, the longest due first", "None is open."),
        reported=tables.actions(
            review, _reported(review), "Actions reported since the last review", "No action was reported."
        ),
        left_open=_left_open(review, of_today),
        override_words=sentences.overridden(review),
        overrides=tables.overrides(review),
        call_words=seen(called),
        silent=seen(silent),
        calls=tables.calls(review),
        definitions=tables.definitions(),
    )


def _open(review: WeeklyReview, kind: BriefKind) -> pd.DataFrame:
    """The open actions: before the meeting those decided earlier, in the minutes also the day's."""
    return review.agenda.actions if kind == "pre-read" else made.open_actions(review.decisions)


def _reported(review: WeeklyReview) -> pd.DataFrame:
    """Actions that somebody reported on since the last review, the latest decided first."""
    rows = review.decisions
    told = rows["state"].isin([state for state in made.STATES if state != made.OPEN])
    when = [review.company.calendar.day_of(at.to_pydatetime()) if pd.notna(at) else None
            for at in rows["reported_at"]]  # fmt: skip
    lately = [day is not None and day > review.since for day in when]
    return rows[told & pd.Series(lately, rows.index, dtype=bool)].iloc[::-1]


def _left_open(review: WeeklyReview, of_today: pd.DataFrame) -> Table:
    """The agenda's deals that the day decided nothing about."""
    table = tables.card_table(review)
    rows = table.rows[~table.rows["Deal ID"].isin(of_today["deal_id"])].reset_index(drop=True)
    columns = ["Owner", "Deal", "Amount", "Stated", "Evidenced", "Money at stake", "Question"]
    empty = "Every deal on the agenda was decided." if len(table.rows) else table.empty
    return Table("On the agenda, not decided", rows[columns], table.kinds, ("Money at stake",), empty)


def _freshness(review: WeeklyReview, span: DataSpan | None) -> str:
    locale = review.company.locale
    as_of = day(review.scope.as_of, locale=locale)
    text = f"Everything is as the CRM had it at the end of {as_of}"
    if span is None:
        return f"{text}; nothing later is used."
    loaded = day(span.last_loaded_at, locale=locale)
    last = day(span.last_day, locale=locale)
    return f"{text}; nothing later is used. The data reaches to {last}, loaded on {loaded}."


def _reasons(review: WeeklyReview) -> list[str]:
    """Why the number is what it is, what it hangs on, and how often it was right."""
    found, company = review.number, review.company
    if found.missing:
        return [f"Status: {found.forecast.status}."]
    trust = str(found.trust)
    return [
        words.why(found, company),
        words.hangs_in_words(found, company),
        words.must_be_true(found, company),
        words.concentration(found),
        sentences.overridden(review),
        trust if trust.endswith(".") else f"{trust[:1].upper()}{trust[1:]}.",
    ]


def _facts(review: WeeklyReview) -> tuple[Fact, ...]:
    one, company = review.number.forecast, review.company

    def short(amount: Value) -> str:
        return money(amount, company.currency, locale=company.locale)

    def because(value: Value, note: str) -> str:
        return str(value) if isinstance(value, NotEnough) else note

    won, target = one.view.measures["won"].value, one.view.measures["target"].value
    booked = count(len(one.view.measures["won"].parts), "deal")
    span = f"80% range {short(one.p10)} to {short(one.p90)}"
    return (
        Fact("Expected", short(one.expected), because(one.expected, span)),
        Fact(
            "Chance to reach the target",
            percent(one.p_target),
            because(one.p_target, f"target {short(target)}"),
        ),
        Fact("Won so far", short(won), f"{booked} booked"),
        Fact("Won + weighted pipeline", short(review.number.stated), "as the CRM states it"),
    )


def _ends(review: WeeklyReview) -> Table:
    """Where the quarter may end by the number, and by what others say: what, amount, what it is."""
    rows = words.range_table(review.number)
    what = rows["what"].astype(str)
    kind = ["evidenced" if one in _RANGE or one == "Won so far" else "stated" for one in what]
    table = pd.DataFrame({"What": what, "Amount": rows["amount"], "It is": kind})
    call = review.number.call
    if isinstance(call, Call):
        table.loc[table["What"] == "Submitted call", "What"] = "Submitted call (commit)"
    table.loc[table["What"] == "Target", "It is"] = "aim"
    return Table("Where the quarter may end", table, {"Amount": "money"})


def _bridge(review: WeeklyReview) -> Waterfall:
    found = from_weighted(review.number.forecast)
    if isinstance(found, NotEnough):
        return Waterfall("", pd.DataFrame(columns=_ROWS), missing=_sentence(found))
    return Waterfall(words.why(review.number, review.company), _bridge_rows(found), found.note)


def _bridge_rows(found: Bridge) -> pd.DataFrame:
    """A page's bridge with how many deals each step has."""
    deals = [_real_deals(found.steps.get(step)) for step in found.rows["step"]]
    return found.rows.assign(deals=pd.Series(deals, dtype=float))[_ROWS]


def _real_deals(parts: pd.Series | None) -> int | None:
    """How many deals a step has; money of deals not created yet is of none."""
    return None if parts is None else int((~parts.index.isin(list(NO_DEAL))).sum()) or None


def _changed(found: Changes, company: Company) -> Waterfall:
    """From the open pipeline then to that of now, a bar per bucket, as the page has them."""
    rows = what_changed.waterfall(found, what_changed.BY_MONEY, company).rename(columns={"n": "deals"})
    is_sum = rows["kind"].isin(["start", "end"])
    rows = rows.assign(kind=rows["kind"].where(is_sum, "change"), stated=is_sum)[_ROWS]
    note = f"Open deals dated in {found.scope.quarter}: their amounts as the CRM states them."
    return Waterfall(what_changed.headline(found, company), rows, note)


def _moved(review: WeeklyReview) -> Waterfall:
    found = from_last_week(review.moved, review.company)
    finding = sentences.moved(review)
    if isinstance(found, NotEnough):
        return Waterfall(finding, pd.DataFrame(columns=_ROWS), missing=_sentence(found))
    return Waterfall(finding, _bridge_rows(found), found.note)


def _sentence(found: NotEnough) -> str:
    text = str(found)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
