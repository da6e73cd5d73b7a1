"""The `depth` command, through its own parser."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.commands import answering
from analytics.problems import BadInput
from analytics.store.database import Store


def run(*arguments: str, folder: Path) -> None:
    whole = argparse.ArgumentParser()
    answering.add(whole.add_subparsers(required=True))
    given = whole.parse_args(["depth", *arguments])
    given.run(Store(folder / "none.duckdb"), given)


def test_a_row_per_answer_in_order_with_spans(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        'id,question,answer\n007,budget,"CFO mail 4 Mar: 240k approved"\nNA,problem,\nx,impact,n/a\n',
        encoding="utf-8",
    )
    run(str(source), "--out", str(out), folder=tmp_path)
    table = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert list(table.columns)[:3] == ["id", "depth", "spans"]
    assert list(table["id"]) == ["007", "NA", "x"]
    assert list(table["depth"]) == ["4", "0", "0"]
    assert any("240k" in span["text"] for span in json.loads(table["spans"][0]))


def test_a_header_without_rows_gives_a_header(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,question,answer\n", encoding="utf-8")
    run(str(source), "--out", str(out), folder=tmp_path)
    assert out.read_text(encoding="utf-8").startswith("id,depth,spans")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,answer\n1,x\n", "column missing: question"),
        ("id,question,answer\n1,colour,x\n", "unknown question"),
        ("", "cannot be read"),
    ],
)
def test_bad_input_is_one_message(tmp_path: Path, content: str, says: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        run(str(source), "--out", str(tmp_path / "out.csv"), folder=tmp_path)


def test_missing_file_and_unwritable_target(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        run(str(tmp_path / "no.csv"), "--out", str(tmp_path / "out.csv"), folder=tmp_path)
    source = tmp_path / "in.csv"
    source.write_text("id,question,answer\n1,budget,x\n", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be written"):
        run(str(source), "--out", str(tmp_path / "no" / "out.csv"), folder=tmp_path)
