"""What the page "Playbook versions" shows: the history of changes, and what came of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analytics.business_case.questions import asks_of, labels
from analytics.company import Company, Scope
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.tables import DealTable, Kind, deal_table
from analytics.playbook.compare import Comparison, compare, judged_after, sample_of, within
from analytics.playbook.draw import Draw, draw_teams, seed_of
from analytics.playbook.entries import Entries, entries_of
from analytics.playbook.exit_criteria import concerned, departures_of, held_to, levels_by_week, without_it
from analytics.playbook.like_deals import Effect
from analytics.playbook.versions import (
    ENDED,
    EXIT,
    LEVEL,
    MEASURES,
    PLANNED,
    RUNNING,
    WITHDRAWN,
    Change,
    Version,
)
from analytics.playbook_change_words import MEASURE_WORDS, what, whom
from analytics.problems import BadInput, NotEnough
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS
from analytics.wording import count, day, listed, money, percent

HISTORY_KINDS: dict[str, Kind] = {
    "Change": "text",
    "What": "text",
    "Holds for": "text",
    "Since": "day",
    "Ended on": "day",
    "State": "text",
    "Hypothesis": "text",
    "Should move": "text",
    "Recorded by": "text",
    "Recorded on": "day",
    "What was learned": "text",
    "Text before": "text",
    "Text after": "text",
    "Version ID": "text",
}
_FEWEST_TEAMS = 4  # of which pairs are drawn
_PAST_DAYS = 365  # from which like teams are paired
_BIGGER, _SHIFT = 1.15, 0.05  # of the median amount, and of the share of new business: worth a sentence


@dataclass(frozen=True)
class VersionView:
    """One version and what came of it. `found`: per measure, the version's own first; `weeks`: see
    `levels_by_week`; `without`: deals that moved on without meeting the criterion (None: no criterion);
    `moved`, `met`: deals that moved on since it began, and those that met it; `also`: what else changed."""

    version: Version
    label: str
    found: dict[str, Comparison | NotEnough]
    weeks: pd.DataFrame
    without: DealTable | None
    moved: int
    met: int
    also: list[str]

    @property
    def own(self) -> Comparison | NotEnough:
        """By the version's own measure."""
        return self.found[self.version.change.measure]


def question_labels(store: Store, company: Company, as_of: date) -> dict[str, str]:
    """Key of every question -> its short name on a day."""
    return labels(store, company.calendar.end_of(as_of))


def headline(versions: list[Version], as_of: date) -> tuple[str, str]:
    """How many changes run, and what is known of the rest."""
    if not versions:
        return "No change of the sales process has been recorded yet.", ""
    states = [one.state(as_of) for one in versions]
    running = states.count(RUNNING)
    head = f"{count(running, 'change')} of the sales process {'is' if running == 1 else 'are'} running."
    said = [f"{states.count(one)} {one}" for one in (PLANNED, ENDED, WITHDRAWN) if one in states]
    lived = [one for one in versions if not one.is_withdrawn and one.change.starts_on <= as_of]
    learned = sum(bool(one.notes) for one in lived)
    rest = [f"Besides: {listed(said)}."] if said else []
    if lived:
        of = f"the {len(lived):,} that began" if len(lived) > 1 else "the one that began"
        were = "were" if len(lived) > 1 else "was"
        rest.append(f"What was learned is written down for {learned} of {of} and {were} not withdrawn.")
    return head, " ".join(rest)


def shown(versions: list[Version], team: str) -> list[Version]:
    """Those that hold for a team ('' = all)."""
    return [one for one in versions if not team or not one.change.teams or team in one.change.teams]


def history_table(versions: list[Version], names: dict[str, str], as_of: date) -> pd.DataFrame:
    """The versions as they are shown and downloaded; keys of HISTORY_KINDS."""
    rows = [
        {
            "Change": one.change.title,
            "What": what(one.change, names.get(one.change.question, one.change.question)),
            "Holds for": whom(one.change),
            "Since": pd.Timestamp(one.change.starts_on),
            "Ended on": pd.Timestamp(one.ends_on) if one.ends_on else pd.NaT,
            "State": one.state(as_of),
            "Hypothesis": one.change.hypothesis,
            "Should move": MEASURE_WORDS.get(one.change.measure, one.change.measure),
            "Recorded by": one.change.author,
            "Recorded on": pd.Timestamp(one.written_on),
            "What was learned": " · ".join(f"{note.author}: {note.text}" for note in one.notes),
            "Text before": one.change.text_before,
            "Text after": one.change.text_after,
            "Version ID": one.version_id,
        }
        for one in versions
    ]
    return pd.DataFrame(rows, columns=list(HISTORY_KINDS))


def version_view(
    store: Store,
    company: Company,
    scope: Scope,
    version: Version,
    versions: list[Version],
    history: History,
) -> VersionView:
    """One version: compared for the whole company, its deals those of the scope.

    Raises BadInput if its question is not known.
    """
    entries = entries_of(history, company)
    moves = departures_of(history, entries)
    change = version.change
    asked = asks_of(store).get(change.question, change.question)
    if asked not in QUESTIONS:
        raise BadInput("the question of this version is not known", got=change.question or "none")
    label = question_labels(store, company, scope.as_of).get(change.question, change.question)
    measures = [change.measure, *(one for one in MEASURES if one != change.measure)]
    found = {one: compare(version, entries, moves, asked, one) for one in measures}
    weeks = levels_by_week(version, moves, asked, scope.as_of)
    weeks = weeks.head(0) if version.is_withdrawn else weeks
    since = weeks[weeks["week"] >= 0]
    is_criterion = change.kind == EXIT and not version.is_withdrawn
    return VersionView(
        version=version,
        label=label,
        found=found,
        weeks=weeks,
        without=_without(store, company, scope, version, moves, asked) if is_criterion else None,
        moved=int(since["deals"].sum()),
        met=int(since.loc[since["met"].eq(True), "deals"].sum()) if is_criterion else 0,
        also=_also_changed(version, versions, entries, moves, asked, company),
    )


def _without(
    store: Store, company: Company, scope: Scope, version: Version, moves: pd.DataFrame, asked: str
) -> DealTable:
    """The scope's deals that moved on without meeting the criterion, as they stand now."""
    rows = without_it(version, moves, asked, scope.as_of)
    if scope.team:
        rows = rows[rows["team"] == scope.team]
    if scope.owner_id:
        rows = rows[rows["owner_id"] == scope.owner_id]
    now = deals_as_of(store, company, scope.as_of, closed_since=version.change.starts_on)
    last = rows.drop_duplicates("deal_id").set_index("deal_id")
    mine = now[now["deal_id"].isin(last.index)].set_index("deal_id")
    mine = mine.loc[[one for one in last.index if one in mine.index]].reset_index()
    table = deal_table(mine)
    shown_rows = table.rows.copy()
    shown_rows.insert(2, "Moved on", last["left_on"].reindex(mine["deal_id"]).to_numpy())
    shown_rows.insert(3, "Level then", last["level_then"].reindex(mine["deal_id"]).to_numpy())
    kinds: dict[str, Kind] = {**table.kinds, "Moved on": "day", "Level then": "number"}
    return DealTable(shown_rows, kinds, table.deal_ids, table.total)


def criterion_in_words(view: VersionView) -> str:
    """How many deals met the criterion when they moved on; '' for other changes."""
    change = view.version.change
    if view.without is None:
        return ""
    if not view.moved:
        return f"No deal has moved past {change.stage} after its first day."
    deals = count(view.moved, "deal has", "deals have")
    share = f" ({percent(view.met / view.moved)})" if view.moved >= 10 else ""
    met = f"{view.met:,} met the criterion then{share}"
    return f"{deals} moved past {change.stage} after its first day; {met}."


def _also_changed(
    version: Version,
    versions: list[Version],
    entries: Entries,
    moves: pd.DataFrame,
    asked: str,
    company: Company,
) -> list[str]:
    """What else was different between before and after, a sentence each."""
    if version.state(entries.as_of) in (PLANNED, WITHDRAWN):
        return []
    measure, first = version.change.measure, version.change.starts_on
    rows, longest = sample_of(version, entries, moves, asked, measure)
    span = judged_after(version, rows, measure) or longest
    rows = within(rows, span)
    said = [
        f"“{one.change.title}” began on {day(one.change.starts_on, locale=company.locale)}."
        for one in versions
        if one.version_id != version.version_id
        and not one.is_withdrawn
        and first - span <= one.change.starts_on <= first + span
    ]
    return said + _other_deals(rows[rows["held"]], company)


def _other_deals(rows: pd.DataFrame, company: Company) -> list[str]:
    """In which ways the deals after it were other deals."""
    before, after = rows[~rows["after"]], rows[rows["after"]]
    if before.empty or after.empty:
        return []
    said = []
    old, new = set(before["owner_id"].dropna()), set(after["owner_id"].dropna())
    for owners, when in ((new - old, "after"), (old - new, "before")):
        if owners:
            said.append(f"{count(len(owners), 'owner has', 'owners have')} deals only {when} it.")
    size, now = before["amount_company"].median(), after["amount_company"].median()
    if pd.notna(size) and pd.notna(now) and size > 0 and not 1 / _BIGGER < now / size < _BIGGER:
        a, b = (money(one, company.currency, locale=company.locale) for one in (size, now))
        said.append(f"The median deal was {a} before and {b} after.")
    for name in before["deal_type"].dropna().value_counts().index[:1]:
        share, share_now = (float((one["deal_type"] == name).mean()) for one in (before, after))
        if abs(share_now - share) >= _SHIFT:
            said.append(f"{name} was {percent(share)} of the deals before and {percent(share_now)} after.")
    return said


def change_rows(view: VersionView) -> pd.DataFrame:
    """What is drawn: what, change, low, high (NaN: no interval), n; in levels or shares. Empty: nothing."""
    found = view.own
    columns = ["what", "change", "low", "high", "n"]
    if isinstance(found, NotEnough) or found.verdict == "too early":
        return pd.DataFrame(columns=columns)
    beside = {"teams": "teams without it", "questions": "the other six questions"}.get(found.control_is, "")
    where = "teams with it" if found.control_is == "teams" else f"“{view.label}”"
    rows = [(where, found.change), (beside, found.control), (f"{where} beyond the others", found.net)]
    drawn: list[tuple[object, ...]] = [
        (name, one.value, one.low, one.high, one.n) for name, one in rows if isinstance(one, Effect) and name
    ]
    if not isinstance(found.sides, NotEnough):
        pairs = zip(found.sides.pairs["teams"], found.sides.pairs["change"], strict=True)
        drawn += [(name, change, float("nan"), float("nan"), None) for name, change in pairs]
    return pd.DataFrame(drawn, columns=columns)


def measures_table(view: VersionView) -> pd.DataFrame:
    """All four measures: before and after as they are, on like deals, and how many are needed."""
    rows = []
    for measure, one in view.found.items():
        if isinstance(one, NotEnough):
            continue
        effect = one.change if isinstance(one.change, Effect) and one.verdict != "too early" else None
        rows.append(
            {
                "Measure": MEASURE_WORDS[measure],
                "Unit": "levels" if measure == LEVEL else "share",
                "Before": one.before,
                "After": one.after,
                "Change on like deals": effect.value if effect else float("nan"),
                "From": effect.low if effect else float("nan"),
                "To": effect.high if effect else float("nan"),
                "Deals before": one.n_before,
                "Deals after": one.n_after,
                "Needed on each side": one.needed,
                "Verdict": one.verdict,
                "Judged as of": one.judged_on,
            }
        )
    return pd.DataFrame(rows).round(3)


def draw_for(history: History, company: Company, as_of: date, change: Change, asked: str) -> Draw:
    """Draw the teams that begin: pairs alike in the past year's level and number of deals that moved on.

    Raises BadInput where there are too few teams.
    """
    entries = entries_of(history, company)
    moves = departures_of(history, entries)
    recent = moves[moves["left_on"] >= pd.Timestamp(as_of - timedelta(days=_PAST_DAYS))]
    probe = Version("", change, as_of, None, False, ())
    mine = recent[concerned(probe, recent) & held_to(probe, recent)]
    mine = mine[mine["team"].fillna("").str.strip().ne("") & (mine["team"] != "(not recorded)")]
    past = mine.groupby("team").agg(rate=(f"level_{asked}", "mean"), n=("deal_id", "size")).reset_index()
    if len(past) < _FEWEST_TEAMS:
        raise BadInput(
            "there are too few teams to draw from",
            expected=f"at least {_FEWEST_TEAMS} whose deals moved on in the past year",
            got=str(len(past)),
            to_do="Let everybody have it, or choose the teams.",
        )
    return draw_teams(past, seed_of(change.kind, change.question, change.stage, as_of))
