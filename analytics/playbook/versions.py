"""Versions of the sales process: each one change with its day, its hypothesis, and what was learned.

Nothing is changed: to end or withdraw a version, or to say what was learned, is a later row of the same id
that states only what it adds. So two people who write at once are both kept.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.business_case.questions import Question, method_as_of, question_row
from analytics.company import Company
from analytics.pipeline.owners import owners_as_of
from analytics.playbook.draw import Draw, split_draw, with_draw
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.wording import listed
from analytics.written_rows import clean, clean_lines, need, write

WORDING, HELP, FOLLOW_UP, EXIT = KINDS = ("question", "help", "follow-up", "exit criteria")
LEVEL, ANSWERED, KEPT, WON = MEASURES = ("level", "answered", "kept", "won")
PLANNED, RUNNING, ENDED, WITHDRAWN = STATES = ("planned", "running", "ended", "withdrawn")
_FARTHEST = 366  # days ahead of the day on which it is written
_SOURCE = "playbook version"


class TextChanged(BadInput):
    """Somebody else changed the text since its writer saw it; `now`: how it reads."""

    now = ""


@dataclass(frozen=True)
class Change:
    """One change, as it is recorded. `stage`: exit criteria hold for it; for a text, where its effect is
    looked for ('' = every stage). `level`: exit criteria ask for at least this one (1-4), a follow-up is
    asked at it (0-3). `teams`: () = everybody. `text_before`: what its writer saw (texts only)."""

    kind: str
    question: str
    title: str
    hypothesis: str
    author: str
    starts_on: date
    measure: str = LEVEL
    stage: str = ""
    level: int | None = None
    teams: tuple[str, ...] = ()
    text_before: str = ""
    text_after: str = ""
    draw: Draw | None = None


@dataclass(frozen=True)
class Note:
    """What somebody wrote about a version later."""

    day: date
    author: str
    text: str


@dataclass(frozen=True)
class Version:
    """A change as it stands on a day, with all that was said of it."""

    version_id: str
    change: Change
    written_on: date
    ends_on: date | None
    is_withdrawn: bool
    notes: tuple[Note, ...]

    def state(self, as_of: date) -> str:
        """One of STATES."""
        if self.is_withdrawn:
            return WITHDRAWN
        if self.change.starts_on > as_of:
            return PLANNED
        return ENDED if self.ends_on is not None and self.ends_on <= as_of else RUNNING

    def until(self, as_of: date) -> date:
        """The last day on which it held; on the day it ends it holds no longer."""
        return as_of if self.ends_on is None else min(self.ends_on - timedelta(days=1), as_of)


def versions_as_of(store: Store, company: Company, as_of: date) -> list[Version]:
    """Every version known at the end of a day, the one that began last first."""
    rows = store.query("playbook_versions_as_of", as_of_end=company.calendar.end_of(as_of))
    found = [_version(str(key), group, company) for key, group in rows.groupby("version_id", sort=False)]
    return sorted(found, key=lambda one: (one.change.starts_on, one.written_on, one.version_id), reverse=True)


def version_of(store: Store, company: Company, as_of: date, version_id: str) -> Version:
    """One of them. Raises BadInput if there is none of this id."""
    for one in versions_as_of(store, company, as_of):
        if one.version_id == version_id:
            return one
    raise BadInput("there is no such version", got=version_id, to_do="Choose it from the list.")


def _version(key: str, rows: pd.DataFrame, company: Company) -> Version:
    """The first row says what it is; of what may change, the last row that says something counts."""
    first = rows.iloc[0]
    hypothesis, draw = split_draw(_text(first["hypothesis"]))
    days = [company.calendar.day_of(at.to_pydatetime()) for at in rows["valid_at"]]
    notes = [
        Note(day, _text(author), text)
        for day, author, text in zip(days, rows["author"], map(_text, rows["learned"]), strict=True)
        if text
    ]
    ends, withdrawn = rows["ends_on"].dropna(), rows["is_withdrawn"].dropna()
    starts = days[0] if pd.isna(first["starts_on"]) else pd.Timestamp(first["starts_on"]).date()
    measure = _text(first["measure"])
    change = Change(
        **{name: _text(first[name]) for name in ("kind", "question", "title", "author", "stage")},
        measure=measure if measure in MEASURES else LEVEL,
        **{name: _text(first[name]) for name in ("text_before", "text_after")},
        hypothesis=hypothesis,
        starts_on=starts,
        level=None if pd.isna(first["level"]) else int(first["level"]),
        teams=_teams(_text(first["teams"])),
        draw=draw,
    )
    ended = pd.Timestamp(ends.iloc[-1]).date() if len(ends) else None
    is_withdrawn = bool(len(withdrawn)) and bool(withdrawn.iloc[-1])
    return Version(key, change, days[0], ended, is_withdrawn, tuple(dict.fromkeys(notes)))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _teams(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else ()


def record(store: Store, company: Company, as_of: date, change: Change) -> str:
    """Keep a change; returns its version_id.

    A question's text for everybody comes into force with it, as a new version of the question, in the same
    import. Raises BadInput where something is missing or cannot be, if the same is recorded already, or if
    `as_of` is not the last day of the data; TextChanged if somebody else changed the text meanwhile.
    """
    question = _question(store, company, as_of, change.question)
    _check_words(change)
    _check_place(store, company, as_of, change)
    also = {}
    _check_new(store, company, as_of, change)
    if change.kind != EXIT:
        change = _check_text(change, question, as_of)
        if not change.teams and change.text_after != text_of(question, change):
            also = {"question": question_row(company.method, with_text(question, change, change.text_after))}
    version_id = uuid.uuid4().hex
    row = {
        name: getattr(change, name) for name in ("kind", "question", "measure", "stage", "level", "starts_on")
    }
    row |= {name: clean(getattr(change, name)) for name in ("title", "author")}
    row |= {name: clean_lines(getattr(change, name)) for name in ("text_before", "text_after")}
    row |= {
        "version_id": version_id,
        "teams": json.dumps(change.teams, ensure_ascii=False),
        "hypothesis": with_draw(clean_lines(change.hypothesis), change.draw),
        "is_withdrawn": False,
    }
    _write(store, company, as_of, row, also)
    return version_id


def learn(store: Store, company: Company, as_of: date, version_id: str, learned: str, *, author: str) -> None:
    """Add what was learned; what others said before stays. Raises BadInput."""
    need(learned, "what was learned")
    _add(store, company, as_of, version_id, author, {"learned": clean(learned)})


def end(
    store: Store, company: Company, as_of: date, version_id: str, *, author: str, learned: str = ""
) -> None:
    """The version holds no longer from this day on; a question's text goes back (see `_back`). Raises
    BadInput."""
    version = version_of(store, company, as_of, version_id)
    if version.state(as_of) != RUNNING:
        raise BadInput("only a version that is running can end", got=version.state(as_of))
    stated = {"ends_on": as_of, "learned": clean(learned) or None}
    _add(store, company, as_of, version_id, author, stated, goes_back=True)


def withdraw(
    store: Store, company: Company, as_of: date, version_id: str, reason: str, *, author: str
) -> None:
    """The version was a mistake, or was never lived: it stays in the history and is not compared. A
    question's text goes back (see `_back`). Raises BadInput."""
    need(reason, "the reason")
    stated = {"is_withdrawn": True, "learned": f"Withdrawn: {clean(reason)}"}
    _add(store, company, as_of, version_id, author, stated, goes_back=True)


def _add(
    store: Store,
    company: Company,
    as_of: date,
    version_id: str,
    author: str,
    stated: dict[str, Any],
    *,
    goes_back: bool = False,
) -> None:
    need(author, "your name")
    version = version_of(store, company, as_of, version_id)
    if version.is_withdrawn:
        raise BadInput("this version was withdrawn", to_do="Record a new one instead.")
    also = _back(store, company, as_of, version) if goes_back else {}
    _write(store, company, as_of, {"version_id": version_id, "author": clean(author), **stated}, also)


def _back(store: Store, company: Company, as_of: date, version: Version) -> dict[str, dict[str, Any]]:
    """The question as it reads when a version ends: nothing to do if it no longer reads as the version made
    it; else the text that it replaced, unless that came of a version that no longer runs: then what that one
    replaced, and so on."""
    change = version.change
    if change.kind == EXIT or change.teams:
        return {}
    question = _question(store, company, as_of, change.question)
    if text_of(question, change) != change.text_after:
        return {}  # somebody has changed it since: that is a version of its own
    others = [
        one
        for one in versions_as_of(store, company, as_of)
        if one.version_id != version.version_id
        and not one.change.teams
        and _place(one.change) == _place(change)
    ]
    text = change.text_before
    while made := [one for one in others if one.change.text_after == text]:
        if any(one.state(as_of) == RUNNING for one in made):
            break
        text, others = made[0].change.text_before, [one for one in others if one not in made]
    if text == change.text_after:
        return {}
    return {"question": question_row(company.method, with_text(question, change, text))}


def _place(change: Change) -> tuple[str, str, int | None]:
    """Which text it is about."""
    return change.kind, change.question, change.level if change.kind == FOLLOW_UP else None


def _write(
    store: Store, company: Company, as_of: date, row: dict[str, Any], also: dict[str, dict[str, Any]]
) -> None:
    """A question's new text is a fact about every answer that follows; all else makes nobody learn anew."""
    kind = "questions" if also else "coaching"
    write(store, company, as_of, "playbook_version", row, kind=kind, source=_SOURCE, also=also)


def questions_of(store: Store, company: Company, as_of: date) -> Mapping[str, Question]:
    """The company's questions in force on a day, by key, in order."""
    method = method_as_of(store, company.method, company.calendar.end_of(as_of))
    return {one.key: one for one in method.questions}


def stages_of(store: Store, company: Company, as_of: date) -> list[str]:
    """The open stages in order, as the CRM lists them; [] if it lists none."""
    rows = store.query("stages_as_of", as_of_end=company.calendar.end_of(as_of))
    return [str(one) for one in rows.loc[~rows["is_closed"].astype(bool), "stage"]]


def text_of(question: Question, change: Change) -> str:
    """What the question says now, of the text that a change is about."""
    if change.kind == FOLLOW_UP:
        return question.follow_up[change.level or 0]
    return question.wording if change.kind == WORDING else question.help


def with_text(question: Question, change: Change, text: str) -> Question:
    """The question with another text."""
    if change.kind == WORDING:
        return replace(question, wording=text)
    if change.kind == HELP:
        return replace(question, help=text)
    asked = [text if level == change.level else one for level, one in enumerate(question.follow_up)]
    return replace(question, follow_up=(asked[0], asked[1], asked[2], asked[3]))


def _question(store: Store, company: Company, as_of: date, key: str) -> Question:
    known = questions_of(store, company, as_of)
    if key not in known:
        raise BadInput("there is no such question", expected=", ".join(known), got=key or "none")
    return known[key]


def _check_words(change: Change) -> None:
    if change.kind not in KINDS:
        raise BadInput("there is no such change", expected=", ".join(KINDS), got=change.kind or "none")
    if change.measure not in MEASURES:
        raise BadInput("there is no such measure", expected=", ".join(MEASURES), got=change.measure or "none")
    need(change.title, "the title")
    need(change.hypothesis, "the hypothesis")
    need(change.author, "your name")


def _check_place(store: Store, company: Company, as_of: date, change: Change) -> None:
    """Stage, level, teams and day."""
    stages = stages_of(store, company, as_of)
    if change.kind == EXIT and not change.stage:
        raise BadInput("the stage is missing", expected=", ".join(stages), to_do="Say which stage is left.")
    if change.stage and stages and change.stage not in stages:
        raise BadInput("there is no such stage", expected=", ".join(stages), got=change.stage)
    levels = {EXIT: range(1, 5), FOLLOW_UP: range(4)}.get(change.kind)
    if levels is not None and change.level not in levels:
        raise BadInput(
            "the level is missing", expected=f"{levels[0]} to {levels[-1]}", got=str(change.level or "none")
        )
    _check_teams(owners_as_of(store, company, as_of).teams, change)
    if change.starts_on > as_of + timedelta(days=_FARTHEST):
        raise BadInput(
            "it begins too far ahead", expected="within a year", got=f"{change.starts_on:%Y-%m-%d}"
        )


def _check_new(store: Store, company: Company, as_of: date, change: Change) -> None:
    """Saved twice, it would be compared twice. (A text for everybody is held against the one in force.)"""
    if change.kind != EXIT and not change.teams:
        return
    for one in versions_as_of(store, company, as_of):
        if one.state(as_of) in (PLANNED, RUNNING) and _same(one.change) == _same(change):
            raise BadInput(
                f"this change is recorded already, as “{one.change.title}”",
                to_do="Open it in the history; end or withdraw it before you record it anew.",
            )


def _same(change: Change) -> tuple[Any, ...]:
    """What makes two changes one and the same."""
    return change.kind, change.question, change.stage, change.level, {*change.teams}, change.starts_on


def _check_teams(teams: list[str], change: Change) -> None:
    if unknown := [one for one in change.teams if one not in teams]:
        raise BadInput("there is no such team", expected=", ".join(teams), got=listed(unknown))
    if change.teams and set(change.teams) == set(teams):
        raise BadInput("these are all teams", to_do="Choose “everybody”, or leave one to compare with.")
    if change.draw is not None and set(change.draw.teams) != set(change.teams):
        raise BadInput(
            "the teams are not those that the lot fell on",
            expected=listed(change.draw.teams),
            got=listed(change.teams),
        )


def _check_text(change: Change, question: Question, as_of: date) -> Change:
    """The change with both texts as they are kept."""
    need(change.text_after, "the new text")
    now, after = text_of(question, change), clean_lines(change.text_after)
    if change.text_before and change.text_before != now:
        problem = TextChanged(
            "somebody changed this text while you wrote",
            expected=f"“{change.text_before}”",
            got=f"“{now}”",
            to_do="Your text is still in the form: compare it with the new one, then save again.",
        )
        problem.now = now
        raise problem
    if after == now:
        raise BadInput("the text reads as before", to_do="Write what it should say from now on.")
    if not change.teams and change.starts_on != as_of:
        raise BadInput(
            "a text changes on the day on which it is saved",
            expected=str(as_of),
            got=str(change.starts_on),
            to_do="Choose this day, or name the teams that try it.",
        )
    return replace(change, text_before=now, text_after=after)
