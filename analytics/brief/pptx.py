"""A brief as a deck that can be presented as it is: the finding is each slide's title, charts are native."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
from babel.numbers import get_currency_symbol

from analytics.brief.charts import fill_height, pair_chart, range_chart, short_format, waterfall_chart
from analytics.brief.deck import BODY_HIGH, BODY_TOP, MARGIN, WIDE, Deck, fitting
from analytics.brief.parts import Brief, Table, Waterfall, each, seen
from analytics.figures.style import LIGHT
from analytics.wording import DASH, count, is_missing, percent

_BODY = WIDE - 2 * MARGIN
#: What fits on a slide and is still read from the back of the room.
_MOST_STEPS, _MOST_ROWS, _MOST_CALLERS = 8, 7, 8
#: Inches: a table's head, and the picture beside it.
_HEAD, _PICTURE = 0.36, 5.2
_REST = "{} more in the workbook."


def deck(brief: Brief) -> bytes:
    """The .pptx."""
    made = Deck(f"{brief.title} · {brief.scope_words}")
    parts: Sequence[Callable[[Deck, Brief], None]]
    if brief.kind == "pre-read":
        parts = (_cover, _number, _bridge, _changed, _moved, _agenda, _calls, _actions)
    else:
        parts = (_cover, _decided, _actions, _left_open, _number, _changed, _moved, _calls)
    for part in parts:
        part(made, brief)
    moment = datetime.combine(brief.scope.as_of, datetime.min.time())
    return made.saved(f"{brief.title}, {brief.scope_words}", moment)


def _cover(made: Deck, brief: Brief) -> None:
    lead = brief.answer if brief.kind == "pre-read" else brief.decided_words
    slide = made.slide(
        f"{brief.whose}: weekly pipeline review",
        kicker=f"{brief.title.split(':')[0]} · {brief.scope_words}",
        notes=[brief.answer, brief.freshness, *brief.reasons],
    )
    text, size = fitting(lead, wide=_BODY - 0.6, lines=4, sizes=(36, 32, 28, 24))
    made.text(slide, text, MARGIN, 2.0, _BODY - 0.6, 2.4, size=size, bold=True)
    step = _BODY / len(brief.facts)
    for at, fact in enumerate(brief.facts):
        left = MARGIN + at * step
        made.text(slide, fact.label, left, 4.85, step - 0.2, 0.3, size=14, colour=LIGHT.muted)
        colour = LIGHT.stated.ink if at == len(brief.facts) - 1 else LIGHT.text
        made.text(slide, fact.value, left, 5.15, step - 0.2, 0.6, size=32, bold=True, colour=colour)
        note, _ = fitting(fact.note, wide=step - 0.3, lines=3, sizes=(13,))
        made.text(slide, note, left, 5.75, step - 0.3, 0.8, size=13, colour=LIGHT.muted)


def _number(made: Deck, brief: Brief) -> None:
    slide = made.slide(
        brief.answer,
        kicker="The number",
        notes=[
            "Where it comes from: what is won, plus chance x amount of every open deal, plus what past"
            " quarters still won from deals created after this day. The range holds 8 of 10 simulated ends.",
            *brief.reasons,
            brief.freshness,
        ],
    )
    amounts = dict(zip(brief.ends.rows["What"], brief.ends.rows["Amount"], strict=True))
    rows: list[tuple[str, list[float], str, str]] = []
    looks = {"evidenced": "won", "stated": "stated", "aim": "aim"}
    for row in each(brief.ends.rows.rename(columns={"What": "what", "Amount": "amount", "It is": "look"})):
        if row.what == "Expected" and not brief.missing:
            span = f"{brief.money(amounts['P10'])} to {brief.money(amounts['P90'])}"
            ends = [float(amounts[one]) for one in ("P10", "P50", "P90")]
            rows.insert(0, (f"Expected {brief.money(row.amount)}", ends, span, "range"))
        elif row.what not in ("P10", "P50", "P90", "Expected") and not is_missing(row.amount):
            rows.append((row.what, [float(row.amount)], brief.money(row.amount), looks[row.look]))
    range_chart(slide, rows, (MARGIN - 0.1, BODY_TOP, 7.6, BODY_HIGH))
    key = "Solid: won or evidenced; the blues meet at P50. Hollow: stated in the CRM, called, or the target."
    made.text(slide, key, MARGIN, 6.65, 7.6, 0.3, size=11, colour=LIGHT.muted)
    made.lines(slide, [one for one in brief.reasons if one], 8.75, BODY_TOP + 0.1, WIDE - MARGIN - 8.75,
               size=13, most=6)  # fmt: skip


def _bridge(made: Deck, brief: Brief) -> None:
    if not brief.missing:
        kicker = "From what the CRM states to what is expected"
        _waterfall(made, brief, brief.bridge, kicker)


def _changed(made: Deck, brief: Brief) -> None:
    _waterfall(made, brief, brief.changed, f"What changed since {brief.day(brief.since)}")


def _moved(made: Deck, brief: Brief) -> None:
    if not brief.moved.missing:
        _waterfall(made, brief, brief.moved, "What moved the expected number")


def _waterfall(made: Deck, brief: Brief, found: Waterfall, kicker: str) -> None:
    exact = [
        f"{seen(row.step)}: {brief.cell(row.amount, 'change' if row.kind == 'change' else 'money')}"
        for row in each(found.rows)
    ]
    notes = ["Where this comes from, step by step (the deals of each are in the workbook):", *exact]
    slide = made.slide(found.finding, kicker=kicker, notes=[*notes, found.note, brief.freshness])
    shown = found.condensed(_MOST_STEPS)
    waterfall_chart(slide, shown, (MARGIN - 0.15, BODY_TOP, _BODY + 0.3, BODY_HIGH - 0.1), brief.money)
    hues = set(shown.bars["hue"])
    words = {"stated": "hollow: stated", "sum": "blue: evidenced", "won": "green: won or adds",
             "up": "green: adds", "down": "red: takes away"}  # fmt: skip
    told = [text for hue, text in words.items() if hue in hues and not (hue == "up" and "won" in hues)]
    key = "; ".join(told)
    cut = f". The columns begin at {brief.money(shown.axis[0])}, not at zero" if shown.axis[0] > 0 else ""
    text = f"{key[:1].upper()}{key[1:]}{cut}."
    made.text(slide, text, MARGIN, 6.7, _BODY, 0.3, size=11, colour=LIGHT.muted)


def _agenda(made: Deck, brief: Brief) -> None:
    cards = brief.cards
    slide = made.slide(
        brief.agenda_words,
        kicker="What to talk about",
        notes=[
            "Deals are ranked by amount x distance between stated and evidenced x what a decision this week"
            " can still change.",
            *(f"{at}. {card.name}: {card.why_now}" for at, card in enumerate(cards, start=1)),
            brief.quiet_words,
            brief.freshness,
        ],
    )
    if not cards:
        made.lines(slide, [brief.quiet_words, *_quiet_reasons(brief)], MARGIN, BODY_TOP + 0.2, _BODY - 2,
                   size=18, most=3)  # fmt: skip
        return
    names = [fitting(f"{at}. {card.name}", wide=2.3, lines=2, sizes=(12,))[0]
             for at, card in enumerate(cards, start=1)]  # fmt: skip
    stated, evidenced = [card.stated for card in cards], [card.evidenced for card in cards]
    high = min(0.75, 4.3 / len(cards))
    place = (MARGIN, BODY_TOP + _HEAD, _PICTURE, high * len(cards))
    chart = pair_chart(slide, names, ("Stated", stated), ("Evidenced", evidenced), place, "0%")
    fill_height(chart, 0.45)
    key = "Chance to be won: hollow as stated, solid as evidenced"
    made.text(slide, key, MARGIN, BODY_TOP + 0.08, _PICTURE, 0.25, size=12, colour=LIGHT.muted)
    rows = [
        [card.owner_name or DASH, brief.money(card.amount), brief.money(card.at_stake), card.question]
        for card in cards
    ]
    left = MARGIN + _PICTURE + 0.1
    widths = [1.55, 0.9, 1.0, WIDE - MARGIN - left - 3.45]
    made.table(slide, ["Owner", "Amount", "At stake", "Ask"], rows, widths, top=BODY_TOP, left=left,
               right=(1, 2), size=12, row_high=high)  # fmt: skip
    made.text(slide, brief.quiet_words, MARGIN, 6.7, _BODY, 0.3, size=12, colour=LIGHT.muted)


def _quiet_reasons(brief: Brief) -> list[str]:
    """Why deals have no card, the most frequent reasons first."""
    reasons = brief.quiet.rows["Why"].value_counts()
    return [f"{count(int(n), 'deal')}: {why}" for why, n in reasons.head(4).items()]


def _calls(made: Deck, brief: Brief) -> None:
    table = brief.calls.rows
    slide = made.slide(
        brief.silent or brief.call_words,
        kicker="Submitted calls beside the expected number",
        notes=[
            "A call includes what is won. The expected number is ours for the same people.",
            *(f"{row.Whose}: {row.told}" for row in each(_told_calls(brief))),
            brief.freshness,
        ],
    )
    level = "Team" if (table["Level"] == "Team").any() else "Owner"
    mine = table[(table["Level"] == level) & (table["Most likely"].notna() | table["Expected"].notna())]
    ordered = mine.sort_values("Expected", ascending=False, na_position="last", kind="stable")
    shown = ordered.head(_MOST_CALLERS)
    if shown.empty:
        made.lines(slide, [brief.call_words or brief.calls.empty], MARGIN, BODY_TOP + 0.2, _BODY - 2,
                   size=18, most=3)  # fmt: skip
        return
    names = [fitting(str(name), wide=2.4, lines=1, sizes=(12,))[0] for name in shown["Whose"]]
    called, expected = list(shown["Most likely"]), list(shown["Expected"])
    known = [float(value) for value in [*called, *expected] if not is_missing(value)]
    company = brief.company
    symbol = get_currency_symbol(company.currency, locale=company.locale)
    place = (MARGIN - 0.1, BODY_TOP + 0.7, _BODY, BODY_HIGH - 1.0)
    pair_chart(slide, names, ("Most likely, as called", called), ("Expected", expected), place,
               short_format(symbol, max(known, default=0.0)))  # fmt: skip
    made.lines(slide, [brief.call_words], MARGIN, BODY_TOP - 0.05, _BODY, size=14, most=2)
    more = f" {_REST.format(len(ordered) - len(shown))}" if len(ordered) > len(shown) else ""
    key = f"Hollow: called as most likely. Solid: expected by the number.{more}"
    made.text(slide, key, MARGIN, 6.7, _BODY, 0.3, size=11, colour=LIGHT.muted)


def _told_calls(brief: Brief) -> pd.DataFrame:
    """Every call in exact words, for the notes."""
    rows = brief.calls.rows
    told = [
        f"commit {brief.cell(row['Commit'], 'money')}, most likely {brief.cell(row['Most likely'], 'money')},"
        f" expected {brief.cell(row['Expected'], 'money')}, {row['Submitted'] or 'not asked'}"
        for row in rows.to_dict("records")
    ]
    return rows[["Whose"]].assign(told=told)


def _actions(made: Deck, brief: Brief) -> None:
    table, next_time = brief.actions, brief.kind == "minutes"
    kicker = "Open actions for the next meeting" if next_time else "Open actions to report on"
    slide = made.slide(brief.action_words, kicker=kicker, notes=[brief.freshness])
    head = ["Action", "Who", "Due", "Overdue", "Deal"]
    rows = [
        [row["Action"], row["Who"], brief.day(row["Due"]), _late(row["Days overdue"]), row["Deal"]]
        for row in table.rows.head(_MOST_ROWS).to_dict("records")
    ]
    if rows:
        widths = [4.3, 1.9, 1.5, 1.2, _BODY - 8.9]
        made.table(slide, head, rows, widths, top=BODY_TOP, right=(3,), size=14)
        _rest(made, slide, table)
    elif brief.ledger.rows.empty:
        text = "What is decided with an owner and a day appears here until somebody reports on it."
        made.lines(slide, [text], MARGIN, BODY_TOP, _BODY - 2, size=18, most=3)
    else:
        _became(made, slide, brief)


def _became(made: Deck, slide: object, brief: Brief) -> None:
    """Where nothing is open: the last decisions and what became of them."""
    text = "The last decisions, and what became of them"
    made.text(slide, text, MARGIN, 1.5, _BODY, 0.3, size=14, colour=LIGHT.muted)
    rows = [
        [brief.day(row["Day"]), row["Deal"], row["Decision"], row["What became of it"], row["Decided by"]]
        for row in brief.ledger.rows.head(_MOST_ROWS).to_dict("records")
    ]
    head = ["Day", "Deal", "Decision", "What became of it", "Decided by"]
    made.table(slide, head, rows, [1.4, 3.1, 2.9, 3.0, _BODY - 10.4], top=BODY_TOP, size=13)


def _late(days: float) -> str:
    return "" if is_missing(days) else count(int(days), "day")


def _rest(made: Deck, slide: object, table: Table, most: int = _MOST_ROWS) -> None:
    if len(table.rows) > most:
        text = _REST.format(len(table.rows) - most)
        made.text(slide, text, MARGIN, 6.7, _BODY, 0.3, size=12, colour=LIGHT.muted)


def _decided(made: Deck, brief: Brief) -> None:
    table = brief.of_the_day
    if table.rows.empty:
        return  # the first slide says so
    slide = made.slide(
        brief.decided_words, kicker=f"Decided on {brief.day(brief.scope.as_of)}",
        notes=["Every decision is kept with who and when; nothing is overwritten.", brief.freshness],
    )  # fmt: skip
    rows = [
        [row["Deal"], row["Decision"], row["For whom"], brief.day(row["Due"]) if row["For whom"] else "",
         row["Decided by"], row["Note"]]
        for row in table.rows.head(_MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    head = ["Deal", "Decision", "For whom", "Due", "Decided by", "Note"]
    made.table(slide, head, rows, [2.9, 3.1, 1.5, 1.3, 1.5, _BODY - 10.3], top=BODY_TOP, size=13)
    _rest(made, slide, table)


def _left_open(made: Deck, brief: Brief) -> None:
    table = brief.left_open
    n = len(table.rows)
    title = f"{count(n, 'deal')} on the agenda left undecided" if n else table.empty
    slide = made.slide(title, kicker="What is left open", notes=[brief.agenda_words, brief.freshness])
    rows = [
        [row["Deal"], row["Owner"], brief.money(row["Amount"]), percent(row["Stated"]),
         percent(row["Evidenced"]), row["Question"]]
        for row in table.rows.head(_MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    if rows:
        head = ["Deal", "Owner", "Amount", "Stated", "Evidenced", "Ask"]
        made.table(slide, head, rows, [3.3, 1.8, 1.1, 0.9, 1.1, _BODY - 8.2], top=BODY_TOP,
                   right=(2, 3, 4), size=13)  # fmt: skip
        _rest(made, slide, table)
    else:
        made.lines(slide, [brief.quiet_words], MARGIN, BODY_TOP + 0.2, _BODY - 2, size=18, most=2)
