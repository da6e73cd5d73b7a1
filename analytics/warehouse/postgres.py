"""Postgres: one read-only transaction sees all tables at one moment, and rows stream into files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql as names
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from analytics.problems import BadInput
from analytics.sync.secrets import keep_secret, redact, secret
from analytics.warehouse.engines import Table, as_file, the_schema

DSN = "PLUMBLINE_POSTGRES_URL"
#: The longest that one SELECT may run, in seconds.
TIMEOUT = 1800
_MOMENT = """to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
_TIMES = (1114, 1184)  # the types timestamp and timestamptz
_TABLES = """
    select n.nspname, c.relname, a.attname
    from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname <> 'information_schema'
        and n.nspname !~ '^pg_' and has_schema_privilege(n.oid, 'usage')
    order by n.nspname, c.relname, a.attnum
"""


class Postgres:
    """The database that PLUMBLINE_POSTGRES_URL names."""

    def __init__(self, schema: str = "", timeout: int = TIMEOUT) -> None:
        self.name = "Postgres"
        self._schema = schema
        self._con = _connect(timeout)

    def close(self) -> None:
        """End the transaction."""
        self._con.close()

    def tables(self) -> dict[str, Table]:
        """The tables and views of the schema."""
        with _explained("the list of tables"):
            rows = self._con.execute(_TABLES).fetchall()
        schemas: dict[str, dict[str, Table]] = {"public": {}}
        for schema, name, column in rows:
            where = names.Identifier(schema, name).as_string(self._con)
            tables = schemas.setdefault(schema, {})
            table = tables.setdefault(name.lower(), Table(where, {}))
            if table.where == where:  # another table may differ in case only
                table.columns.setdefault(column.lower(), column)
        found = the_schema({one: tables.keys() for one, tables in schemas.items()}, self._schema, self.name)
        with _explained("the schema"):
            self._con.execute("select set_config('search_path', quote_ident(%s), true)", [found or "public"])
        return schemas[found or "public"]

    def check(self, sql: str, where: str) -> list[str]:
        """The columns of the answer, without running it."""
        return [name for name, _ in self._described(sql, where)]

    def save(self, sql: str, path: Path, where: str) -> int:
        """Write the answer as CSV. The server sends it piece by piece, so its size does not matter."""
        query = as_file(self._described(sql, where), sql, _MOMENT)
        with _explained(where), self._con.cursor() as cursor, path.open("wb") as file:
            copying = f"copy ({query}) to stdout (format csv, header true)"
            with cursor.copy(copying.encode()) as copy:
                for piece in copy:
                    file.write(piece)
            return cursor.rowcount

    def _described(self, sql: str, where: str) -> list[tuple[str, bool]]:
        # prepared: the server then refuses more than one statement
        with _explained(where), self._con.cursor() as cursor:
            cursor.execute(f"select * from (\n{sql}\n) as answer limit 0".encode(), prepare=True)
            return [(column.name, column.type_code in _TIMES) for column in cursor.description or ()]


def _connect(timeout: int) -> psycopg.Connection[tuple[Any, ...]]:
    """Open the one transaction. No message says anything of the DSN."""
    dsn = secret(DSN)
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.Error:
        raise BadInput(
            f"{DSN} cannot be read",
            expected="postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with signs such as @ or / in the"
            " password written as %40, %2F",
        ) from None
    keep_secret(str(parts.get("password") or ""))
    settings = {"connect_timeout": "15", "application_name": "plumbline"} | {
        key: str(value) for key, value in parts.items() if value is not None
    }
    try:
        con = psycopg.connect(make_conninfo(**settings | {"client_encoding": "utf8"}))
        con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        con.read_only = True
        con.execute("select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)")
        con.execute("select set_config('statement_timeout', %s, true)", [str(timeout * 1000)])
    except psycopg.Error as error:
        raise BadInput(
            "Postgres cannot be reached",
            got=_without_names(error, parts),
            to_do=f"Check {DSN}, and whether this machine may connect.",
        ) from None
    return con


def _without_names(error: psycopg.Error, parts: Mapping[str, object]) -> str:
    """What the server or the driver said, without what it quotes of the DSN.

    A password with a sign that should have been escaped is taken for a part of the host.
    """
    said = " ".join(redact(str(error)).split())
    for name in ("host", "hostaddr", "user", "password", "dbname"):
        if value := str(parts.get(name) or ""):
            said = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "***", said)
    return re.sub(r"""\"[^\"]*\"|'[^']*'|\([^)]*\)""", "***", said)[:240]


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn what Postgres says into a message."""
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise BadInput(
            "the SELECT ran for longer than it may",
            where=where,
            to_do="Give --timeout SECONDS, or write SQL that reads less.",
        ) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise BadInput(
            "the user of Postgres may not read this",
            where=where,
            got=_said(error),
            to_do="Grant SELECT on it.",
        ) from None
    except psycopg.OperationalError as error:
        if error.sqlstate is None or error.sqlstate.startswith(("08", "57P")):
            raise BadInput(
                "the connection to Postgres was lost",
                where=where,
                to_do="Nothing was imported. Run the command again.",
            ) from None
        raise _refused(where, error) from None
    except psycopg.Error as error:
        raise _refused(where, error) from None


def _said(error: psycopg.Error) -> str:
    return " ".join(redact(error.diag.message_primary or str(error)).split())[:300]


def _refused(where: str, error: psycopg.Error) -> BadInput:
    return BadInput(
        "this SQL cannot be run",
        where=where,
        got=_said(error),
        to_do="Change the SQL: --show-sql --write-sql FOLDER writes it, --sql FOLDER reads it.",
    )
