"""The command line as a process: exit codes, one-line messages, the shapes that DESIGN.md promises."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics.commands import main
from analytics.store.database import Store
from tests.forecast.test_baseline_forecast import NOW
from tests.pipeline.test_quarter_end_view import history_of
from tests.small_stores import STAGES, described, load

ROOT = Path(__file__).parents[2]
SCORE = [
    "deal_id",
    "name",
    "owner_id",
    "amount",
    "stage",
    "forecast_category",
    "close_date",
    "p_won",
    "p_lost",
    "p_slip",
    "expected_amount",
    "stated_probability",
    "sandbag_score",
    "understated_amount",
    "case_depth",
    "reasons",
]
FORECAST = [
    "as_of",
    "quarter",
    "week",
    "won",
    "commit",
    "best_case",
    "weighted_pipeline",
    "expected",
    "p10",
    "p50",
    "p90",
    "target",
    "p_target",
    "bridge",
    "baselines",
    "status",
    "notes",
    "track_record",
    "parts",
    "hangs_on",
    "from_last_week",
    "next_quarters",
    "overrides",
    "expected_with_overrides",
]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def process(store: Store) -> Run:
    """The command line as a user starts it; that takes two seconds, so what is said of exits stands on it."""

    def call(*arguments: object, store: Path = store.path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "analytics", "--store", str(store), *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return call


@pytest.fixture
def run(store: Store, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same in this process: any other exception than a handled one would come out here."""

    def call(*arguments: object, store: Path = store.path) -> subprocess.CompletedProcess[str]:
        given = ["--store", str(store), *map(str, arguments)]
        code = main(given)
        return subprocess.CompletedProcess(given, code, *capsys.readouterr())

    return call


@pytest.fixture
def filled(store: Store) -> Store:
    rows = [*history_of(10), *NOW]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    return store


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Exit 2, one line on stderr, nothing on stdout."""
    assert done.returncode == 2, f"exit {done.returncode}: {done.stderr[-500:]}"
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""
    return done.stderr


def test_forecast_answers_in_the_promised_shape(process: Run, run: Run, filled: Store) -> None:
    done = process("forecast", "--as-of", "2024-05-15", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == FORECAST
    assert (answer["as_of"], answer["quarter"], answer["week"]) == ("2024-05-15", "2024Q2", 7)
    assert [step["step"] for step in answer["bridge"]][:2] == ["won", "weighted_pipeline"]
    for step in answer["bridge"]:
        assert set(step) == {"step", "amount", "deals"}
        assert round(sum(deal["amount"] for deal in step["deals"]), 2) == step["amount"]
    assert round(sum(step["amount"] for step in answer["bridge"]), 2) == answer["expected"]
    assert answer["target"] is None
    assert answer["p_target"] is None
    assert "smoothed history rates" in answer["status"]
    assert run("forecast", "--as-of", "2024-05-15").returncode == 0


def test_forecast_without_history_says_null_and_why(run: Run, filled: Store) -> None:
    answer = json.loads(run("forecast", "--as-of", "2022-03-15", "--json").stdout)
    assert [answer[key] for key in ("expected", "p10", "p50", "p90")] == [None] * 4
    assert "n=" in answer["status"]


def test_score_writes_a_row_per_open_deal_in_the_promised_columns(
    run: Run, filled: Store, tmp_path: Path
) -> None:
    out = tmp_path / "scores.csv"
    done = run("score", "--as-of", "2024-05-15", "--out", out)
    assert (done.returncode, done.stdout) == (0, "")
    with out.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    assert reader.fieldnames == SCORE
    assert {row["deal_id"] for row in rows} == {row["deal_id"] for row in NOW} - {"won"}
    for row in rows:
        assert abs(sum(float(row[key]) for key in ("p_won", "p_lost", "p_slip")) - 1) < 1e-9
        assert row["sandbag_score"] == row["case_depth"] == "", "what is not measured is empty, never 0"
    assert next(row for row in rows if row["deal_id"] == "a")["close_date"] == "2024-06-10"


@pytest.mark.parametrize(
    "arguments",
    [
        ["forecast", "--as-of", "yesterday"],
        ["forecast", "--as-of", "2024-02-30"],
        ["forecast", "--as-of", "9999-12-31"],
        ["forecast", "--as-of", "0001-01-01"],
        ["forecast", "--as-of", "2024-05-15", "--quarter", "2024Q5"],
        ["forecast", "--as-of", "2024-05-15", "--quarter", "0000Q1"],
        ["forecast", "--as-of", "2024-05-15", "--quarter", "9999Q4"],
        ["forecast", "--as-of", "2024-05-15", "--quarter", "2024Q1"],
        ["score", "--as-of", "2024-05-15", "--out", "/nowhere/at/all.csv"],
        ["score", "--as-of", "", "--out", "x.csv"],
        ["settings", "colour", "blue"],
        ["settings", "colour"],
        ["settings", "fiscal_year_start_month", "13"],
        ["settings", "time_zone", "Mars/Olympus"],
        ["settings", "company_currency", "dollars"],
        ["restore", "/nowhere/copy.duckdb"],
        ["backup", "/nowhere/copy.duckdb"],
        ["import", "/nowhere/export.csv"],
        ["import", "/etc/hostname", "--as-of", "soon"],
        ["import", "/etc/hostname", "--mapping", "/nowhere.toml"],
    ],
    ids=" ".join,
)
def test_wrong_values_get_one_message(run: Run, filled: Store, arguments: list[str]) -> None:
    refused(run(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["forecast", "--as-of", "2024-05-15"],
        ["score", "--as-of", "2024-05-15", "--out", "x.csv"],
        ["rejects"],
        ["check"],
        ["backup", "copy.duckdb"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_without_a_store_each_command_says_so(
    run: Run, arguments: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(store.path.parent)
    assert "there is no store" in refused(run(*arguments))
    assert not store.path.exists()


def test_a_text_file_as_the_store_is_refused_by_the_process(process: Run, tmp_path: Path) -> None:
    text = tmp_path / "store.txt"
    text.write_text("no database")
    assert "not a DuckDB database" in refused(process("check", store=text))


def test_an_unknown_command_and_a_missing_argument_exit_2(process: Run) -> None:
    for arguments in (["dance"], ["forecast"], []):
        done = process(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_check_backup_restore_and_settings_work_together(run: Run, filled: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    assert "is sound" in run("check").stdout
    assert run("backup", copy).returncode == 0
    assert run("settings", "company_name", "Acme & Söhne").returncode == 0
    assert run("settings", "company_name").stdout == "company_name = Acme & Söhne\n"
    assert run("restore", copy).returncode == 0
    assert run("settings", "company_name").stdout == "company_name = \n"


def test_check_tells_damage_and_exits_2(run: Run, filled: Store) -> None:
    from tests.small_stores import edit

    edit(filled.path, "update import_file set loaded = loaded + 1 where file_no = 1")
    assert "accounted for" in refused(run("check"))


def test_rejects_are_listed_as_text_and_json(run: Run, store: Store) -> None:
    from analytics.store.landing import land
    from tests.small_stores import staged

    staging = staged({})
    staging.reject(staging.add_file("bad.csv", "test", "sha", 1), 2, "amount", "lots", "no amount")
    land(store, staging, kind="test")
    assert "bad.csv:2: amount: no amount" in run("rejects").stdout
    rows = json.loads(run("rejects", "--json").stdout)
    assert rows[0]["reason"] == "no amount"


@pytest.mark.slow
def test_an_import_from_the_command_line_counts_and_repeats_as_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        "deal_id,question,answer,answered_at\nd1,budget,Yes,2024-01-05\nd1,budget,No,2024-01-06\n"
    )
    first = run("import", file, "--kind", "answers", "--json")
    assert first.returncode == 0, first.stderr
    counts = json.loads(first.stdout)["files"][0]
    assert {"file", "kind", "rows_read", "loaded", "unchanged", "rejected"} <= set(counts)
    assert (counts["rows_read"], counts["loaded"], counts["unchanged"], counts["rejected"]) == (2, 2, 0, 0)
    again = json.loads(run("import", file, "--kind", "answers", "--json").stdout)["files"][0]
    assert (again["loaded"], again["unchanged"]) == (0, 2)


@pytest.mark.parametrize("left_behind", ["an empty file", "a database without tables"])
def test_what_a_killed_first_import_leaves_is_no_dead_end(
    process: Run, run: Run, tmp_path: Path, left_behind: str
) -> None:
    store = tmp_path / "killed.duckdb"
    if left_behind == "an empty file":
        store.touch()
    else:
        duckdb.connect(str(store)).close()
    done = process("demo", "--world", "small", "--if-none", store=store)
    assert done.returncode == 0, done.stderr
    assert "Built the sample company" in done.stdout
    assert run("check", store=store).returncode == 0


def test_score_writes_no_formula_but_keeps_the_keys(run: Run, filled: Store, tmp_path: Path) -> None:
    rows = [{**NOW[0], "deal_id": "=1+1", "is_closed": False, "is_won": False}]
    load(filled, deal=[{"deal_id": "=1+1", "name": '=HYPERLINK("http://evil")'}], deal_change=rows)
    out = tmp_path / "score.csv"
    assert run("score", "--as-of", "2024-05-15", "--out", out).returncode == 0
    row = pd.read_csv(out, dtype=str).set_index("deal_id").loc["=1+1"]
    assert row["name"] == '\'=HYPERLINK("http://evil")'


def test_a_negative_seed_and_an_unwritable_truth_get_one_message(run: Run, tmp_path: Path) -> None:
    assert "whole number" in refused(run("demo", "--seed", "-1", store=tmp_path / "a.duckdb"))
    (tmp_path / "file").write_text("in the way")
    done = run("demo", "--world", "small", "--truth", tmp_path / "file", store=tmp_path / "b.duckdb")
    assert "the truth cannot be written there" in refused(done)


def test_no_text_of_a_file_steers_the_terminal(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    steers = "\x9b31m\u202e"
    path = tmp_path / f"a\x1b[2J{steers}.csv"
    head = "Opportunity ID,Name,Stage,Amount,Close Date\n"
    path.write_text(f"{head}1,a,Open,{steers},2026-03-30\n2,a,Open,5,2026-03-30\n", encoding="utf-8")
    assert main(["--store", str(store.path), "import", str(path), "--as-of", "2026-01-05"]) == 0
    assert main(["--store", str(store.path), "rejects"]) == 0
    path.write_text("x\n", encoding="utf-8")
    assert main(["--store", str(store.path), "import", str(path), "--as-of", "2026-01-05"]) == 2
    said = "".join(capsys.readouterr())
    assert "31m" in said
    assert not set(said) & set("\x1b\x9b\u202e")
