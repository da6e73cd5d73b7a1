"""One import's parts in several threads: each has its own connection, and all say the same."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from analytics.intake.job import Job
from analytics.store.staging import Staging


def test_a_thread_reads_under_the_same_settings(tmp_path: Path) -> None:
    """Session variables are a connection's own; one that is NULL must not become a word."""
    job = Job(Staging(), tmp_path, "Europe/Berlin", None, False, lambda share, text: None)
    told = {"export_time": datetime(2026, 3, 1, 12), "krona": None, "main_type": 7}
    for name, value in told.items():
        job.con.execute(f"set variable {name} = ?", [value])
    other = job.beside()
    assert other.con is not job.con
    for name, value in {**told, "zone": "Europe/Berlin"}.items():
        assert other.one(f"select getvariable('{name}')") == value
    ours, theirs = job.con, other.con
    kind = "select typeof(getvariable('export_time'))"
    assert ours.execute(kind).fetchone() == theirs.execute(kind).fetchone() == ("TIMESTAMP",)


def test_names_and_rows_are_shared_between_threads(tmp_path: Path) -> None:
    job = Job(Staging(), tmp_path, "UTC", None, False, lambda share, text: None)
    other = job.beside()
    assert len({job.fresh("raw"), other.fresh("raw"), job.fresh("raw")}) == 3
    other.con.execute("insert into named_deal values ('D1')")
    assert job.count("select count(*) from named_deal") == 1
