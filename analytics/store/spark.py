"""The same queries on Apache Spark, over Parquet files: for histories that one machine cannot read.

A `SparkStore` stands wherever a `Store` is only read. It answers `query` with the same frame: Spark runs the
query, and DuckDB makes the frame of its answer, so that each column has the type that it has of a store.
"""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, cast

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.problems import BadInput
from analytics.store.database import Store, empty_store, query_text
from analytics.store.sight import OPEN, SEEN_DEAL, Sight, condition_of
from analytics.store.subjects import SUBJECTS

try:
    with warnings.catch_warnings():  # of pandas 3, which Spark never sees here: rows come as Arrow
        warnings.simplefilter("ignore", FutureWarning)
        from py4j.protocol import Py4JError
        from pyspark.errors import AnalysisException, PySparkException
        from pyspark.sql import DataFrame, SparkSession

        from analytics.store import spark_sql
except ImportError as error:
    raise BadInput(
        "Spark is not installed here",
        got=str(error),
        to_do="pip install -r requirements-spark.txt; it needs Java 17 or 21 (docs/scale.md).",
    ) from None

logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # pages of JSON for each error
#: Without these there is nothing to tell; any other table may be missing, and has no rows then.
_NEEDED = ("deal", "deal_change")
_MOST_ROWS_KEPT = 100_000
#: What a column holds that the files lack; others hold NULL.
_ELSE = {"import_id": "0", "seq": "0", "loaded_at": "valid_at"}
#: Of a Spark that is started here: no progress bars and warnings between ours, no web page open to all, and
#: answers of any size, as they come to this process anyway.
_STARTED_HERE = {
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "FATAL",  # errors are told in one line below
    "spark.ui.enabled": "false",
    "spark.driver.maxResultSize": "0",
}
#: What a sight lists: view -> its column and the values.
_LISTS: dict[str, tuple[str, Callable[[Sight], Sequence[str]]]] = {
    "seen_owner": ("owner_id", lambda sight: sight.owners),
    "seen_person": ("person_id", lambda sight: (*sight.owners, *sight.people)),
    "seen_subscriber": ("subscriber", lambda sight: (sight.subscriber,)),
}
_COLUMNS = (
    "select column_name, data_type from duckdb_columns() where table_name = ? and database_name = 'store'"
    " order by column_index"
)


def spark_store(address: str) -> SparkStore:
    """The tables in a folder, or at any address that this Spark reads (s3a://bucket/folder).

    Raises BadInput where there are none, or where no Spark can be started.
    """
    store = SparkStore(Path(address), address=address.rstrip("/"))
    store.look()
    return store


@dataclass(frozen=True)
class SparkStore(Store):
    """A folder with a folder of Parquet files per table. It is never written, and taken not to change."""

    address: str = ""

    @property
    def exists(self) -> bool:
        """`spark_store` has looked."""
        return True

    def look(self) -> None:
        """Raises BadInput where Spark cannot be started or the tables that are needed cannot be read."""
        for table in _NEEDED:
            self._files_of(table)

    def version(self) -> str:
        """Always the same, as the files are."""
        return self.address

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Every query sees the same files anyway. There is no connection to use."""
        yield cast(duckdb.DuckDBPyConnection, _NoConnection())

    def writing(self, con: duckdb.DuckDBPyConnection) -> NoReturn:
        """Refused: raises BadInput."""
        raise _only_queries()

    def query(self, name: str, **parameters: Any) -> pd.DataFrame:
        """Run `queries/NAME.sql` with its named parameters on Spark, once for the same ones."""
        key = (name, repr(sorted(parameters.items())))
        if (kept := self._kept.get(key)) is None:
            kept = self._run(name, parameters)
            if len(kept) <= _MOST_ROWS_KEPT:
                self._kept[key] = kept
        return kept.copy()

    def _run(self, name: str, parameters: dict[str, Any]) -> pd.DataFrame:
        text = query_text(name)
        with self._empty.cursor() as con:
            con.execute("use store")
            described = con.execute(f"describe {text}", parameters).fetchall()
            con.register("answer", self._arrow(name, text, parameters))
            columns = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind, *_ in described)
            return con.execute(f"select {columns} from answer").df()

    @cached_property
    def _empty(self) -> duckdb.DuckDBPyConnection:
        return empty_store()

    @cached_property
    def _kept(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Short answers: a forecast asks most of them more than once, and on Spark each takes a second."""
        return {}

    @cached_property
    def _known(self) -> set[str]:
        """The tables that the session has views of."""
        return set()

    @cached_property
    def _session(self) -> SparkSession:
        session = _spark().newSession()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        session.conf.set("spark.sql.ansi.enabled", "true")  # a cast that fails is an error, as in DuckDB
        return session

    def _arrow(self, name: str, text: str, parameters: dict[str, Any]) -> pa.Table:
        try:
            return self._answer(text, parameters).toArrow()
        except (PySparkException, Py4JError) as error:
            raise BadInput(
                "Spark could not answer this query",
                where=f"{self.address}, {name}.sql",
                got=_first_line(error),
            ) from error

    def _answer(self, sql: str, parameters: dict[str, Any]) -> DataFrame:
        for table in spark_sql.tables_of(sql) - self._known:
            self._rows_of(table).createOrReplaceTempView(table)
            self._known.add(table)
        text, given = spark_sql.translated(sql, parameters)
        return self._session.sql(text, args=given)

    def _rows_of(self, table: str) -> DataFrame:
        """What a name in a query means: all of a table, or the rows that the sight allows."""
        whole = table.removeprefix(spark_sql.WHOLE)
        if whole != table or self.sight is None or table in OPEN:
            return self._files_of(whole)
        if table in _LISTS:
            column, values = _LISTS[table]
            rows = pa.table({column: pa.array(values(self.sight), pa.string())})
            return self._session.createDataFrame(rows)
        if table == "seen_deal":
            return self._answer(SEEN_DEAL, {"as_of_end": self.sight.as_of_end})
        condition = condition_of(table, names_deal="deal_id" in self._columns(table))
        return self._answer(f"select * from store.{table} where {condition}", {})

    def _files_of(self, table: str) -> DataFrame:
        """The files of a table as a store would hold them."""
        columns = self._columns(table)
        where = f"{self.address}/{table}"
        try:
            found = self._session.read.parquet(where)
            have = {name.lower() for name in found.columns}
        except AnalysisException as error:
            if table in _NEEDED:
                raise _no_table(where, error) from error
            found, have = self._session.range(0), set()
        always = {*SUBJECTS[table].key, "valid_at"} if table in SUBJECTS else set()
        if have and always - have:
            raise BadInput(
                "these Parquet files lack columns", where=where, expected=", ".join(sorted(always - have))
            )
        return found.selectExpr(*(_column(name, kind, have) for name, kind in columns.items()))

    def _columns(self, table: str) -> dict[str, str]:
        with self._empty.cursor() as con:
            return dict(con.execute(_COLUMNS, [table]).fetchall())


def _column(name: str, kind: str, have: set[str]) -> str:
    """A column of a table in its own type, also where the files have another or none."""
    value = f"`{name}`" if name in have else _ELSE.get(name, "null") if "valid_at" in have else "null"
    return f"cast({value} as {spark_sql.TYPES.get(kind, kind)}) as `{name}`"


def _spark() -> SparkSession:
    """The Spark that is there or configured (SPARK_REMOTE, spark-defaults.conf), else one on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        if active := SparkSession.getActiveSession():
            return active
        builder = SparkSession.builder.appName("Plumbline")
        if "SPARK_REMOTE" not in os.environ:
            builder = builder.config(map=_STARTED_HERE)
        try:
            return builder.getOrCreate()
        except (PySparkException, Py4JError, OSError) as error:
            raise BadInput(
                "Spark cannot be started",
                got=_first_line(error),
                to_do="It needs Java 17 or 21; JAVA_HOME says where that is (docs/scale.md).",
            ) from error


class _NoConnection:
    """What `reading` gives; whoever wants to use it is told."""

    def __getattr__(self, name: str) -> Any:
        raise _only_queries()


def _only_queries() -> BadInput:
    return BadInput(
        "on Spark the tables are only read, by the queries", to_do="Use the store itself (without --engine)."
    )


def _no_table(where: str, error: Exception) -> BadInput:
    return BadInput(
        "there are no Parquet files of this table",
        where=where,
        got=_first_line(error),
        to_do="`python -m analytics export-parquet FOLDER` writes the tables of a store.",
    )


def _first_line(error: Exception) -> str:
    """What Spark says is wrong: it names its errors [LIKE_THIS], sometimes far below."""
    text = str(error).strip()
    found = re.search(r"\[[A-Z_.]{6,}\] .*", text)
    return (found[0] if found else text.splitlines()[0])[:300]
