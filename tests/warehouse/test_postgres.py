"""Postgres: only read, never told of in messages, and whole or not at all."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from analytics.commands import main
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.warehouse.postgres import Postgres
from analytics.warehouse.reading import plan, write_files
from tests.warehouse.warehouse_fixtures import Server, the_crm

#: Rows without end: only a lost connection or a timeout ends this.
_ENDLESS = "select 1 as n, repeat('x', 200) as x from generate_series(1, 1000000000000)"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def run(store: Store, *given: str | Path) -> int:
    return main(["--store", str(store.path), "warehouse", "postgres", *map(str, given)])


def test_a_connection_that_is_lost_midway_lands_nothing(
    postgres: Server, store: Store, own: Path, capsys
) -> None:
    (own / "Opportunity.sql").write_text(_ENDLESS)
    killed = threading.Event()

    def kill() -> None:
        find = (
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'plumbline' and query like 'copy (%'"
        )
        with postgres.connect() as con:
            while not con.execute(find).fetchall():
                time.sleep(0.01)
        killed.set()

    thread = threading.Thread(target=kill)
    thread.start()
    assert run(store, "--sql", own) == 2
    thread.join()
    assert killed.is_set()
    said = capsys.readouterr().err
    assert f"{own}/Opportunity.sql: the connection to Postgres was lost" in said
    assert "Nothing was imported" in said
    assert not store.exists


def test_a_select_that_takes_too_long(postgres: Server, store: Store, own: Path, capsys) -> None:
    (own / "Opportunity.sql").write_text("select pg_sleep(3600) as n")
    assert run(store, "--sql", own, "--timeout", "1") == 2
    assert "the SELECT ran for longer than it may" in capsys.readouterr().err
    assert run(store, "--timeout", "0") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select nextval('kept.s') as n", "read-only transaction"),
        ("select 1 as n) as a; drop table kept.t; select * from (select 1 as n", "multiple commands"),
        ("with gone as (delete from kept.t returning n) select n from gone", "top level"),
        ("select no_such from kept.t", 'column "no_such" does not exist'),
        ("select n from kept.hidden", "permission denied"),
    ],
)
def test_sql_can_only_read(
    postgres: Server,
    store: Store,
    own: Path,
    capsys,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    expected: str,
) -> None:
    with postgres.connect() as con:
        con.execute("drop schema if exists kept cascade; create schema kept; create table kept.t (n int)")
        con.execute("create table kept.hidden (n int); create sequence kept.s")
        con.execute("do $$ begin create role guest login; exception when duplicate_object then null; end $$")
        con.execute("grant usage on schema kept to guest; grant select, delete on kept.t to guest")
        con.execute("grant usage on sequence kept.s to guest")
    monkeypatch.setenv("PLUMBLINE_POSTGRES_URL", postgres.url.replace("reader", "guest"))
    (own / "Opportunity.sql").write_text(text)
    assert run(store, "--sql", own) == 2
    assert expected in capsys.readouterr().err
    with postgres.connect() as con:
        assert con.execute("select count(*) from kept.t").fetchall() == [(0,)]


def test_the_schema_is_found_or_asked_for(postgres: Server, store: Store, capsys) -> None:
    postgres.fill("one", the_crm())
    postgres.fill("two", the_crm())
    assert run(store, "--show-sql") == 2
    assert "Postgres: several schemas hold a CRM; got" in capsys.readouterr().err
    assert run(store, "--schema", "none") == 2
    assert "there is no schema 'none'" in capsys.readouterr().err
    with closing(Postgres("one")) as one:
        assert 'from "one"."opportunity"' in plan(one).as_text()


def test_all_tables_are_seen_at_one_moment(postgres: Server, tmp_path: Path) -> None:
    postgres.fill("moment", the_crm())
    with closing(Postgres("moment")) as one:
        one.tables()
        with postgres.connect() as con:
            con.execute("delete from moment.account")
        assert one.save("select * from moment.account", tmp_path / "x.csv", "x") == 2


def test_no_room_for_the_files(postgres: Server, tmp_path: Path) -> None:
    postgres.fill("room", the_crm())
    with closing(Postgres("room")) as one, pytest.raises(BadInput) as caught:
        write_files(one, plan(one), tmp_path / "no such folder", lambda share, text: None)
    assert "what Account.sql yields cannot be written (No such file or directory)" in str(caught.value)


def test_what_is_shown_can_be_run_by_hand(postgres: Server, store: Store, capsys) -> None:
    postgres.fill("shown", the_crm())
    assert run(store, "--schema", "shown", "--show-sql") == 0
    selects = [one for one in capsys.readouterr().out.split(";\n") if one.strip()]
    assert len(selects) == 11
    with postgres.connect() as con:
        for select in selects:
            assert con.execute(select.encode()).fetchall()


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://reader:top-s3cret@127.0.0.1:1/prod",
        "postgresql://reader:top-s3cret%zz@127.0.0.1:1/prod",
        "host=127.0.0.1 port=1 password=top-s3cret nonsense",
    ],
)
def test_messages_never_tell_the_dsn(store: Store, capsys, monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("PLUMBLINE_POSTGRES_URL", dsn)
    assert run(store) == 2
    said = capsys.readouterr().err
    assert "PLUMBLINE_POSTGRES_URL" in said
    assert not [word for word in ("s3cret", "reader", "prod", "nonsense") if word in said], said


@pytest.mark.parametrize(
    "said",
    [
        "failed to resolve host 's3cret@db.example': [Errno -2] Name or service not known",
        'connection to server at "db.example" (10.0.0.1), port 5432 failed: FATAL: no user "s3cret"',
        "the password is top@s3cret@db.example, it seems",
    ],
)
def test_what_the_driver_quotes_is_left_out(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """A password with a sign that should have been escaped becomes part of the host."""
    monkeypatch.setenv("PLUMBLINE_POSTGRES_URL", "postgresql://reader:top@s3cret@db.example/prod")

    def fail(dsn: str) -> None:
        raise psycopg.OperationalError(said)

    monkeypatch.setattr(psycopg, "connect", fail)
    with pytest.raises(BadInput) as caught:
        Postgres()
    assert not [word for word in ("s3cret", "db.example", "10.0.0.1") if word in str(caught.value)]


def test_the_name_of_the_setting_is_said_where_it_lacks(
    store: Store, capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PLUMBLINE_POSTGRES_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(store) == 2
    assert "PLUMBLINE_POSTGRES_URL is not set" in capsys.readouterr().err


def test_an_unknown_user_is_not_named(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_POSTGRES_URL", postgres.url.replace("reader", "mallory"))
    with pytest.raises(BadInput) as caught:
        Postgres()
    assert "mallory" not in str(caught.value)
    assert "does not exist" in str(caught.value)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url.replace("reader", "mallory"))
