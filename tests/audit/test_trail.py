"""The audit file: whole, in order, and telling where somebody has changed it."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from analytics.audit.trail import Action, Event, NotNoted, Trail, beside
from tests.faults.disks import NoMount, disk

VIEW = Event(Action.VIEWED, "quarter_end", "2026Q4", "NB-1")
#: Tells the number of each event on a line once it is noted.
_WRITER = """
import sys
from pathlib import Path
from analytics.audit.trail import *
trail = Trail(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    trail.note(f"anna-{number % 3}@example.com", "Anna", Event(Action.VIEWED, what=f"{sys.argv[3]} {number}"))
    print(number, flush=True)
"""


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return Trail(beside(tmp_path / "store.duckdb"))


def noted(trail: Trail, count: int = 5) -> None:
    for number in range(count):
        trail.note("anna@example.com", "Anna", Event(Action.EXPORTED, what=f"table {number}"))


def tamper(trail: Trail, *statements: str) -> None:
    con = sqlite3.connect(trail.path)
    con.executescript("drop trigger event_stays; drop trigger event_kept;")
    for statement in statements:
        con.execute(statement)
    con.executescript(
        "create trigger event_stays before update on event begin select 1; end;"
        "create trigger event_kept before delete on event begin select 1; end;"
    )
    con.commit()
    con.close()


def writer(trail: Trail, count: int, who: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(trail.path), str(count), who]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_note_is_found_again(trail: Trail) -> None:
    first = trail.note("anna@example.com", "Anna", VIEW)
    assert trail.note("bo@example.com", "Bo", VIEW) != first
    assert trail.note("anna@example.com", "Anna Smith", VIEW) == first
    assert trail.rows("select name from person where number = ?", [first]) == [("Anna Smith",)]
    assert trail.rows("select person, action, page, scope, deal from event limit 1") == [
        (first, "viewed", "quarter_end", "2026Q4", "NB-1")
    ]
    assert trail.problems() == []


def test_nothing_is_made_by_looking(trail: Trail) -> None:
    assert trail.rows("select * from event") == [] == trail.problems()
    assert trail.head() == "0:"
    assert not trail.path.exists()


@pytest.mark.parametrize(
    "statement", ["update event set what = ''", "delete from event", "delete from person"]
)
def test_the_file_refuses_changes(trail: Trail, statement: str) -> None:
    noted(trail)
    con = sqlite3.connect(trail.path)
    with pytest.raises(sqlite3.IntegrityError, match=r"never|stay"):
        con.execute(statement)
    con.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update event set what = 'nothing' where number = 3", "event 3"),
        ("update event set person = 1 + person where number = 3", "event 3"),
        ("update event set at = '2020-01-01' where number = 5", "event 5"),
        ("delete from event where number = 1", "events 1 to 1 are missing"),
        ("delete from event where number in (2, 3)", "events 2 to 3 are missing"),
        ("delete from event where number > 3", "events 4 to 5 are missing at the audit's end"),
        ("update event set number = 9 where number = 5", "events 5 to 8 are missing"),
    ],
)
def test_what_was_changed_is_found(trail: Trail, statement: str, found: str) -> None:
    noted(trail)
    tamper(trail, statement)
    assert found in " ".join(trail.problems())
    trail.note("anna@example.com", "Anna", VIEW)  # what comes later does not hide it
    assert "missing" in " ".join(trail.problems()) or found in " ".join(trail.problems())


def test_a_rewritten_end_does_not_hold_an_earlier_head(trail: Trail) -> None:
    noted(trail)
    head = trail.head()
    noted(trail)
    assert trail.holds(head)
    assert trail.holds("0:")
    tamper(trail, "update event set hash = 'f00' where number = 5")
    assert not trail.holds(head)
    assert not trail.holds("nonsense")


def test_triggers_taken_out_are_found(trail: Trail) -> None:
    noted(trail)
    con = sqlite3.connect(trail.path)
    con.execute("drop trigger event_kept")
    con.close()
    assert "no longer refuses changes" in trail.problems()[0]


def test_whatever_stands_in_an_address_can_be_noted(trail: Trail) -> None:
    for text in ("\udcff\0x", "a" * 10_000, "'; drop table event; --", "😀\n\r"):
        trail.note(
            text[:50].replace("\udcff", ""), text.replace("\udcff", ""), Event(Action.VIEWED, deal=text)
        )
    assert trail.problems() == []
    assert max(len(row[0]) for row in trail.rows("select deal from event")) == 200


def test_fifty_sessions_and_other_processes_note_at_once(trail: Trail) -> None:
    others = [writer(trail, 25, f"process {number}") for number in range(2)]
    failed: list[BaseException] = []

    def session(number: int) -> None:
        try:
            for page in range(3):
                trail.note(f"reader-{number}@example.com", "", Event(Action.VIEWED, str(page)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=session, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.communicate()[1] or other.returncode for other in others] == [0, 0]
    assert not failed
    assert trail.rows("select count(*) from event") == [(200,)]
    assert trail.problems() == []


def test_what_was_acknowledged_survives_kill_minus_nine(trail: Trail) -> None:
    chance, acknowledged = random.Random(9), 0
    for run in range(4):
        process = writer(trail, 100_000, str(run))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        with process:
            acknowledged += 1 + sum(line.endswith("\n") for line in process.stdout)
    assert trail.problems() == []
    held = trail.rows("select count(*) from event")[0][0]
    assert acknowledged <= held <= acknowledged + 4  # noted and killed before it could be told


def test_a_damaged_file_is_said_not_thrown(trail: Trail) -> None:
    trail.path.write_bytes(b"this is no database, and it is long enough to look like one" * 20)
    assert "cannot be used" in trail.problems()[0]
    with pytest.raises(NotNoted, match="cannot be used"):
        trail.note("anna@example.com", "", VIEW)


def test_a_newer_file_is_left_alone(trail: Trail) -> None:
    noted(trail, 1)
    con = sqlite3.connect(trail.path)
    con.execute("pragma user_version = 99")
    con.close()
    with pytest.raises(NotNoted, match="newer Plumbline"):
        trail.note("anna@example.com", "", VIEW)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotNoted):
        Trail(tmp_path / "missing" / "x.audit.sqlite").note("anna@example.com", "", VIEW)


def test_a_full_and_a_read_only_disk_are_said_and_what_was_noted_stays(tmp_path: Path) -> None:
    try:
        with disk(tmp_path / "disk", 128) as place:
            trail = Trail(beside(place / "store.duckdb"))
            with pytest.raises(NotNoted, match="full"):
                noted(trail, 5_000)
            before = trail.head()
            subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
            with pytest.raises(NotNoted, match="readonly"):
                trail.note("anna@example.com", "Anna", VIEW)
            assert trail.head() == before != "0:"
            assert trail.problems() == []
    except NoMount as error:
        pytest.skip(f"mounting is not allowed here: {error}")


def test_a_copy_of_a_file_in_use(trail: Trail, tmp_path: Path) -> None:
    noted(trail)
    trail.copy(tmp_path / "copy.sqlite")
    assert Trail(tmp_path / "copy.sqlite").head() == trail.head()


def test_a_forgotten_person_leaves_the_chain_whole_and_no_byte(trail: Trail) -> None:
    noted(trail)
    trail.note("bo@example.com", "Bo Stranger", VIEW)
    head = trail.head()
    assert trail.forget(["ANNA@example.com"], ["Anna"], "Erased person 1") == 1
    assert trail.head() == head
    assert trail.problems() == []
    assert b"anna@example" not in trail.path.read_bytes()
    assert trail.rows("select email, name from person order by number") == [
        (None, "Erased person 1"),
        ("bo@example.com", "Bo Stranger"),
    ]
    assert trail.note("anna@example.com", "Anna", VIEW) == 3  # who comes back is somebody new
