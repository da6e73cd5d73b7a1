"""Many generated Blue Sheets in a zip: every landed fact leads to its paragraph, and again is nothing."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from analytics.commands import main
from analytics.sample_company import WorldOptions, build_world
from analytics.sample_company.sheets import make_sheets, sheet_deals
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging
from tests.small_stores import contents

EVER = datetime(9999, 1, 1)
SHEETS = 64  # four of each layout; the benchmark takes 300


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    folder = tmp_path_factory.mktemp("many")
    built = build_world(WorldOptions.small())
    store = Store(folder / "many.duckdb")
    staging = Staging()
    for name, frame in built.subjects.items():
        staging.add(name, frame, file_no=staging.add_file(name, "sample", name, len(frame)))
    land(store, staging, kind="sample")
    path = folder / "sheets.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content, _ in make_sheets(SHEETS, 5, sheet_deals(built.subjects, built.options.last_day)):
            archive.writestr(f"laptops/{name}", content)
    assert main(["--store", str(store.path), "import", str(path)]) == 0
    return store, path


def test_every_document_is_kept_and_accounted_for(imported: tuple[Store, Path]) -> None:
    store, _ = imported
    with store.reading() as con:
        files = con.execute(
            "select rows_read, loaded, unchanged, rejected from import_file where kind = 'blue-sheets'"
        ).fetchall()
    assert len(files) == SHEETS
    assert all(
        read == loaded + unchanged + rejected and not rejected for read, loaded, unchanged, rejected in files
    )
    found = store.query("documents_as_of", as_of_end=EVER, deal_id=None)
    assert len(found) == SHEETS
    assert found["deal_id"].notna().mean() > 0.7, "the rest waits for a person"


def test_every_fact_leads_to_the_paragraph_that_says_it(imported: tuple[Store, Path]) -> None:
    store, _ = imported
    with store.reading() as con:
        texts = {
            (document, number): text
            for document, number, text in con.execute(
                "select document_id, paragraph, text from document_paragraph"
            ).fetchall()
        }
        facts = con.execute(
            "select document_id, paragraph, answer from answer where document_id is not null"
            " union all select document_id, paragraph, text from case_note"
            " union all select document_id, paragraph, name from buying_influence where name is not null"
        ).fetchall()
    assert len(facts) > SHEETS * 5
    for document, number, said in facts:
        first = str(said).splitlines()[0].strip()
        assert first in texts[document, number], f"paragraph {number} does not say {first!r}"


def test_importing_them_again_changes_nothing(imported: tuple[Store, Path], tmp_path: Path) -> None:
    store, path = imported
    before = contents(store)
    assert main(["--store", str(store.path), "import", str(path)]) == 0
    assert contents(store) == before
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    subjects = ["answer", "case_note", "buying_influence", "document", "document_paragraph", "document_deal"]
    assert main(["--store", str(store.path), "import", str(tmp_path / "laptops")]) == 0
    assert contents(store, of=subjects) == {name: before[name] for name in subjects}
