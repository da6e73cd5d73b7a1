"""The import screen: from files that nobody has seen before to deals in the store, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.store.database import Store
from analytics.store.undo import history
from tests.pages.conftest import texts

App = Callable[..., AppTest]
PAGE, LOADED = "pages/trust/import_data.py", "pages/trust/data_loaded.py"
HEADER = [
    *("Vorgangsnummer", "Bezeichnung", "Kunde", "Phase", "Auftragswert", "Voraussichtlicher Abschluss"),
    *("Angelegt am", "Verantwortlich"),
]
TODAY = date.today()
SOON, NOW, LONG_AGO = (f"{TODAY + timedelta(days=n):%d.%m.%Y}" for n in (9, 0, -500))
DEALS = [
    ["A-1", "Lizenz", "Adler GmbH", "Qualifizierung", "12.500,00", SOON, "23.09.2024", "Ina Vogt"],
    ["A-2", "Ausbau", "Brandt AG", "Angebot", "48.000,00", SOON, "14.08.2024", "Ina Vogt"],
    ["A-3", "Rahmen", "Carl KG", "Verhandlung", "91.250,50", SOON, "21.07.2024", "Jan Ott"],
    ["A-4", "Pilot", "Dorn SE", "Gewonnen", "22.000,00", NOW, "22.06.2024", "Jan Ott"],
    ["A-5", "Umstieg", "Erler GmbH", "Verloren", "30.000,00", LONG_AGO, "15.01.2024", "Ina Vogt"],
]
ON_ICE = ["A-6", "Halt", "Falk AG", "Auf Eis", "64.000,00", SOON, "11.05.2024", "Jan Ott"]
UNREADABLE = ["A-7", "Kurs", "Gaus GmbH", "Angebot", "kein Betrag", SOON, "14.09.2024", "Ina Vogt"]


def table(*rows: list[str], name: str = "Vorgaenge.csv") -> tuple[str, bytes, str]:
    """A CSV as a German CRM writes it."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([HEADER, *rows])
    return name, out.getvalue().encode("utf-8"), "text/csv"


def plain(at: AppTest) -> str:
    return texts(at).replace("\\", "")


def press(at: AppTest, label: str) -> AppTest:
    found = [button for button in at.button if button.label.startswith(label)]
    assert found, f"no button '{label}' among {[button.label for button in at.button]}"
    return found[0].click().run()


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def give(at: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    at.file_uploader[-1].set_value(list(files)).run()
    assert not at.exception
    return at


def unsure(at: AppTest) -> list[Any]:
    """The questions what a stage means."""
    return [radio for radio in at.radio if radio.options == ["Open", "Won", "Lost"]]


def to_the_try(at: AppTest, *, is_first: bool = True) -> AppTest:
    press(at, "These columns are right")
    for asked in unsure(at):
        asked.set_value("Open").run()
    press(at, "These words are right")
    return press(at, "Save and continue" if is_first else "Continue")


def load(at: AppTest, name: str = "Ann") -> AppTest:
    press(at, "Try it")
    at.text_input(key="name import").set_value(name).run()
    press(at, "Load")
    assert not at.exception
    return at


@pytest.fixture
def new(app: App, tmp_path: Path) -> Callable[[], AppTest]:
    """The import screen of a store that is not there yet."""
    return lambda: app(PAGE, store=tmp_path / "new.duckdb")


@pytest.fixture
def store_of(tmp_path: Path) -> Store:
    return Store(tmp_path / "new.duckdb")


def test_without_data_the_first_page_leads_to_the_import(app: App, tmp_path: Path) -> None:
    at = app(store=tmp_path / "new.duckdb")
    assert {"Import files", "Build the sample"} <= set(labels(at))
    press(at, "Import files")
    assert [title.value for title in at.title] == ["Import"]
    assert at.file_uploader[0].accept_multiple_files


def test_an_unknown_crm_is_loaded_step_by_step(new: Callable[[], AppTest], store_of: Store) -> None:
    at = give(new(), table(*DEALS))
    assert "Found deals in 1 file" in plain(at)
    chosen = {box.label: box.value for box in at.selectbox}
    assert chosen["Deal id"] == "Vorgangsnummer"
    assert chosen["Stage"] == "Phase"
    assert chosen["Amount"] == "Auftragswert"
    assert "12.500,00 · 48.000,00 · 91.250,50" in plain(at)  # values beside the column
    at.selectbox(key="import column owner 1").set_value("Verantwortlich").run()
    if "Read with these columns" in labels(at):
        press(at, "Read with these columns")
    else:
        press(at, "These columns are right")
    press(at, "These words are right")
    at.text_input(key="import set name").set_value("Vogt Software")
    at.selectbox(key="import set currency").set_value("EUR")
    at.selectbox(key="import set month").set_value(2)
    press(at, "Save and continue")
    assert "Nothing is open." in plain(at)
    assert "deal" not in _tables_with_rows(store_of)  # nothing written yet
    load(at)
    assert "Loaded. 5 rows read" in plain(at)
    assert "Ann" in history(store_of)["loaded_by"].tolist()
    at.switch_page("pages/quarter/quarter_end.py").run()
    assert not at.exception
    said = plain(at)
    assert "Vogt Software" in said
    assert "€22K" in "".join(metric.value for metric in at.metric).replace("\\", "")


def _tables_with_rows(store: Store) -> list[str]:
    with store.reading() as con:
        names = ["deal", "deal_change", "setting"]
        return [name for name in names if con.execute(f"select count(*) from {name}").fetchone() != (0,)]


def test_a_stage_nobody_knows_stops_the_import_and_says_its_money(new: Callable[[], AppTest]) -> None:
    at = give(new(), table(*DEALS, ON_ICE))
    press(at, "These columns are right")
    assert [one.label.replace("\\", "") for one in unsure(at)] == ["Auf Eis: 1 deal with 64,000"]
    press(at, "These words are right")
    press(at, "Save and continue")
    stopped = " ".join(error.value for error in at.error).replace("\\", "")
    assert "Auf Eis" in stopped
    assert "1 deal with 64,000" in stopped
    assert "(#import-words)" in stopped
    assert "Try it" not in labels(at)
    unsure(at)[0].set_value("Lost").run()
    assert not at.error
    rule = at.session_state["importing"].choices.stages["Auf Eis"]
    assert (rule.closed, rule.won) == (True, False)
    assert "Try it" in labels(at)


def test_a_change_of_the_stage_table_is_kept(new: Callable[[], AppTest]) -> None:
    at = give(new(), table(*DEALS, ON_ICE))
    press(at, "These columns are right")
    state = at.session_state["importing"]
    key = next(key for key in state.tables if key.startswith("import stages"))
    row = state.tables[key]["Stage"].tolist().index("Auf Eis")
    edits = {"edited_rows": {row: {"Means": "Lost"}}, "added_rows": [], "deleted_rows": []}
    at.session_state[key] = edits
    at.run()
    rule = state.choices.stages["Auf Eis"]
    assert (rule.closed, rule.won) == (True, False)
    at.switch_page(LOADED).run()
    at.switch_page(PAGE).run()  # and back: nothing is forgotten
    assert at.session_state["importing"].choices.stages["Auf Eis"] == rule


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (("notes.pdf", b"%PDF", "application/pdf"), "cannot be read"),
        (("deals.csv", b"", "text/csv"), "this file is empty"),
        (("deals.zip", b"PK\x05\x06" + b"\0" * 18, "application/zip"), "holds no"),
        (("deals.xlsx", b"not a workbook", "application/xlsx"), "deals.xlsx"),
    ],
)
def test_files_of_no_use_get_a_message_that_teaches(
    new: Callable[[], AppTest], file: tuple[str, bytes, str], says: str
) -> None:
    at = give(new(), file)
    told = " ".join(error.value for error in at.error).replace("\\", "")
    assert says in told
    assert [header.value for header in at.subheader] == ["1 Files"]


def test_names_in_files_are_shown_as_written(new: Callable[[], AppTest]) -> None:
    picture = "![x](https://evil.example/p.png)"
    row = [*DEALS[0][:1], picture, picture, picture, *DEALS[0][4:]]
    at = give(new(), table(row, name="![x](evil).csv"))
    press(at, "These columns are right")
    press(at, "These words are right")
    for kind in ("markdown", "caption", "error", "warning", "info"):
        assert not any(picture in str(element.value) for element in at.get(kind))


def test_next_week_is_read_as_last_time_and_can_be_undone(
    new: Callable[[], AppTest], store_of: Store
) -> None:
    last_week = TODAY - timedelta(days=7)
    at = to_the_try(give(new(), table(*DEALS, ON_ICE, name=f"Vorgaenge_{last_week}.csv")))
    assert next(one for one in at.date_input if one.label == "True as of").value == last_week
    load(at)
    later = [*DEALS[1][:4], "50.000,00", *DEALS[1][5:]]
    give(at, table(DEALS[0], later, *DEALS[2:], ON_ICE, name="Vorgaenge.csv"))
    assert "Read as last time (vorgaenge" in plain(at)
    assert not unsure(at)  # the stage that was explained is known
    press(at, "Continue")
    load(at, "Ben")
    assert _amounts(store_of, "A-2") == [(last_week, 48_000), (TODAY, 50_000)]
    second = int(history(store_of).query("loaded_by == 'Ben' and kind == 'auto'")["import_id"].iloc[0])
    at.switch_page(LOADED).run()
    at.selectbox(key="import looked into").set_value(second).run()
    press(at, "Undo this import")
    press(at, "Undo it")
    assert "A reason and your name are needed" in plain(at)
    at.text_input(key=f"undo reason {second}").set_value("wrong week")
    press(at, "Undo it")
    assert not at.exception
    assert f"Import {second} is undone" in plain(at)
    assert _amounts(store_of, "A-2") == [(last_week, 48_000)]
    press(at, "Put this import back")
    press(at, "Put it back")
    assert _amounts(store_of, "A-2") == [(last_week, 48_000), (TODAY, 50_000)]


def _amounts(store: Store, deal_id: str) -> list[tuple[date, float]]:
    with store.reading() as con:
        return con.execute(
            "select valid_at::date, amount::double from deal_change where deal_id = ? and amount is not null"
            " order by valid_at, import_id",
            [deal_id],
        ).fetchall()


def test_rejected_rows_are_corrected_and_loaded_again(new: Callable[[], AppTest], store_of: Store) -> None:
    at = load(to_the_try(give(new(), table(*DEALS, UNREADABLE))))
    assert "1 row could not be read" in plain(at)
    to_fix = at.session_state["importing"].done.to_fix[0]
    fixed = to_fix.content.decode("utf-8-sig").replace("kein Betrag", "7.000,00")
    at.file_uploader[0].set_value([(to_fix.name, fixed.encode(), "text/csv")]).run()
    press(at, "Load the corrected rows")
    assert not at.exception
    assert not at.error
    assert _amounts(store_of, "A-7") == [(TODAY, 7_000)]
    assert _amounts(store_of, "A-2") == [(TODAY, 48_000)]  # nothing else is touched, nothing is gone
    at.switch_page(LOADED).run()
    assert "Every row that could not be read was corrected since." in plain(at)
    rejects = next(one.value for one in at.dataframe if "Corrected in import" in one.value)
    (corrected,) = rejects["Corrected in import"].dropna().unique()
    assert history(store_of).set_index("import_id")["kind"][corrected] == "correction"


def test_typed_rates_are_no_rows_of_the_files(new: Callable[[], AppTest]) -> None:
    dollars = [[*row[:4], f"{row[4]} USD", *row[5:]] for row in DEALS]
    at = give(new(), table(*dollars))
    press(at, "These columns are right")
    press(at, "These words are right")
    at.selectbox(key="import set currency").set_value("EUR")
    press(at, "Save and continue")
    at.number_input(key="import rate USD 1").set_value(0.9).run()
    load(at)
    assert "Loaded. 5 rows read" in plain(at)


def folds(at: AppTest) -> dict[str, bool]:
    return {one.label: one.proto.expanded for one in at.expander}


def test_an_agreed_step_is_folded_until_something_in_it_holds_up(new: Callable[[], AppTest]) -> None:
    at = give(new(), table(*DEALS, ON_ICE))
    assert "Change how the columns are read" not in folds(at)
    press(at, "These columns are right")
    assert folds(at)["Change how the columns are read"] is False
    press(at, "These words are right")
    assert folds(at)["Change what the words mean"] is True, "a stage is not decided"
    unsure(at)[0].set_value("Lost").run()
    assert folds(at)["Change what the words mean"] is False


def test_a_salesforce_export_is_asked_for_the_stage_that_it_leaves_unsaid(
    new: Callable[[], AppTest], store_of: Store
) -> None:
    lines = [
        "Id,Name,StageName,Amount,CloseDate,CreatedDate",
        f"006000000000001AAA,Adler,Prospecting,100,{TODAY},2024-01-01",
        f"006000000000002AAA,Brandt,Vertrag unterschrieben,5000,{TODAY},2024-01-01",
    ]
    at = give(new(), ("Opportunity.csv", "\n".join(lines).encode(), "text/csv"))
    asked = [one.label.replace("\\", "") for one in unsure(at)]
    assert asked == ["Vertrag unterschrieben: 1 deal with 5,000"]
    press(at, "These words are right")
    press(at, "Save and continue")
    assert "Try it" not in labels(at)
    unsure(at)[0].set_value("Won").run()
    load(at)
    with store_of.reading() as con:
        rows = con.execute("select stage from deal_change where is_won").fetchall()
    assert set(rows) == {("Vertrag unterschrieben",)}
