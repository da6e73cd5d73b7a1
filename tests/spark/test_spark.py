"""Two engines, one answer: every query and the commands that read say on Spark what they say on DuckDB."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

from analytics.access.sights import sight_of
from analytics.access.viewer import Role, Viewer
from analytics.commands import main
from analytics.company import company_of
from analytics.problems import BadInput
from analytics.store.database import Store, query_text
from analytics.store.parquet import export
from analytics.store.sight import Sight
from tests.conftest import TODAY
from tests.small_stores import edit, load
from tests.store.test_cut_store import DAYS, parameters, random_company

if shutil.which("java") is None:
    pytest.skip("there is no Java (apt-get install openjdk-17-jre-headless)", allow_module_level=True)

from analytics.store.spark import SparkStore, spark_store

pytestmark = pytest.mark.slow
DAY = DAYS[1]
QUERIES = sorted(file.stem for file in (Path(__file__).parents[2] / "analytics/store/queries").glob("*.sql"))
#: Queries that read, all together, every kind of table that is shown in part.
LIMITED = [
    *("access_grants", "calls_as_of", "case_answers", "coaching_replies_as_of", "deal_matches"),
    *("decisions_as_of", "document_paragraphs", "documents_as_of", "imports", "known_deals", "people_as_of"),
    *("subscriptions_as_of", "targets_as_of"),
]
#: Where the usual parameters find nothing.
OTHERS = {"deal_stakeholders": {"deal_id": "d004"}}
#: Queries that Spark does not answer yet, with the reason. It is empty, and stays so.
NOT_YET: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[None]:
    """A Spark in this process, made for tables of a few hundred rows: what is large there only costs here."""
    from pyspark.sql import SparkSession

    small = {
        "spark.master": "local[2]",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "FATAL",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    session = SparkSession.builder.config(map=small).getOrCreate()
    yield
    session.stop()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The random company, and beside it what one engine may read otherwise than the other."""
    rows = random_company(1)
    odd = [
        "\u00a0 padded \u2003",
        "tab\t",
        'it\'s a \\ "quote" $as_of_end :x',
        "ÀÉ ßtraße 20",
        "",
        "İSTANBUL 20",
    ]
    for number, text in enumerate(odd):
        at = f"2024-01-0{number + 1} 23:59:59.999999"
        answer = {"deal_id": f"d00{number}", "question": "budget", "answer": text * 9, "valid_at": at}
        # the same words in another deal are a copy
        rows["answer"] += [answer, answer | {"deal_id": f"d01{number}", "valid_at": f"2024-02-0{number + 1}"}]
    found = Store(tmp_path_factory.mktemp("spark") / "store.duckdb")
    load(found, **rows)
    load(found, submitted_call=rows["submitted_call"][:1], kind="call")
    edit(
        found.path,
        "insert into answer_score select distinct question, md5(answer), 'none', 3, '[]', '' from answer"
        " where length(answer) % 2 = 0",
        "insert into reject values (1, 1, 'a.csv', 2, 'amount', 'x', 'no number', false)",
        "insert into undoing values (2, now()::timestamp, 'Ann', 'twice', true)",
        "update import_file set kind = 'submitted_call', unchanged = 1 where import_id = 2",
        "update currency_rate set rate = 1.005",  # times 100.00 is a tie but for its last bit
    )
    return found


@pytest.fixture(scope="module")
def folder(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tables") / "it's here"
    assert export(store, place)["deal"] == 80
    return place


@pytest.fixture(scope="module")
def on_spark(folder: Path, spark: None) -> SparkStore:
    return spark_store(str(folder))


def in_order_of_all(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), key=lambda one: one.map(repr)).reset_index(drop=True)


def must_be_equal(name: str, one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same rows and types; the same order as far as the query says one.

    Only a quantile, which lies between two values, may differ, in its last digit.
    """
    pd.testing.assert_frame_equal(in_order_of_all(one), in_order_of_all(other), rtol=1e-14, atol=0)
    order = sqlglot.parse_one(query_text(name), read="duckdb").args.get("order")
    keys = [key.this.name for key in order.expressions if isinstance(key.this, exp.Column)] if order else []
    said = [key for key in keys if key in one.columns]
    pd.testing.assert_frame_equal(one[said], other[said], check_exact=True)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_on_spark_as_on_duckdb(name: str, store: Store, on_spark: SparkStore) -> None:
    if name in NOT_YET:
        pytest.xfail(NOT_YET[name])
    given = parameters(name, store, DAY) | OTHERS.get(name, {})
    here = store.query(name, **given)
    assert len(here), "the test's premise: there is something to tell"
    must_be_equal(name, here, on_spark.query(name, **given))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("deals_as_of", {"deal_id": "d007"}),
        ("case_answers", {"deal_id": "d003"}),
        ("audit_changes", {"deal_id": None, "person": "o'", "limit": 1}),
        ("search_texts", {"word1": "", "word2": "\\"}),
        ("open_at_moments", {"moments": [pd.Timestamp("2024-01-01 12:00:00.123456")]}),
        ("people_as_of", {"as_of_end": pd.Timestamp("9999-01-01")}),
    ],
)
def test_so_it_does_with_other_parameters(
    name: str, other: dict[str, Any], store: Store, on_spark: SparkStore
) -> None:
    given = parameters(name, store, DAY) | other
    must_be_equal(name, store.query(name, **given), on_spark.query(name, **given))


def test_a_limited_reader_sees_the_same_on_spark(store: Store, folder: Path) -> None:
    """What analytics/store/sight.py allows, and no row more, in every query."""
    viewer = Viewer("s1", "A manager", Role.MANAGER, "u3")
    sight = sight_of(store, company_of(store), viewer, DAY)
    assert isinstance(sight, Sight)
    here, there = Store(store.path, sight), SparkStore(folder, sight, str(folder))
    kept = 0
    for name in LIMITED:
        given = parameters(name, store, DAY)
        seen = here.query(name, **given)
        must_be_equal(name, seen, there.query(name, **given))
        kept += len(seen) < len(store.query(name, **given))
    assert kept == len(LIMITED), "the test's premise: something is kept from this reader"


@pytest.fixture(scope="module")
def small_tables(small_world: Store, tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("small") / "tables"
    assert main(["--store", str(small_world.path), "export-parquet", str(place)]) == 0
    return str(place)


def nearly(one: Any, other: Any) -> bool:
    """Equal, numbers to nine digits."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(nearly(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(nearly, one, other))
    return bool(one == pytest.approx(other, rel=1e-9) if isinstance(one, float) else one == other)


@pytest.mark.parametrize("command", ["forecast", "backtest"])
def test_a_number_is_the_same_on_spark(
    command: str, small_world: Store, small_tables: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for engine in ([], ["--engine", "spark", "--tables", small_tables]):
        one = ["--quarters", "1"] if command == "backtest" else []
        asked = ["--store", str(small_world.path), command, "--as-of", str(TODAY), "--json", *one, *engine]
        assert main(asked) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert nearly(*told)


def test_scores_are_the_same_on_spark_and_need_no_store(
    small_world: Store, small_tables: str, tmp_path: Path
) -> None:
    here, there = tmp_path / "duckdb.csv", tmp_path / "spark.csv"
    asked = ["score", "--as-of", str(TODAY), "--out"]
    assert main(["--store", str(small_world.path), *asked, str(here)]) == 0
    assert main([*asked, str(there), "--engine", "spark", "--tables", small_tables]) == 0
    one, other = pd.read_csv(here), pd.read_csv(there)
    assert len(one) > 20
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=0)


def test_tables_of_a_lake_may_have_other_types_and_fewer_columns(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    """Written by others: moments with a zone, wider numbers, names in capitals, several files."""
    shutil.copytree(folder / "deal", tmp_path / "deal")
    rows = pq.read_table(folder / "deal_change" / "part-0.parquet")
    zoned = rows.schema.field("valid_at").with_type(pa.timestamp("us", "UTC"))
    rows = rows.set_column(rows.column_names.index("valid_at"), zoned, rows["valid_at"].cast(zoned.type))
    wide = rows["amount"].cast(pa.decimal128(30, 6))
    rows = rows.set_column(rows.column_names.index("amount"), "amount", wide).drop_columns(["loaded_at"])
    rows = rows.rename_columns([name.upper() for name in rows.column_names])
    (tmp_path / "deal_change").mkdir()
    for number, part in enumerate((rows.slice(100), rows.slice(0, 100))):
        pq.write_table(part, tmp_path / "deal_change" / f"{number}.parquet")
    lake = spark_store(str(tmp_path))
    for name in ("deal_changes_since", "window_steps", "known_deals"):
        given = parameters(name, store, DAY)
        must_be_equal(name, store.query(name, **given), lake.query(name, **given))
    assert lake.query("documents_as_of", **parameters("documents_as_of", store, DAY)).empty


def test_files_that_cannot_be_used_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no Parquet files of this table.*export-parquet"):
        spark_store(str(tmp_path))
    for table in ("deal", "deal_change"):
        shutil.copytree(folder / table, tmp_path / table)
    rows = pq.read_table(tmp_path / "deal_change" / "part-0.parquet")
    pq.write_table(rows.drop_columns(["valid_at"]), tmp_path / "deal_change" / "part-0.parquet")
    with pytest.raises(BadInput, match=r"deal_change: these Parquet files lack columns; expected valid_at"):
        spark_store(str(tmp_path))
    words = rows.set_column(rows.column_names.index("amount"), "amount", pa.array(["much"] * len(rows)))
    pq.write_table(words, tmp_path / "deal_change" / "part-0.parquet")
    with pytest.raises(BadInput, match=r"known_deals\.sql: Spark could not answer.*much"):
        spark_store(str(tmp_path)).query("known_deals")


def test_spark_only_answers_queries(on_spark: SparkStore) -> None:
    with on_spark.reading() as con, pytest.raises(BadInput, match="only read"):
        con.execute("select 1")
    with pytest.raises(BadInput, match="only read"), on_spark.changing():
        pass


def test_the_options_belong_together(
    small_world: Store, small_tables: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--store", str(small_world.path), "backtest"]
    assert main([*asked, "--engine", "spark"]) == 2
    assert "export-parquet" in capsys.readouterr().err
    assert main([*asked, "--tables", small_tables]) == 2
    assert "--engine spark" in capsys.readouterr().err


def test_an_export_replaces_only_an_earlier_one(small_world: Store, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BadInput, match="no earlier export"):
        export(small_world, mine)
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]
    place = tmp_path / "tables"
    first = export(small_world, place)
    (place / "deal" / "part-0.parquet").unlink()
    assert export(small_world, place) == first
    assert pq.read_table(place / "deal" / "part-0.parquet").num_rows == first["deal"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "tables"]
    assert not [name for name in first if name.startswith("kept_")], "what imports keep for an undo stays"
