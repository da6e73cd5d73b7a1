"""What the import screen remembers between two runs, and its steps' frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.company import Company, company_from
from analytics.import_files import ToFix, UploadFolder
from analytics.importing import Choices, Look, Open, Rehearsal, check, look
from analytics.problems import BadInput
from analytics.store.landing import ImportResult
from analytics.store.settings import read_settings
from pages.shared import cached

#: The steps in their order: key -> title. The key is the step's anchor in the page too.
STEPS = {
    "files": "Files",
    "columns": "Columns",
    "words": "Words",
    "company": "Date and company",
    "matches": "Rows without an id",
    "open": "Open points",
    "try": "Try",
    "load": "Load",
}


@dataclass(frozen=True)
class Done:
    """An import of this session that is in the store."""

    result: ImportResult
    rejects: Any  # frame: file, line, column_name, value, reason
    to_fix: list[ToFix]
    totals: Any
    choices: Choices


@dataclass
class Importing:
    """One session's import in the making. What is decided is in `choices`; widgets only edit it."""

    uploads: UploadFolder = field(default_factory=UploadFolder)
    #: which import of the session, which set of files of it, which look at them: widgets' keys hold one of
    #: these, so that a new one starts afresh
    number: int = 0
    batch: int = 0
    looks: int = 0
    is_changed: bool = False
    paths: list[Path] = field(default_factory=list)
    problem: BadInput | None = None
    look: Look | None = None
    choices: Choices = field(default_factory=Choices)
    #: what was open before anybody had changed anything
    asked: list[Open] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    tables: dict[str, Any] = field(default_factory=dict)
    tried: tuple[Choices, Rehearsal] | None = None
    done: Done | None = None

    def start_over(self) -> None:
        """Forget the files and all that was said of them."""
        self.uploads.clear()
        self.number += 1
        self.paths, self.problem, self.look, self.choices = [], None, None, Choices()
        self.confirmed, self.tables, self.tried = set(), {}, None

    def take(self, paths: list[Path], place: Any) -> None:
        """Look at new files; guesses replace all that was said of earlier ones."""
        self.paths, self.choices, self.look = paths, Choices(), None
        self.confirmed, self.tables, self.tried = set(), {}, None
        self.batch += 1
        self.read(None, place)
        if self.look and self.look.kept and not any(one.blocks for one in self.asked):
            self.confirmed |= {"columns", "words"}  # as last time

    def read(self, choices: Choices | None, place: Any) -> None:
        """Look at the files, by what was chosen so far; a problem is kept to be shown beside the files."""
        self.problem = None
        self.renew_tables()
        try:
            with cached.show_progress("Looking at the files", place) as report:
                self.look = look(cached.to_write(Deed.LOAD), self.paths, choices, report)
        except BadInput as problem:
            self.problem, self.look = problem, None
            return
        found = self.look.choices
        # kept open: the company's currency may still be chosen, in a later step
        is_companys = found.currency == self.look.company_currency
        self.choices = replace(found, currency="") if is_companys else found
        self.asked = check(self.look, self.choices)

    def renew_tables(self) -> None:
        """Show the tables of words anew, as the choices have them."""
        self.looks += 1
        self.tables = {}

    def choose(self, **chosen: Any) -> None:
        """Change what was chosen."""
        self.choices = replace(self.choices, **chosen)

    def table(self, key: str, build: Callable[[], Any]) -> tuple[str, Any]:
        """The key of a table that is edited and the table as it was before the edits that its widget holds.

        Back from another page the widget has forgotten them; then they are built in from the choices.
        """
        widget = f"import {key} {self.batch} {self.looks}"
        if widget not in st.session_state or widget not in self.tables:
            self.tables[widget] = build()
        return widget, self.tables[widget]


def current() -> Importing:
    """This session's import."""
    if "importing" not in st.session_state:
        st.session_state["importing"] = Importing()
    found: Importing = st.session_state["importing"]
    return found


def company() -> Company:
    """The company as its settings are; the defaults where there is no store yet."""
    return company_from(read_settings(cached.everything()))


def head(step: str) -> None:
    """The heading of a step; links lead to it."""
    st.subheader(_numbered(step), anchor=f"import-{step}")


def _numbered(step: str) -> str:
    """A step's number and title; one that is not needed has no number."""
    look = current().look
    has_matches = look is not None and len(look.matches) > 0
    shown = [one for one in STEPS if one != "matches" or has_matches]
    return f"{shown.index(step) + 1} {STEPS[step]}"


def link(step: str) -> str:
    """Markdown that leads to a step of this page."""
    return f"[{_numbered(step)}](#import-{step})"


def body(text: str, *, is_settled: bool, is_open: bool = False) -> Any:
    """Where a step's questions stand: folded under a text once they are settled."""
    return st.expander(text, expanded=is_open) if is_settled else st.container()


def holds_up(state: Importing, found: Look, where: set[str]) -> bool:
    """Whether the loading waits for something of a step."""
    return any(point.blocks and point.where in where for point in check(found, state.choices))


def go_on(state: Importing, step: str, text: str = "Continue", *, disabled: bool = False) -> bool:
    """Whether a step is done; else a button that says so."""
    if step in state.confirmed:
        return True
    if st.button(text, type="primary", key=f"import on {step} {state.batch}", disabled=disabled):
        state.confirmed.add(step)
        st.rerun()
    return False
