"""People in one weekly meeting: some lead it, most look along, each at their own pace."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from typing import Any
from urllib.parse import parse_qs, urlencode

from websockets.exceptions import WebSocketException

from tests.load.measure import BY_ITSELF, Click
from tests.load.screen import Screen, key_of, rows_of
from tests.visitor import Visitor

#: Where people go, and how often; "" is Quarter end.
PAGES = {
    "": 6,
    "at_risk": 5,
    "what_changed": 4,
    "one_deal": 3,
    "weekly_meeting": 3,
    "coaching": 3,
    "business_case": 2,
    "next_quarters": 1,
    "answer_changes": 1,
    "warnings": 1,
    "decisions": 1,
    "calls": 1,
    "team_overview": 1,
    "team_feed": 1,
    "playbook": 1,
    "accuracy": 1,
    "data_quality": 1,
}
#: What people click, and how often. What the page does not have becomes another page.
KINDS = {"page": 34, "choice": 28, "link": 12, "button": 11, "row": 8, "talked about": 5, "reload": 2}
#: Choices that look at another day: each is learned anew, about a minute of a core (docs/load.md).
NOT_TOUCHED = ("scope_quarter", "changes_since", "week")
#: Buttons that look and do not write, by how their keys begin.
LOOKS = (
    "open bucket",
    "open number",
    "open with",
    "step ",
    "Next",
    "Previous",
    "rep ",
    "close ",
    "another rep",
)
#: The first of so many people leads the meeting; three at most.
_PER_LEADER, _MOST_LEADERS = 20, 3
_KEEPS = 0.25
_SCOPED = {"team": 0.2, "owner": 0.5}  # how many look at one team, at one owner; the others at the company
_BROKEN = (OSError, WebSocketException)  # a time-out is an OSError


class Lost(Exception):
    """The connection broke or nothing came for too long; the click is noted."""


@dataclass
class Meeting:
    """What all in a meeting share: its time, the deal that is talked about, and what was clicked."""

    urls: Sequence[str]  # of the app's processes; everybody stays with one, as behind the proxy
    people: int
    pause: float  # s between two clicks, on average
    seed: int
    until: float = 0.0
    deal: str = ""
    clicks: list[Click] = field(default_factory=list)

    def hold(self, minutes: float) -> None:
        """All come within the first pause, and click until the time is up."""
        self.until = time.monotonic() + 60 * minutes
        threads = [
            threading.Thread(target=Person(number, self).attend, daemon=True) for number in range(self.people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def one_by_one(self, clicks: int) -> None:
        """The same people click as often one after the other, each alone, without a pause."""
        self.until = float("inf")
        for number in range(self.people):
            Person(number, self, is_alone=True).attend(clicks)


@dataclass
class Person:
    """Somebody with a browser, who clicks on what the page has."""

    number: int
    meeting: Meeting
    is_alone: bool = False
    page: str = ""
    query: str = ""

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{self.meeting.seed} {self.number} {self.is_alone}")
        self.leads = self.number % _PER_LEADER == 0 and self.number < _PER_LEADER * _MOST_LEADERS
        self.scope = "" if self.leads else _scope_of(random.Random(f"{self.meeting.seed} {self.number}"))

    @property
    def url(self) -> str:
        """Of the process that serves this person."""
        return self.meeting.urls[self.number % len(self.meeting.urls)]

    def attend(self, clicks: int | None = None) -> None:
        """Look and click until the meeting is over, or so often; what is lost is noted and opened anew."""
        left = iter(repeat(None, clicks) if clicks else repeat(None))
        if not self.is_alone:
            time.sleep(self.rng.uniform(0, self.meeting.pause))
        for _ in left:
            began = time.monotonic()
            if began > self.meeting.until:
                return
            try:
                with Visitor(self.url).tab() as tab:
                    self._visit(Screen(tab, self.page, self.query), left)
            except Lost:
                time.sleep(1)
            except _BROKEN as error:
                self._note("connect", began, [f"{type(error).__name__}: {error}"])
                time.sleep(1)

    def _visit(self, screen: Screen, left: Iterator[int]) -> None:
        self._timed("open", screen, screen.open)
        if self.scope:
            self._timed("choice", screen, partial(self._choose_scope, screen))
        for _ in left:
            self._think(screen)
            if time.monotonic() > self.meeting.until:
                return
            kind, act = self._lead(screen) if self.leads else self._look(screen)
            if kind == "reload":
                return
            self._timed(kind, screen, act)

    def _timed(self, kind: str, screen: Screen, act: Callable[[], list[str]]) -> None:
        began = time.monotonic()
        try:
            problems = act()
        except _BROKEN as error:
            self._note(kind, began, [f"{type(error).__name__}: {error}"])
            raise Lost from error
        self.page, self.query = screen.page, screen.query
        self._note(kind, began, problems)

    def _note(self, kind: str, began: float, problems: list[str]) -> None:
        took = time.monotonic() - began
        click = Click(self.number, self.page or "quarter_end", kind, began, took, "; ".join(problems)[:500])
        self.meeting.clicks.append(click)

    def _think(self, screen: Screen) -> None:
        """Wait before the next click; meanwhile the page runs by itself what it has a timer for."""
        if self.is_alone:
            if timer := screen.next_timer():
                self._timed(BY_ITSELF, screen, partial(screen.tick, timer[0]))
            return
        until = time.monotonic() + self.rng.expovariate(1 / self.meeting.pause)
        until = min(until, self.meeting.until)
        while (timer := screen.next_timer()) and timer[1] < until:
            time.sleep(max(timer[1] - time.monotonic(), 0))
            self._timed(BY_ITSELF, screen, partial(screen.tick, timer[0]))
        time.sleep(max(until - time.monotonic(), 0))

    def _choose_scope(self, screen: Screen) -> list[str]:
        """Look at one's own team or deals from now on: a choice on top of the page, once."""
        controls = {key_of(one.id): one for one in screen.elements("selectbox")}
        control = controls.get(f"scope_{self.scope}")
        self.scope = ""
        return screen.choose(control, self.rng.choice(control.options[1:])) if control else []

    def _lead(self, screen: Screen) -> tuple[str, Callable[[], list[str]]]:
        """One deal after the other; some are kept as they are."""
        if screen.page != "weekly_meeting":
            return "page", partial(screen.go, "weekly_meeting")
        self.meeting.deal = parse_qs(screen.query).get("deal", [self.meeting.deal])[0]
        if name := next((one for one in screen.elements("text_input") if "name typed" in one.id), None):
            screen.fill_in(name, f"Leader {self.number}")
            return "form", partial(screen.press, screen.button("FormSubmitter:meeting name"))
        keep = screen.button("decide keep")
        if keep and self.rng.random() < _KEEPS:
            return "decision", partial(screen.press, keep)
        return "button", partial(screen.press, screen.button("Next") or screen.button("step opening"))

    def _look(self, screen: Screen) -> tuple[str, Callable[[], list[str]]]:
        kind = self.rng.choices([*KINDS], [*KINDS.values()])[0]
        if kind == "reload":
            return kind, list
        acts = list(_acts(kind, screen, self.meeting.deal, self.rng))
        if acts:
            return kind, self.rng.choice(acts)
        page = self.rng.choices([*PAGES], [*PAGES.values()])[0]
        return "page", partial(screen.go, page)


def _scope_of(rng: random.Random) -> str:
    """What somebody looks at: 'team', 'owner', or '' for the company."""
    share = rng.random() - _SCOPED["team"]
    return "team" if share < 0 else "owner" if share < _SCOPED["owner"] else ""


def _acts(kind: str, screen: Screen, deal: str, rng: random.Random) -> Iterator[Callable[[], list[str]]]:
    """What can be clicked of a kind."""
    if kind == "talked about" and deal:
        yield partial(screen.go, "one_deal", urlencode({"deal": deal}))
    elif kind == "button":
        yield from (partial(screen.press, one) for one in map(screen.button, LOOKS) if one)
    elif kind == "link":
        yield from (partial(screen.follow, one) for one in screen.elements("page_link") if not one.external)
    elif kind == "row":
        tables = [one for one in screen.elements("dataframe") if one.selection_mode and rows_of(one)]
        yield from (partial(screen.select_row, one, rng.randrange(rows_of(one))) for one in tables)
    elif kind == "choice":
        for name in ("selectbox", "button_group"):
            yield from (partial(screen.choose, *one) for one in _options(screen.elements(name), rng))


def _options(controls: Iterator[Any], rng: random.Random) -> Iterator[tuple[Any, str]]:
    """An option of each control that is not part of a form."""
    for one in controls:
        if one.disabled or one.form_id or key_of(one.id) in NOT_TOUCHED:
            continue
        with suppress(IndexError):  # nothing to choose from
            yield one, getattr(picked := rng.choice(one.options), "content", picked)
