"""What the page about one rep says: its sentences, plain and never blaming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.coaching.habit_words import figure
from analytics.coaching.habits import FEWEST_DEALS, FEWEST_REPS
from analytics.coaching.suggestions import Suggestion
from analytics.coaching.team import RAMPING_DAYS
from analytics.coaching.team_calls import FEWEST_COMMITS, FEWEST_QUARTERS
from analytics.coaching.topics import AS_OTHERS, GOOD, QUESTIONS_FAMILY, RAMPING, TO_COACH, TOO_FEW
from analytics.company import Company
from analytics.rep_page import RepPage
from analytics.wording import count, listed, money, percent

#: What stands on every such page.
FAIR = (
    "Compared are deals of the same stage, age, size, deal type and team, over the last four quarters"
    " (Commits: over the last eight that are over). Figures are means of the rep's own deals; a deal seen for"
    " longer counts for more. A difference is named only if chance alone would show one for at most one rep"
    " in ten; with few deals it must be larger. It tells what is recorded, not why it is so, and not how good"
    " somebody is."
)
WHOLE_PAGE = "page"


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
        " the same rep a year earlier."
    )


def bias_words(page: RepPage) -> str:
    """How the rep's deals are stated against their evidence."""
    row = page.statement
    if row is None:
        return f"How deals are stated cannot be compared yet: {page.facts.statements.missing or 'no deals'}."
    side = {
        "states below its evidence": "later or lower than deals with such evidence usually are",
        "above": "earlier or higher than deals with such evidence usually are",
        "as": "as deals with such evidence usually are",
    }.get(row["verdict"])
    n = count(int(row["n"]), "deal")
    if side is None:
        return f"Too little is known to say how deals are stated ({n}, {count(int(row['won']), 'won deal')})."
    return (
        f"Stated {side} ({n}): {row['bias']:+.2f} on a scale where a usual deal is 0 and two of three lie"
        f" between -1 and +1; likely between {row['low']:+.2f} and {row['high']:+.2f}, positive = later or"
        f" lower. {str(row['realised'])[:1].upper()}{str(row['realised'])[1:]}."
    )


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
        told = f"calls tend to lie {side} what is won"
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
    said = f"Of {count(n, 'Commit')} in the fifth week of a past quarter, {kept:,} were won in it"
    if pd.isna(row["share"]):
        return f"{said}; a share is told from {FEWEST_COMMITS} on."
    everyone = page.facts.stated["kept"].mean()
    return (
        f"{said} ({percent(row['share'])}, likely between {percent(row['low'])} and {percent(row['high'])});"
        f" everybody: {percent(everyone)}."
    )


def pushes_words(page: RepPage) -> str:
    """How often close dates moved later."""
    rows = page.rows[page.rows["topic"] == "pushes"]
    if rows.empty or rows["direction"].iloc[0] in (TOO_FEW, RAMPING):
        return "Close dates moved later: not enough deals to compare."
    row = rows.iloc[0]
    value, team = figure(row["value"], "pushes"), figure(row["team_value"], "pushes")
    told = {TO_COACH: "more than there", GOOD: "less than there", AS_OTHERS: "no clear difference"}
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
    """The deals worth a talk in a sentence."""
    if page.no_chances is not None:
        return f"No chances yet, so that no deal can be held against its evidence: {page.no_chances}."
    if page.risky.empty:
        return "No open deal stands out: what is stated and what is known agree."
    stake = money(page.risky["at_stake"].sum(), company.currency, locale=company.locale)
    return (
        f"{count(len(page.risky), 'open deal is', 'open deals are')} worth a talk; what is stated and what is"
        f" evidenced differ by {stake} there."
    )
