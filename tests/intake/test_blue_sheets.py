"""Blue Sheets land as answers, people, flags and actions of the right deal, each with its paragraph."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from analytics.business_case.by_hand import place
from analytics.business_case.documents import assign, documents, original, paragraphs
from analytics.business_case.editing import Seen, save_answer
from analytics.commands import main
from analytics.company import company_of
from analytics.problems import BadInput
from analytics.sheets import add_to_deal
from analytics.store.database import Store
from tests.small_stores import STAGES, contents, load

EVER = datetime(9999, 1, 1)
DEALS = [
    {"deal_id": "NB-1", "name": "Alpha / Portal", "account_name": "Alpha GmbH"},
    {"deal_id": "NB-2", "name": "Alpha / Archive", "account_name": "Alpha GmbH"},
    {"deal_id": "NB-3", "name": "Portal", "account_name": "Müller & Söhne AG"},
    {"deal_id": "006A000001AbCdEFGH", "name": "Twin", "account_name": "Twins Inc"},
    {"deal_id": "NB-5", "name": "Twin", "account_name": "Twins Inc"},
]
BUDGET = "CFO Ana Ruiz released 240k on 4 May, cost centre 7731"


def sheet(
    *head: tuple[str, str], budget: str = BUDGET, saved: str = "2026-05-12", extra: Sequence[str] = ()
) -> bytes:
    """A plain sheet: label and value in a table, then headings with text."""
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for label, value in head:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    document.add_heading("How do we know budget has been allocated?", 2)
    document.add_paragraph(budget)
    document.add_heading("Red flags", 2)
    document.add_paragraph("Legal has not seen our terms", style="List Bullet")
    for text in extra:
        document.add_paragraph(text)
    document.core_properties.modified = document.core_properties.created = datetime.fromisoformat(saved)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "sheets.duckdb")
    changes = [
        {
            "deal_id": one["deal_id"],
            "valid_at": "2026-03-01",
            "stage": "Propose",
            "amount": 9,
            "close_date": "2026-09-30",
        }
        for one in DEALS
    ]
    load(made, deal=[{"source": "test", **one} for one in DEALS], deal_change=changes, stage=STAGES)
    return made


def run(store: Store, *arguments: str) -> int:
    return main(["--store", str(store.path), "import", *arguments])


def import_sheets(store: Store, folder: Path, **files: bytes) -> int:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    return run(store, str(folder), "--kind", "blue-sheets")


def answers(store: Store) -> pd.DataFrame:
    with store.reading() as con:
        return con.execute("select * from answer order by deal_id, question, valid_at").df()


def held(store: Store) -> pd.DataFrame:
    return documents(store, EVER).set_index("file")


@pytest.mark.parametrize(
    ("head", "deal_id", "how"),
    [
        ([("Opportunity ID", "NB-1")], "NB-1", "id"),
        ([("Opportunity ID", "nb-1"), ("Account", "Alpha")], "NB-1", "id"),
        ([("Opportunity ID", "006A000001AbCdE")], "006A000001AbCdEFGH", "id"),
        ([("Account", "ALPHA"), ("Opportunity", "Portal")], "NB-1", "account and name"),
        ([("Account", "Alpha GmbH"), ("Opportunity", "Alpha / Archive")], "NB-2", "account and name"),
        ([("Account", "Mueller & Soehne"), ("Opportunity", "Portal")], None, "no deal has exactly"),
        ([("Account", "Müller & Söhne AG"), ("Opportunity", "Portal")], "NB-3", "account and name"),
        ([("Account", "Alpha GmbH")], None, "no deal has exactly"),
        ([("Account", "Twins Inc"), ("Opportunity", "Twin")], None, "2 deals have this"),
        ([("Opportunity ID", "NB-1"), ("Account", "Zeppelin Shipping")], None, "the id is that of Alpha"),
        (
            [("Opportunity ID", "NB-99"), ("Account", "Alpha"), ("Opportunity", "Portal")],
            None,
            "NB-99 is not",
        ),
        ([], None, "neither id nor account"),
    ],
)
def test_a_sheet_finds_its_deal_or_waits(
    store: Store, tmp_path: Path, head: list[tuple[str, str]], deal_id: str | None, how: str
) -> None:
    assert import_sheets(store, tmp_path / "in", one=sheet(*head)) == 0
    row = held(store).loc["one.docx"]
    assert (None if pd.isna(row["deal_id"]) else row["deal_id"]) == deal_id
    assert how in row["how"]
    assert len(answers(store)) == (1 if deal_id else 0)


def test_facts_are_linked_to_their_paragraph_and_dated_by_the_sheet(store: Store, tmp_path: Path) -> None:
    import_sheets(
        store, tmp_path / "in", one=sheet(("Opportunity ID", "NB-1"), extra=["Strange remark 4711."])
    )
    row = answers(store).iloc[0]
    assert (row["deal_id"], row["question"], row["answer"]) == ("NB-1", "budget", BUDGET)
    assert row["valid_at"].date() == date(2026, 5, 12)
    rows = paragraphs(store, row["document_id"], EVER).set_index("paragraph")
    assert rows.loc[row["paragraph"], "text"] == BUDGET
    assert rows.loc[row["paragraph"], "used_as"] == "answer: budget"
    notes = store.query("deal_notes", deal_id="NB-1", as_of_end=EVER)
    flag = notes[notes["kind"] == "red_flag"].iloc[0]
    assert rows.loc[flag["paragraph"], "text"] == flag["text"] == "Legal has not seen our terms"
    assert store.query("deal_notes", deal_id="NB-1", as_of_end=datetime(2026, 5, 11)).empty


def test_nothing_of_a_sheet_is_lost(store: Store, tmp_path: Path) -> None:
    content = sheet(("Account", "Alpha"), ("Opportunity", "Portal"), extra=["Strange remark 4711."])
    import_sheets(store, tmp_path / "in", one=content)
    document_id = held(store).loc["one.docx", "document_id"]
    assert original(store, document_id) == ("one.docx", content)
    texts = paragraphs(store, document_id, EVER)["text"].tolist()
    for said in ("Alpha", "Portal", BUDGET, "Legal has not seen our terms", "Strange remark 4711."):
        assert said in texts


def test_importing_again_changes_nothing_even_from_a_zip_or_another_folder(
    store: Store, tmp_path: Path
) -> None:
    files = {
        "one": sheet(("Opportunity ID", "NB-1")),
        "two": sheet(("Opportunity ID", "NB-2"), budget="No money before January"),
        "lost": sheet(("Account", "Nobody")),
    }
    import_sheets(store, tmp_path / "in", **files)
    before = contents(store, of=["answer", "case_note", "buying_influence", "document", "document_deal"])
    import_sheets(store, tmp_path / "other", **files)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"sub/{name}.docx", content)
    assert run(store, str(tmp_path / "all.zip"), "--kind", "blue-sheets") == 0
    assert run(store, str(tmp_path / "all.zip")) == 0  # recognised without being told
    assert contents(store, of=list(before)) == before


def test_read_is_loaded_unchanged_and_rejected(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.docx").write_bytes(sheet(("Opportunity ID", "NB-1")))
    (folder / "broken.docx").write_bytes(sheet(("Opportunity ID", "NB-2"))[:900])
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    capsys.readouterr()
    assert run(store, str(folder), "--kind", "blue-sheets", "--json") == 0
    files = {one["file"].rpartition("/")[2]: one for one in json.loads(capsys.readouterr().out)["files"]}
    assert all(
        one["rows_read"] == one["loaded"] + one["unchanged"] + one["rejected"] for one in files.values()
    )
    assert files["good.docx"]["rejected"] == 0
    assert [files[name]["rejected"] for name in ("broken.docx", "old.doc")] == [1, 1]
    rejects = store.query("rejects")
    assert len(rejects) == 2
    assert all(rejects["reason"].str.len() > 20)


@pytest.mark.parametrize("name", ["broken.docx", "picture.docx"])
def test_one_bad_document_alone_is_one_message(
    store: Store, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(
        b"PK\x03\x04 no zip" if name.startswith("b") else b"\x89PNG\r\n" + bytes(99)
    )
    before = contents(store)
    assert run(store, str(tmp_path / name), "--kind", "blue-sheets") == 2
    assert name in capsys.readouterr().err
    assert contents(store) == before


def test_a_person_chooses_the_deal_of_a_waiting_sheet(store: Store, tmp_path: Path) -> None:
    content = sheet(("Account", "Twins Inc"), ("Opportunity", "Twin"))
    import_sheets(store, tmp_path / "in", one=content)
    row = held(store).loc["one.docx"]
    assert set(row["candidates"]) >= {"NB-5", "006A000001AbCdEFGH"}
    assign(store, row["document_id"], "NB-5", author="Mia")
    assert answers(store)["deal_id"].tolist() == ["NB-5"]
    assert answers(store)["valid_at"].iloc[0].date() == date(2026, 5, 12)
    after = held(store).loc["one.docx"]
    assert (after["deal_id"], after["state"], after["decided_by"]) == ("NB-5", "matched", "Mia")
    import_sheets(store, tmp_path / "other", one=content)
    assert held(store).loc["one.docx", "deal_id"] == "NB-5"
    assert len(answers(store)) == 1


def test_no_deal_stays_no_deal(store: Store, tmp_path: Path) -> None:
    content = sheet(("Account", "Alpha GmbH"))
    import_sheets(store, tmp_path / "in", one=content)
    assign(store, held(store).loc["one.docx", "document_id"], None, author="Mia")
    import_sheets(store, tmp_path / "other", one=content)
    assert held(store).loc["one.docx", "state"] == "no deal"


def test_a_sheet_moved_to_another_deal_leaves_the_first_as_it_was(store: Store, tmp_path: Path) -> None:
    load(
        store,
        answer=[
            {
                "deal_id": "NB-1",
                "question": "budget",
                "valid_at": "2026-04-01",
                "answer": "before",
                "author": "Kim",
            }
        ],
    )
    import_sheets(store, tmp_path / "in", one=sheet(("Opportunity ID", "NB-1")))
    document_id = held(store).loc["one.docx", "document_id"]
    assert said(store, "NB-1") == (BUDGET, 1)
    assign(store, document_id, "NB-2", author="Mia")
    assert said(store, "NB-1") == ("before", 0)
    assert said(store, "NB-2") == (BUDGET, 1)
    changes = store.query("answer_changes", since=datetime(2026, 1, 1), as_of_end=EVER, scorer="", limit=9)
    assert sorted(changes["deal_id"]) == ["NB-1", "NB-2"]  # nobody is named for a change that nobody made
    assert store.query(
        "answer_standings", as_of_end=EVER, deal_id=None
    ).empty  # not a copy of what the first deal had
    assign(store, document_id, "NB-1", author="Mia")
    assert said(store, "NB-1") == (BUDGET, 1)
    assert said(store, "NB-2") == (None, 0)


def test_what_a_person_placed_moves_with_its_sheet(store: Store, tmp_path: Path) -> None:
    odd = ["waxing 4711", "rain 4712"]
    unknown = zip(("Moon phase", "Weather"), odd, strict=True)
    import_sheets(store, tmp_path / "in", one=sheet(("Opportunity ID", "NB-1"), *unknown))
    document_id = held(store).loc["one.docx", "document_id"]
    rows = paragraphs(store, document_id, EVER).set_index("text")
    for text, used_as in zip(odd, ("answer: budget", "red_flag"), strict=True):
        place(store, document_id, int(rows.loc[text, "paragraph"]), used_as, author="Mia")
    before = said(store, "NB-1")
    assert before == (f"{BUDGET}\n{odd[0]}", 2)
    for deal_id in ("NB-2", "NB-1"):
        assign(store, document_id, deal_id, author="Mia")
        assert said(store, deal_id) == before


def test_before_a_sheet_was_moved_only_the_first_deal_had_it(store: Store, tmp_path: Path) -> None:
    import_sheets(store, tmp_path / "in", one=sheet(("Opportunity ID", "NB-1")))
    assign(store, held(store).loc["one.docx", "document_id"], "NB-2", author="Mia")
    then = datetime(2026, 5, 20)
    assert said(store, "NB-1", then) == (BUDGET, 1)
    assert said(store, "NB-2", then) == (None, 0)


def test_an_answer_is_written_over_one_whose_sheet_has_moved_away(store: Store, tmp_path: Path) -> None:
    import_sheets(store, tmp_path / "in", one=sheet(("Opportunity ID", "NB-1")))
    assign(store, held(store).loc["one.docx", "document_id"], None, author="Mia")
    assert save_answer(store, "NB-1", "budget", "none yet", author="Kim", seen=Seen(None, ""))


def said(store: Store, deal_id: str, at: datetime = EVER) -> tuple[str | None, int]:
    """The budget answer of a deal, and how many notes it has."""
    rows = store.query("deal_answers", deal_id=deal_id, as_of_end=at, scorer="")
    notes = store.query("deal_notes", deal_id=deal_id, as_of_end=at)
    return (rows["answer"].iloc[0] if len(rows) else None), len(notes)


def test_the_upload_to_a_deal_needs_a_name_before_anything_is_kept(store: Store) -> None:
    content, before = sheet(("Opportunity ID", "NB-1")), contents(store)
    company = company_of(store)
    with pytest.raises(BadInput, match="your name"):
        add_to_deal(store, company, "one.docx", content, "NB-2", author=" ")
    assert contents(store) == before
    add_to_deal(store, company, "one.docx", content, "NB-2", author="Mia")
    assert (said(store, "NB-1"), said(store, "NB-2")) == ((None, 0), (BUDGET, 1))


def test_ids_that_differ_in_case_alone_are_different_deals(store: Store, tmp_path: Path) -> None:
    """Salesforce's short ids are like that."""
    ids = ["006A000001aaaaa", "006A000001aaaaA"]
    load(store, deal=[{"source": "test", "deal_id": one, "name": one, "account_name": "X"} for one in ids])
    import_sheets(
        store,
        tmp_path / "in",
        first=sheet(("Opportunity ID", ids[0])),
        second=sheet(("Opportunity ID", ids[1])),
        neither=sheet(("Opportunity ID", ids[0].lower().upper())),
    )
    found = held(store)["deal_id"]
    assert (found["first.docx"], found["second.docx"]) == (ids[0], ids[1])
    assert pd.isna(found["neither.docx"])


def test_sheets_that_waited_find_deals_that_come_later(tmp_path: Path) -> None:
    store = Store(tmp_path / "new.duckdb")
    content = sheet(("Opportunity ID", "NB-1"))
    import_sheets(store, tmp_path / "in", one=content)
    assert held(store).loc["one.docx", "state"] == "unsure"
    load(store, deal=[{"source": "test", **one} for one in DEALS])
    import_sheets(store, tmp_path / "other", one=content)
    assert held(store).loc["one.docx", "deal_id"] == "NB-1"
    assert said(store, "NB-1", datetime(2026, 5, 20)) == (BUDGET, 1)  # it always was this deal's
    assert len(answers(store)) == 1


def test_two_sheets_of_one_day_keep_both_answers_within_that_day(store: Store, tmp_path: Path) -> None:
    files = {
        "a": sheet(("Opportunity ID", "NB-1")),
        "b": sheet(("Opportunity ID", "NB-1"), budget="It was cut"),
    }
    import_sheets(store, tmp_path / "in", **files)
    rows = answers(store)
    assert rows["answer"].tolist() == [BUDGET, "It was cut"]
    assert set(rows["valid_at"].dt.date) == {date(2026, 5, 12)}
    for name, content in files.items():  # alone, and in the other order
        import_sheets(store, tmp_path / f"again {name}", **{name: content})
    pd.testing.assert_frame_equal(answers(store), rows)


def test_a_later_sheet_is_the_newest_version_whatever_the_order(store: Store, tmp_path: Path) -> None:
    import_sheets(
        store, tmp_path / "new", b=sheet(("Opportunity ID", "NB-1"), budget="cut", saved="2026-06-01")
    )
    import_sheets(store, tmp_path / "old", a=sheet(("Opportunity ID", "NB-1"), saved="2026-05-01"))
    assert answers(store)["answer"].tolist() == [BUDGET, "cut"]


def test_what_cannot_be_assigned_says_why(store: Store, tmp_path: Path) -> None:
    import_sheets(store, tmp_path / "in", one=sheet(("Account", "Nobody")))
    document_id = held(store).loc["one.docx", "document_id"]
    with pytest.raises(BadInput, match="your name"):
        assign(store, document_id, "NB-1", author=" ")
    with pytest.raises(BadInput, match="no such deal"):
        assign(store, document_id, "NB-404", author="Mia")
    with pytest.raises(BadInput, match="no such document"):
        assign(store, "nothing", "NB-1", author="Mia")


def test_a_folder_without_documents_says_what_to_give(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("x\n1\n")
    assert run(store, str(tmp_path / "in"), "--kind", "blue-sheets") == 2
    assert "no Word document" in capsys.readouterr().err
