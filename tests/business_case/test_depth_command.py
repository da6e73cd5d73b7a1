"""The `depth` command, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.business_case.depth import many
from analytics.business_case.depth.explain import explain_all
from analytics.business_case.depth.training import load
from analytics.commands import main


def run(folder: Path, content: str | bytes, name: str = "in.csv") -> tuple[int, pd.DataFrame | None]:
    """Exit code and OUT.csv for the content of IN.csv."""
    source, out = folder / name, folder / "out.csv"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    code = main(["depth", str(source), "--out", str(out)])
    return code, pd.read_csv(out, dtype=str, keep_default_na=False) if out.exists() else None


GOOD = 'id,question,answer\n007,budget,"CFO mail 4 Mar: 240k approved"\nNA,problem,\nx,impact,n/a\n'


def test_a_row_per_answer_in_order_with_spans(tmp_path: Path) -> None:
    code, table = run(tmp_path, GOOD)
    assert code == 0
    assert table is not None
    assert list(table.columns) == ["id", "depth", "spans", "missing", "copy_of"]
    assert list(table["id"]) == ["007", "NA", "x"]
    assert list(table["depth"]) == ["4", "0", "0"]
    spans = json.loads(table["spans"][0])
    assert {"rule": "money", "start": 16, "text": "240k"} in spans
    assert table["missing"][1].startswith("No answer yet")


def test_a_copy_names_the_first_and_keeps_its_level(tmp_path: Path) -> None:
    code, table = run(
        tmp_path,
        "id,question,answer\na,impact,Each stop costs 12k\nb,impact,each  stop costs 12k \n"
        "c,problem,Each stop costs 12k\nd,impact,\ne,impact,\n",
    )
    assert code == 0
    assert table is not None
    assert list(table["copy_of"]) == ["", "a", "", "", ""]
    assert table["depth"][0] == table["depth"][1]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("id,question,answer", "ID, Question ,ANSWER"),
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        ("\ufeff" + GOOD).encode("utf-16-le"),
        "answer,more,id,question\nCFO mail 4 Mar: 240k approved,1,007,Budget\n,,NA,problem\nn/a,2,x,impact\n",
    ],
)  # fmt: skip
def test_files_as_people_have_them(tmp_path: Path, content: str | bytes) -> None:
    code, table = run(tmp_path, content)
    assert code == 0
    assert table is not None
    assert list(table["id"]) == ["007", "NA", "x"]
    assert list(table["depth"]) == ["4", "0", "0"]


def test_an_old_encoding_is_read(tmp_path: Path) -> None:
    text = (
        "id,question,answer\n1,budget,Müller (CFO) bestätigte am 4. März: 240.000 € für Geräte freigegeben\n"
    )
    code, table = run(tmp_path, text.encode("cp1252"))
    assert code == 0
    assert table is not None
    assert table["depth"][0] == "4"


def test_a_header_without_rows_gives_a_header(tmp_path: Path) -> None:
    code, table = run(tmp_path, "id,question,answer\n")
    assert code == 0
    assert table is not None
    assert table.empty


def test_rows_that_cannot_be_used_are_named_and_the_others_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, table = run(
        tmp_path, "id,question,answer\n1,colour,x\n2,budget,a,b\n\n3,budget,CFO mail 4 Mar: 240k approved\n"
    )
    assert code == 0
    assert table is not None
    assert list(table["id"]) == ["3"]
    said = capsys.readouterr().err
    assert "row 2, column question: unknown question" in said
    assert "got 'colour'" in said
    assert "row 3: a row of another width; expected 3 cells; got 4" in said
    assert "1 answer scored, 2 rows left out" in said


def test_many_bad_rows_are_not_all_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = run(tmp_path, "id,question,answer\n1,budget,x\n" + "2,colour,x\n" * 30)
    said = capsys.readouterr().err
    assert code == 0
    assert said.count("unknown question") == 20
    assert "and 10 more" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,answer\n1,x\n", "column missing: question"),
        ("id,question,answer\n1,colour,x\n", "unknown question"),
        ("", "an empty file"),
    ],
)
def test_a_file_of_no_use_is_one_message(
    tmp_path: Path, content: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, table = run(tmp_path, content)
    said = capsys.readouterr().err
    assert code == 2
    assert table is None
    assert says in said
    assert len(said.strip().splitlines()) == 1


def test_missing_file_and_targets_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["depth", str(tmp_path / "no.csv"), "--out", str(tmp_path / "out.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
    source = tmp_path / "in.csv"
    source.write_text(GOOD, encoding="utf-8")
    assert main(["depth", str(source), "--out", str(tmp_path / "no" / "out.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main(["depth", str(source), "--out", str(source)]) == 2
    assert "OUT.csv is IN.csv" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == GOOD


def test_the_help_says_what_happens_to_bad_rows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["depth", "--help"])
    assert "left out" in capsys.readouterr().out


def test_all_processors_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = load("examples.csv").head(40)
    questions, texts = list(answers["question"]), list(answers["answer"])
    monkeypatch.setattr(many, "_PART", 10)
    parts = list(many.explain_parts(questions, texts))
    assert [len(part) for part in parts] == [10] * 4
    assert [one for part in parts for one in part] == explain_all(questions, texts)
