"""The import screen's four steps on a table that Plumbline has never seen: look, check, rehearse, load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analytics.company import Scope, company_of
from analytics.import_words import new_stage_in_words
from analytics.importing import Choices, Look, check, forget, load, look, rehearse
from analytics.importing.files import load_files
from analytics.intake.mapping import Mapping, StageRule, mapping_of
from analytics.intake.mapping_text import text_of
from analytics.pipeline.quarter_end import quarter_end
from analytics.problems import BadInput, NotEnough
from analytics.store.database import Store
from analytics.store.settings import write_setting

#: A Dutch CRM: semicolons, Windows-1252, decimal commas, days first, stages of its own.
DUTCH = """Kansnr.;Onderwerp;Klant;Verkoper;Fase;Waarde (EUR);Verwachte sluitdatum;Aangemaakt op;Kans %
K-1;Vloer één;Bakker bv;Jan;Offerte;1.250,00;28-12-2026;03-02-2026;50
K-2;Muur;Smit nv;Piet;Getekend;20.000,00;14-10-2026;01-03-2026;100
K-3;Dak;Smit nv;Jan;Afgevallen;5.000,00;13-09-2026;01-03-2026;0
K-4;Kozijn;Bakker bv;Jan;Eerste gesprek;750,50;31-01-2027;20-11-2026;10
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "own.duckdb")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("cp1252"))
        return path

    return write


def explained(found: Look) -> Choices:
    """What a person chooses who takes every suggestion."""
    return replace(found.choices, stages=found.suggested | found.choices.stages)


def deals(store: Store) -> dict[str, tuple[object, ...]]:
    with store.reading() as con:
        rows = con.execute(
            "select deal_id, stage, amount::double, close_date, is_won from deal_change"
            " qualify row_number() over (partition by deal_id order by valid_at desc, seq desc) = 1"
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_an_unknown_table_is_understood_and_what_is_unsure_is_asked(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    found = look(store, [file("kansen 2026-11-27.csv", DUTCH)])
    assert [(one.kind, one.lines, one.problem) for one in found.files] == [("deals", 4, "")]
    chosen = found.choices
    assert {name: chosen.columns[name] for name in ("deal_id", "name", "account_name", "owner", "stage")} == {
        "deal_id": "Kansnr.",
        "name": "Onderwerp",
        "account_name": "Klant",
        "owner": "Verkoper",
        "stage": "Fase",
    }
    assert (chosen.columns["amount"], chosen.columns["close_date"]) == (
        "Waarde (EUR)",
        "Verwachte sluitdatum",
    )
    assert (chosen.currency, chosen.as_of) == ("EUR", date(2026, 11, 27))
    assert list(found.stages["stage"])[-1:] == ["Afgevallen"]
    assert found.suggested["Getekend"].won
    assert not found.suggested["Afgevallen"].won
    assert set(chosen.stages) == {"Eerste gesprek", "Offerte"}, "what may be won is not taken for granted"
    blocking = [point for point in check(found, chosen) if point.blocks]
    assert [point.where for point in blocking] == ["stages", "currencies"]
    assert "'Getekend'" in blocking[0].what
    assert "2 deals with 25,000" in blocking[0].cost


def test_it_is_tried_without_a_trace_then_loaded_as_told(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    path = file("kansen 2026-11-27.csv", DUTCH)
    write_setting(store, "company_currency", "EUR")
    chosen = explained(look(store, [path]))
    assert check(look(store, [path], chosen), chosen) == []
    before = store.version()
    tried = rehearse(store, [path], chosen)
    assert store.version() == before
    totals = tried.totals.set_index("what")["after"]
    assert (totals["Open deals"], totals["Open amount"]) == (2, 2000.5)
    result = load(store, [path], chosen, "Ann")
    assert result.files == tried.files
    assert deals(store)["K-1"] == ("Offerte", 1250.0, date(2026, 12, 28), False)
    assert deals(store)["K-2"] == ("Getekend", 20000.0, date(2026, 10, 14), True)


def test_a_rehearsal_needs_no_store_and_leaves_none(store: Store, file: Callable[[str, str], Path]) -> None:
    path = file("kansen.csv", DUTCH)
    tried = rehearse(store, [path], explained(look(store, [path])))
    assert tried.files[0].loaded == 4
    assert not store.exists


def test_next_week_it_is_read_as_last_time_until_that_is_forgotten(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    first = file("kansen 2026-11-20.csv", DUTCH)
    load(store, [first], replace(explained(look(store, [first])), name="kansen"), "Ann")
    second = file("kansen 2026-11-27.csv", DUTCH.replace("Offerte", "Getekend"))
    again = look(store, [second])
    assert again.kept == "kansen"
    assert again.choices.stages["Getekend"].won
    assert again.choices.as_of == date(2026, 11, 27)
    load(store, [second], again.choices, "Ann")
    assert deals(store)["K-1"][3] is True
    forget(store, "kansen", "Ann")
    assert look(store, [second]).kept == ""


def test_a_new_stage_that_is_surely_open_is_named(store: Store, file: Callable[[str, str], Path]) -> None:
    first = file("kansen 2026-11-20.csv", DUTCH)
    load(store, [first], explained(look(store, [first])), "Ann")
    assert look(store, [first]).new_stages == ()
    again = look(store, [file("kansen 2026-11-27.csv", DUTCH.replace(";Offerte;", ";Juridisch;"))])
    assert again.new_stages == ("Juridisch",)
    assert "stages" not in {point.where for point in check(again, again.choices)}
    (row,) = again.stages[again.stages["stage"] == "Juridisch"].to_dict("records")
    assert new_stage_in_words(row, again.choices) == "Juridisch: 1 deal with 1,250, taken as open"


def test_corrected_rows_mark_nothing_as_gone_and_leave_the_kept_mapping(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    first = file("kansen 2026-11-20.csv", DUTCH.replace("31-01-2027", "31-02-2027"))
    chosen = replace(explained(look(store, [first])), is_full=True)
    assert load(store, [first], chosen, "Ann").files[0].rejected == 1
    lines = DUTCH.splitlines()
    fixed = file("fixed.csv", "\n".join([lines[0], lines[4]]) + "\n")
    load(store, [fixed], chosen, "Ann", is_correction=True)
    assert set(deals(store)) == {"K-1", "K-2", "K-3", "K-4"}
    with store.reading() as con:
        assert con.execute("select count(*) from deal_change where is_gone").fetchone() == (0,)
    assert look(store, [first]).choices.is_full, "next week's file is a complete list again"


def test_another_list_that_shares_a_few_columns_is_not_read_as_last_time(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    few = "Id,Name,Stage\n1,Big,Closed Won\n2,Small,Proposal\n"
    path = file("few.csv", few)
    load(store, [path], explained(look(store, [path])), "Ann")
    more = file("more.csv", "Id,Name,Stage,Amount,Close Date\n1,Other,Proposal,5,2026-12-01\n")
    found = look(store, [more])
    assert found.kept == ""
    assert found.choices.columns["amount"] == "Amount"
    one_more = file("kansen.csv", DUTCH)
    load(store, [one_more], explained(look(store, [one_more])), "Ann")
    lines = [f"{line};{extra}" for line, extra in zip(DUTCH.splitlines(), ["Opm.", *"abcd"], strict=True)]
    wider = file("kansen breder.csv", "\n".join(lines) + "\n")
    assert look(store, [wider]).kept == "kansen"


def test_a_new_stage_next_week_stops_with_what_it_costs(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    first = file("kansen 2026-11-20.csv", DUTCH)
    load(store, [first], explained(look(store, [first])), "Ann")
    over = DUTCH.replace(";Offerte;", ";Nawerk;").replace("03-02-2026;50", "03-02-2026;100")
    second = file("kansen 2026-11-27.csv", over)
    again = look(store, [second])
    points = [point for point in check(again, again.choices) if point.where == "stages"]
    assert "'Nawerk'" in points[0].what
    assert points[0].blocks
    assert "1 deal with 1,250" in points[0].cost
    with pytest.raises(BadInput, match="Nawerk"):
        rehearse(store, [second], again.choices)


def test_what_cannot_be_told_is_asked_with_an_example(store: Store, file: Callable[[str, str], Path]) -> None:
    text = DUTCH.replace("28-12-2026", "08-12-2026").replace("14-10-2026", "04-10-2026")
    text = text.replace("13-09-2026", "03-09-2026").replace("31-01-2027", "01-01-2027")
    text = text.replace("20-11-2026", "02-11-2026")
    path = file("kansen.csv", text)
    found = look(store, [path])
    assert "3 September 2026 (dmy) or 9 March 2026 (mdy)" in found.questions["dates"]
    assert [point.where for point in check(found, found.choices) if point.where == "dates"] == ["dates"]
    told = replace(explained(found), date_order="dmy")
    assert "dates" not in [point.where for point in check(look(store, [path], told), told)]
    load(store, [path], told, "Ann")
    assert deals(store)["K-1"][2] == date(2026, 12, 8)


def test_files_that_are_left_out_or_not_known_stay_out(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    paths = [
        file("kansen.csv", DUTCH),
        file("weer.csv", "stad,regen\nUtrecht,3\n"),
        file("targets.csv", "owner_id,quarter_start,amount\n,2026-10-01,5000\n"),
    ]
    found = look(store, paths)
    assert [one.kind for one in found.files] == ["deals", "unknown", "targets"]
    assert [point.where for point in check(found, found.choices) if not point.blocks] == ["files"]
    result = load(store, paths, explained(found), "Ann")
    assert {one.file: one.rows_read for one in result.files} == {"kansen.csv": 4, "targets.csv": 1}
    assert any("weer.csv" in note for note in result.notes)
    only = replace(explained(found), kinds={"kansen.csv": "", "weer.csv": ""})
    assert [one.file for one in rehearse(store, paths, only).files] == ["targets.csv"]


def test_a_file_that_cannot_be_read_says_why_and_the_others_go_on(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    found = look(store, [file("kansen.csv", DUTCH), file("leeg.csv", "")])
    assert [bool(one.problem) for one in found.files] == [False, True]
    with pytest.raises(BadInput, match="empty"):
        look(store, [file("leeg.csv", "")])


def test_an_export_with_its_own_names_needs_no_mapping(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    path = file("Opportunity.csv", "Id,Name,StageName,Amount,CloseDate\n006A,Big,Proposal,10,2026-12-01\n")
    found = look(store, [path])
    assert not found.is_mapped
    assert check(found, found.choices) == []
    assert load(store, [path], found.choices, "Ann").files[0].loaded == 1


ODOO = """Externe ID;Verkaufschance;Stufe;Erwarteter Umsatz;Wahrscheinlichkeit;Erwarteter Abschluss;\
Abschlussdatum;Aktiv;Währung
c1;Eins;Vorschlag;1000;0;20.10.2026;15.10.2026;FALSCH;EUR
c2;Zwei;Vorschlag;2000;60;20.12.2026;;WAHR;EUR
c3;Drei;Gewonnen;4000;100;30.10.2026;31.10.2026;WAHR;USD
"""


def test_a_status_of_open_and_won_deals_is_not_taken_for_won(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    mostly_won = ODOO + "".join(
        f"d{n};Vier;Gewonnen;1;100;30.10.2026;31.10.2026;WAHR;EUR\n" for n in range(3)
    )
    found = look(store, [file("chancen.csv", mostly_won)])
    assert found.suggested_statuses == {"FALSCH": "lost", "WAHR": ""}


def test_lost_deals_that_keep_their_stage_are_told_by_a_column_of_their_own(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    """And exchange rates can be typed in, where none are loaded."""
    path = file("chancen 2026-11-27.csv", ODOO)
    write_setting(store, "company_currency", "EUR")
    found = look(store, [path])
    assert (found.choices.columns["status"], found.choices.columns["closed"]) == ("Aktiv", "Abschlussdatum")
    assert found.choices.columns["close_date"] == "Erwarteter Abschluss"
    assert found.suggested_statuses == {"FALSCH": "lost", "WAHR": ""}
    assert found.suggested["Vorschlag"].probability == 0.6
    points = check(found, explained(found))
    assert [point.where for point in points if point.blocks] == ["statuses"]
    assert any("exchange rate for 'USD'" in point.what for point in points)
    chosen = replace(
        explained(found),
        statuses={"FALSCH": "lost", "WAHR": ""},
        rates={"USD": 0.9},
        columns=found.choices.columns,
    )
    tried = rehearse(store, [path], chosen).totals.set_index("what")["after"]
    assert (tried["Open amount"], tried["Won amount in the past 365 days"]) == (2000, 3600)


def test_a_mapping_says_the_same_as_a_text() -> None:
    mapping = Mapping(
        name="crm",
        columns={"deal_id": 'Nr "x"', "stage": "Fase"},
        stages={"Won [a]": StageRule("Won [a]", 1.0, "Closed", True, True, 2)},
        categories={"Zeker": "Commit"},
        values={"owner": {"J. Smit": "Jan Smit"}},
        currency="EUR",
        full=True,
    )
    again = mapping_of(text_of(mapping), Path("crm"))
    assert replace(again, path=None) == mapping


def test_one_export_makes_no_history(store: Store, file: Callable[[str, str], Path]) -> None:
    """Of a week ago it is known that deals were there, not how they stood: no change is told."""
    write_setting(store, "company_currency", "EUR")
    path = file("kansen 2026-11-27.csv", DUTCH)
    load(store, [path], explained(look(store, [path])), "Ann")
    company = company_of(store)
    day = date(2026, 11, 27)
    view = quarter_end(store, company, Scope(day, company.calendar.quarter_of(day)))
    assert view.measures["open_pipeline"].value == 1250
    assert isinstance(view.measures["open_pipeline"].week_earlier, NotEnough)


#: Amounts in 'kr' may be Swedish, Norwegian, Danish or Icelandic money.
KRONOR = (
    "Id;Name;Stage;Belopp;Close Date\n1;A;Offert;1 200,50 kr;2026-12-01\n2;B;Closed Won;800 kr.;2026-10-01\n"
)


def test_amounts_in_kr_are_asked_whose_they_are(store: Store, file: Callable[[str, str], Path]) -> None:
    path = file("affarer.csv", KRONOR)
    write_setting(store, "company_currency", "EUR")
    found = look(store, [path])
    chosen = replace(found.choices, stages=found.suggested | found.choices.stages)
    (point,) = [one for one in check(found, chosen) if one.where == "currencies"]
    assert (point.blocks, point.what) == (True, "Say which currency 'kr' is")
    assert point.cost == "2 deals with 2,000 as written."
    chosen = replace(chosen, currencies={"kr": "NOK"})
    assert not [one for one in check(look(store, [path], chosen), chosen) if one.blocks]
    load(store, [path], chosen, "Ann")
    with store.reading() as con:
        assert con.execute("select distinct currency from deal").fetchall() == [("NOK",)]


@pytest.mark.parametrize(
    ("currency", "text"),
    [
        ("SEK", KRONOR),
        ("EUR", KRONOR.replace("Belopp", "Belopp (SEK)")),
        ("EUR", KRONOR.replace("Date\n", "Date;Currency\n").replace("-01\n", "-01;SEK\n")),
    ],
    ids=["the company's", "the header's", "a column's"],
)
def test_kr_is_not_asked_where_something_says_it(
    store: Store, file: Callable[[str, str], Path], currency: str, text: str
) -> None:
    write_setting(store, "company_currency", currency)
    path = file("affarer.csv", text)
    found = look(store, [path])
    assert "currencies" not in {one.where for one in check(found, found.choices) if "'kr'" in one.what}
    tried = rehearse(store, [path], explained(found))
    assert not [note for note in tried.notes if "'kr'" in note]


def test_the_command_line_names_kr_too(store: Store, file: Callable[[str, str], Path]) -> None:
    path = file("affarer.csv", KRONOR.replace("Belopp", "Amount"))
    (note,) = [one for one in load_files(store, [path]).notes if "'kr'" in one]
    assert note.startswith("2 amounts are written with 'kr', which may be SEK, NOK, DKK, ISK")
    columns = '[columns]\ndeal_id = "Id"\nstage = "Stage"\namount = "Amount"\n'
    told = file("m.toml", columns + '[values.currency]\nkr = "DKK"\n')
    other = Store(store.path.with_name("other.duckdb"))
    assert not [one for one in load_files(other, [path], mapping=told).notes if "'kr'" in one]
    with other.reading() as con:
        assert con.execute("select distinct currency from deal").fetchall() == [("DKK",)]
