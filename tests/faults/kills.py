"""Kill -9 in the middle of every deed: at random moments, and at each single step that changes a file."""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.store.copies import backup, check
from analytics.store.database import Store, migrations
from analytics.store.settings import write_setting
from tests.faults.deeds import DEEDS, copy_of, export, of_layout
from tests.faults.forks import Ended, Forks
from tests.faults.tally import Tally
from tests.faults.truth import Said, differing, said, states_of

TOKENS = {"import": "2", "undo": "wrong", "put back": "", "answer": "9"}


@dataclass
class Case:
    """A deed, the store it is done to, and all that the store may say after a kill."""

    deed: str
    template: Path
    states: list[Said]

    @property
    def token(self) -> str:
        """What the deed is given."""
        return TOKENS.get(self.deed, "x")


def do(deed: str, path: Path, token: str) -> None:
    """A deed in this process, without its words."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        DEEDS[deed](path, token)


def case_of(deed: str, template: Path, folder: Path) -> Case:
    """Do it once undisturbed on a copy, and note what the store says after each transaction."""
    case = Case(deed, template, [])
    path = copy_of(template, folder)
    with states_of(path) as states:
        do(deed, path, case.token)
    case.states = states
    return case


def cases(template: Path, folder: Path) -> Iterator[Case]:
    """Every deed with a store to do it to."""
    trial = folder / "trial"
    for deed in ("import", "answer", "decision", "setting", "undo"):
        yield case_of(deed, template, trial)
    undone = copy_of(template, folder / "undone")
    do("undo", undone, "wrong")
    yield case_of("put back", undone, trial)
    kept = copy_of(template, folder / "with backup")
    backup(Store(kept), kept.with_name("kept backup"))
    do("import", kept, "2")
    yield case_of("backup", kept, trial)
    yield case_of("restore", kept, trial)
    for number, _ in migrations()[:-1]:
        older = folder / f"layout {number}" / template.name
        older.parent.mkdir()
        of_layout(older, number, template)
        yield case_of("migration", older, trial)
    if "SALESFORCE_URL" in os.environ:
        yield case_of("sync", template, trial)
    empty = folder / "none" / template.name
    (empty.parent / "export").mkdir(parents=True)
    copy_of(template.parent / "export" / "2", empty.parent / "export" / "2")
    yield case_of("import", empty, trial)


def verdict(case: Case, path: Path, ended: Ended) -> list[str]:
    """What is wrong after a deed was disturbed; the next start is part of it."""
    try:
        return [*_found(case, path, ended), *_next_start(case, path)]
    except Exception as error:
        return [f"{case.deed}: {type(error).__name__}: {error}"]


def _found(case: Case, path: Path, ended: Ended) -> Iterator[str]:
    now = said(path)
    if now not in case.states:
        yield f"{case.deed}: half of it is seen, in {differing(now, case.states[0])}"
    elif ended.is_done and now != case.states[-1]:
        yield f"{case.deed}: acknowledged and lost, in {differing(now, case.states[-1])}"
    if now and (wrong := check(Store(path))):
        yield f"{case.deed}: check says {wrong}"
    if now and path.with_name(path.name + ".wal").exists():
        yield f"{case.deed}: a log is left beside the store"
    copy = path.with_name(f"backup {case.token}")
    if case.deed == "backup" and copy.exists():
        if said(copy) != now:
            yield "backup: it is not what the store says"
    elif case.deed == "backup" and ended.is_done:
        yield "backup: acknowledged, and it is not there"


def _next_start(case: Case, path: Path) -> Iterator[str]:
    now = said(path)
    if now == case.states[0] and case.deed != "backup":
        do(case.deed, path, case.token)
        if said(path) != case.states[-1]:
            yield f"{case.deed}: done again it differs, in {differing(said(path), case.states[-1])}"
    else:
        write_setting(Store(path), "company_name", "After the kill")
        if case.deed == "backup":
            do("backup", path, "again")


def at_random_moments(case: Case, forks: Forks, folder: Path, times: int, rng: random.Random) -> Tally:
    """Kill it at moments spread over all its time."""
    tally = Tally(f"kill -9 at a random moment of: {name_of(case)}")
    lasted = min(forks.whole(case.deed, copy_of(case.template, folder), case.token)[1] for _ in range(2))
    for number in range(times):
        path = copy_of(case.template, folder)
        ended = forks.killed(case.deed, path, case.token, lasted * (number + rng.random()) / times)
        if ended.code == -signal.SIGKILL:  # else it was quicker
            tally.note(verdict(case, path, ended), acknowledged=ended.is_done)
    return tally


def at_every_step(
    case: Case, forks: Forks, folder: Path, fault: str, called: str, *, stride: int = 1, first: int = 0
) -> Tally:
    """Disturb it at each step that changes a file: `fault` is strace's, with {} for the step's number."""
    tally = Tally(f"{called} of: {name_of(case)}")
    for name, number in forks.steps(case.deed, copy_of(case.template, folder), case.token)[first::stride]:
        path = copy_of(case.template, folder)
        ended = forks.traced(case.deed, path, case.token, fault.format(number), steps=name)
        if "KILL" in fault and ended.code == 0:
            continue  # this time it had fewer such steps
        problems = verdict(case, path, ended)
        if ended.code == 1 or "Traceback" in ended.error:
            problems.append(f"{case.deed}: a traceback: {_last_line(ended.error)}")
        if ended.code not in (0, 1, 2, -signal.SIGKILL):
            problems.append(f"{case.deed}: it crashed ({ended.code})")
        tally.note([f"{name} {number}: {one}" for one in problems], acknowledged=ended.is_done)
    return tally


def one_store_for_long(template: Path, forks: Forks, folder: Path, times: int, rng: random.Random) -> Tally:
    """Killed again and again without ever being set right; in the end all that was acknowledged is there."""
    tally, path, said_so = Tally("kill -9, one store that lives on"), copy_of(template, folder), []
    for number in range(times):
        deed = ("answer", "decision", "import")[number % 3]
        token = str(number + 10)
        if deed == "import":
            export(path.parent / "export" / token, number + 5)
        ended = forks.killed(deed, path, token, rng.uniform(0.05, 0.7))
        if ended.is_done:
            said_so.append((deed, token))
        wrong = check(Store(path))
        with Store(path).reading() as con:
            lost = [one for one in said_so if not con.execute(_KEPT[one[0]], [one[1]]).fetchone()]
        tally.note([*wrong, *(f"acknowledged and lost: {one}" for one in lost)], acknowledged=ended.is_done)
    return tally


_KEPT = {
    "answer": "select 1 from answer where answer = 'CFO approved ' || ?",
    "decision": "select 1 from decision where note = 'decision ' || ?",
    "import": "select 1 from import_file where file = ? || '/Opportunity.csv'",
}


def name_of(case: Case) -> str:
    """A deed as the report calls it."""
    layout = re.search(r"layout (\d)", str(case.template))
    if layout:
        return f"migration from layout {layout[1]}"
    return f"the first {case.deed}" if case.states[0] == {} else case.deed


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:300] if text.strip() else ""
