"""What the page about one rep says: its sentences, plain and never blaming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.coaching.habit_words import counted, figure
from analytics.coaching.habits import FEWEST_DEALS, FEWEST_REPS
from analytics.coaching.suggestions import Suggestion
from analytics.coaching.team import RAMPING_DAYS, WEEKS
from analytics.coaching.team_calls import FEWEST_COMMITS, FEWEST_QUARTERS
from analytics.coaching.topics import AS_OTHERS, GOOD, QUESTIONS_FAMILY, RAMPING, TO_COACH, TOO_FEW
from analytics.company import Company
from analytics.rep_page import RepPage
from analytics.wording import count, listed, money, percent, plain

#: What stands on every such page.
FAIR = (
    "Compared are deals of the same stage, age, size, deal type and team, over the last four quarters"
    " (Commits: over the last eight that are over). Figures are means of the rep's own deals; a deal seen for"
    " longer counts for more. A difference is named only if chance alone would show one for at most one rep"
    " in ten; with few deals it must be larger. It tells what is recorded, not why it is so, and not how good"
    " somebody is."
)
WHOLE_PAGE = "page"
NO_PRAISE = "Nothing is better than on like deals beyond chance; that does not mean that nothing is good."
BESIDE = (
    "This stands beside the things to talk about: it is not ranked with them, unless it is named there too."
)


@dataclass(frozen=True)
class Claim:
    """Something said of a rep that can be replied to."""

    topic: str
    title: str
    text: str


def headline(page: RepPage) -> tuple[str, str]:
    """What is good, what to talk about, and what it rests on (plain texts)."""
    found = page.suggestions
    good = f"Good: {_in_turn(found.praise)}. " if found.praise else ""
    if found.coach:
        lead = f"{page.name}. {good}To talk about: {_in_turn(found.coach)}."
    elif found.praise:
        lead = f"{page.name}. {good}Nothing else stands out."
    else:
        reason = str(found.withheld)
        lead = f"{page.name}: {reason[:1].lower()}{reason[1:]}."
    return lead, _rests_on(page)


def _in_turn(found: Sequence[Suggestion]) -> str:
    """Their short names; commas would not do, for some have an "and" in them."""
    return "; ".join(one.short for one in found)


def _rests_on(page: RepPage) -> str:
    where = f" Team {page.team}." if page.team and not page.team.startswith("(") else ""
    where += f" {page.name} does not work here any more, as recorded." if page.has_left else ""
    where += f" {also_clear(page)}" if also_clear(page) else ""
    n = count(page.n, "deal")
    if page.is_ramping:
        days = count(round(float(page.facts.habits.tenure[page.owner_id])), "day")
        return (
            f"New here: {days} since their first deal.{where} What a new colleague's deals show in the first"
            f" {RAMPING_DAYS} days is shown below but not judged."
        )
    compared = page.facts.habits.compared
    if page.n < FEWEST_DEALS or compared < FEWEST_REPS:
        return f"{n} in the last four quarters.{where}"
    others = count(compared - 1, "colleague")
    return f"{n} of the last four quarters beside those of {others}.{where}"


def depth_title(page: RepPage) -> str:
    """The finding of the picture."""
    rows = page.rows[page.rows["family"] == QUESTIONS_FAMILY]
    deeper, less = ([label.lower() for label in rows.loc[rows["direction"] == way, "label"]]
                    for way in (GOOD, TO_COACH))  # fmt: skip
    on = {True: "every question", False: ""}
    parts = [f"deeper than the team on {on[len(deeper) == len(rows)] or listed(deeper)}"] if deeper else []
    than = "" if parts else " than the team"
    parts += [f"less deep{than} on {on[len(less) == len(rows)] or listed(less)}"] if less else []
    if parts:
        said = ", ".join(parts)
        return f"{said[:1].upper()}{said[1:]}"
    if rows["direction"].isin([TOO_FEW, RAMPING]).all():
        return "How deep the answers go: too early to compare"
    return "How deep the answers go: as the team's, as far as can be told"


def depth_note() -> str:
    """What the picture is made of."""
    return (
        "Level 0 to 4 of each question when a deal entered a stage, and today. Solid: this rep, with the"
        " range that is likely; strong where it differs from the team. Line: the team on like deals. Hollow:"
        " the same rep a year earlier. These levels are of four quarters, beside like deals; those on Team"
        f" overview are of the last {WEEKS} weeks, so that the two differ."
    )


_SIDES = ("later or lower", "earlier or higher")
_AS_USUAL = "as deals with such evidence usually are"


def bias_words(page: RepPage) -> str:
    """How the rep's deals are stated against their evidence."""
    row = page.statement
    if row is None:
        return f"How deals are stated cannot be compared yet: {page.facts.statements.missing or 'no deals'}."
    later, earlier = (f"{one} than deals with such evidence usually are" for one in _SIDES)
    side = {
        "states below its evidence": later,
        "above": earlier,
        "as": later if row["low"] > 0 else earlier if row["high"] < 0 else _AS_USUAL,
    }.get(row["verdict"])
    n = count(int(row["n"]), "deal")
    if side is None:
        return f"Too little is known to say how deals are stated ({n}, {count(int(row['won']), 'won deal')})."
    unsure = row["verdict"] == "as" and side != _AS_USUAL
    rest = (
        "; too little, or not borne out by what closed, to be one of the things to talk about"
        if unsure
        else ""
    )
    realised = str(row["realised"])
    return f"Stated {side} ({n}){rest}. {realised[:1].upper()}{realised[1:]}."


def calls_words(page: RepPage, company: Company) -> str:
    """What the rep called past quarters at, against what was won."""
    row = page.call_bias
    if row is None:
        return "No call of a past quarter is recorded."
    n = count(int(row["n"]), "past quarter")
    if pd.isna(row["bias"]):
        return f"Called {n}: a bias is told from {FEWEST_QUARTERS} quarters on."
    sums = (page.called[name].sum() for name in ("called", "won"))
    called, won = (money(one, company.currency, locale=company.locale) for one in sums)
    side = "above" if row["bias"] > 0 else "below"
    if row["low"] <= 0 <= row["high"]:
        told = "which side it tends to cannot be told"
    else:
        told = f"{page.name}'s calls tend to lie {side} what is won"
    return (
        f"Called {called} over {n} four weeks before their end, won {won}:"
        f" {percent(abs(row['bias']))} {side}, likely between {percent(row['low'], signed=True)} and"
        f" {percent(row['high'], signed=True)}; {told}."
    )


def commits_words(page: RepPage) -> str:
    """How many deals stated as commit were won in their quarter."""
    row = page.kept
    if row is None:
        return "No deal was stated as Commit in the fifth week of a past quarter."
    kept, n = int(row["kept"]), int(row["n"])
    said = (
        f"Of {count(n, 'Commit')} in the fifth week of a past quarter, {count(kept, 'was', 'were')} won in it"
    )
    if pd.isna(row["share"]):
        return f"{said}; a share is told from {FEWEST_COMMITS} on."
    everyone = page.facts.stated["kept"].mean()
    return (
        f"{said} ({percent(row['share'])}, likely between {percent(row['low'])} and {percent(row['high'])});"
        f" everybody: {percent(everyone)}."
    )


_LATE = "dates that are set late need no moving, so that this is not named as good"


def pushes_words(page: RepPage) -> str:
    """How often close dates moved later."""
    rows = page.rows[page.rows["topic"] == "pushes"]
    if rows.empty or rows["direction"].iloc[0] in (TOO_FEW, RAMPING):
        return "Close dates moved later: not enough deals to compare."
    row = rows.iloc[0]
    value, team = figure(row["value"], "pushes"), figure(row["team_value"], "pushes")
    less = "less than there" if row["praised"] else f"less than there; {_LATE}"
    told = {TO_COACH: "more than there", GOOD: less, AS_OTHERS: "no clear difference"}
    return (
        f"Close dates move later {value} per deal and quarter, on like deals of the team {team}:"
        f" {told[str(row['direction'])]} ({count(int(row['n']), 'deal')})."
    )


def figures(page: RepPage, company: Company) -> list[Claim]:
    """How deals are stated, called, committed and dated: a sentence each."""
    return [
        Claim("statements", "Stated against the evidence", bias_words(page)),
        Claim("calls", "Calls against what was won", calls_words(page, company)),
        Claim("commits", "Commits kept", commits_words(page)),
        Claim("pushes", "Close dates moved later", pushes_words(page)),
    ]


def claims(page: RepPage, company: Company) -> list[Claim]:
    """Everything said of the rep that can be replied to: suggestions, praise, figures, the whole page."""
    found = page.suggestions
    said = [Claim(one.topic, one.title, one.sentence) for one in [*found.coach, *found.praise]]
    named = {one.topic for one in said}
    said += [one for one in figures(page, company) if one.topic not in named]
    return [*said, Claim(WHOLE_PAGE, "The page as a whole", headline(page)[0])]


def talk_words(page: RepPage, company: Company) -> str:
    """The deals worth a talk in a sentence, with the sums that At risk shows for the owner."""
    if page.no_chances is not None:
        return f"No chances yet, so that no deal can be held against its evidence: {page.no_chances}."
    talk = page.talk

    def short(amount: float) -> str:
        return money(amount, company.currency, locale=company.locale)

    (over, high), (under, low), (left, rest) = talk.over, talk.under, talk.left
    unknown = (
        f" {count(talk.unknown, 'deal')} without an amount or a stated probability cannot be weighed."
        if talk.unknown
        else ""
    )
    if not high and not low:
        return f"No open deal stands out: what is stated and what is known agree.{unknown}"
    others = (
        f" {count(rest, 'other', 'others')} with less than {short(talk.floor)} each, together {short(left)},"
        f" {'is' if rest == 1 else 'are'} on At risk only."
        if rest
        else ""
    )
    n = len(talk.deals)
    more = "the reason says how much it adds to or takes from the chance of being won by the quarter's end"
    listed_here = f"Listed: {count(n, 'deal')}, most money first; {more}." if n else "None is listed here."
    return (
        f"{short(over)} too much is stated in {count(high, 'deal')}, {short(under)} too little in"
        f" {count(low, 'deal')}, as on At risk. {listed_here}{others}{unknown}"
    )


def talk_reasons(page: RepPage) -> list[str]:
    """Each listed deal's reason and next question whole, as Markdown: the table cuts them."""
    deals = page.talk.deals
    return [
        f"- **{plain(name)}**: {plain(reason or 'no single reason stands out')}."
        + (f" Ask: {plain(question)}" if question else "")
        for name, reason, question in deals[["name", "reason", "question"]].itertuples(index=False)
    ]


def behind_words(page: RepPage, topic: str) -> tuple[str, bool]:
    """What opens the deals behind a topic, or why there are none; and whether there are any."""
    rows = page.rows[page.rows["topic"] == topic]
    if topic == "statements":
        n = len(page.stated)
        if n:
            return f"The {n:,} of them open now and stated so", True
        if len(rows):
            none = "None of the deals open now is stated above or below its evidence by itself"
            return f"{none}: the sentence rests on all deals so far.", False
        return "None of these deals is open now.", False
    ids = rows["deals"].iloc[0] if len(rows) else ()
    if not ids:
        return "No deal of the last four quarters is behind it.", False
    return f"The {counted(len(ids), topic)} behind it", True


def also_clear(page: RepPage) -> str:
    """What is clear under Forecast and is none of the things to talk about; '' where nothing is."""
    named = {one.topic for one in page.suggestions.coach}
    found, calls, kept = [], page.call_bias, page.kept
    if calls is not None and (calls["low"] > 0 or calls["high"] < 0):
        found.append(f"calls {'above' if calls['bias'] > 0 else 'below'} what is won")
    if kept is not None and "commits" not in named and kept["high"] < page.facts.stated["kept"].mean():
        found.append("fewer Commits won in their quarter than everybody's")
    return f"Clear too, under Forecast: {listed(found)}." if found else ""
