"""Pipedrive's list of deals: languages, statuses, pipelines, closing times, line items, snapshots."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land

DAY = dt.date(2026, 6, 30)
HEAD = (
    "Deal - ID,Deal - Title,Deal - Organization,Deal - Owner,Deal - Value,Deal - Currency of Value,"
    "Deal - Pipeline,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time,"
    "Deal - Deal closed on,Deal - Expected close date,Deal - Probability,Deal - Archive time\n"
)
DEALS = [
    "1,Alpha,Acme,Ann,1000,EUR,Sales,Demo,Open,2026-01-05 09:00:00,,,,2026-08-01,40,",
    "2,Beta,Bolt,Ann,2000,USD,Sales,Proposal,Won,2026-01-06 09:00:00,2026-04-10 15:00:00,,2026-04-11,"
    "2026-09-01,,",
    "3,Gamma,Cord,Bob,3000,EUR,Partner,Demo,Lost,2026-01-07 09:00:00,,2026-05-02 10:00:00,,2026-09-01,,",
    "4,Delta,Dune,Bob,4000,EUR,Partner,Signing,Open,2026-02-01 09:00:00,,,,2026-09-01,,2026-06-01 08:00:00",
    "5,Eta,Echo,Bob,5000,EUR,Sales,Proposal,Won,2026-02-01 09:00:00,2026-03-01 08:00:00,,,,,2026-06-01",
]
LAST = (
    "select deal_id, s.stage, s.closed, s.won, s.gone, s.amount, s.close_date from (select deal_id, arg_max("
    "struct_pack(stage := stage, closed := is_closed, won := is_won, gone := is_gone, amount := amount::int,"
    " close_date := close_date::varchar), (valid_at, seq)) as s from deal_change group by 1) order by 1"
)


@pytest.fixture
def export(write):
    return write("deals-1234-56.csv", HEAD + "\n".join(DEALS) + "\n")


def test_an_export(stage, export) -> None:
    look = stage(export, as_of=DAY)
    assert look.rows(LAST) == [
        ("1", "Sales: Demo", False, False, False, 1000, "2026-08-01"),
        ("2", "Proposal", True, True, False, 2000, "2026-04-10"),  # won time goes before 'closed on'
        ("3", "Partner: Demo", True, False, False, 3000, "2026-05-02"),  # lost, though its stage is open
        ("4", "Signing", False, False, True, 4000, "2026-09-01"),  # archived
        ("5", "Proposal", True, True, False, 5000, "2026-03-01"),  # archived after it was won: counts
    ]
    assert look.rows("select distinct source, kind from deal, staged_file") == [("pipedrive", "pipedrive")]
    assert look.rows("select distinct deal_id, currency from deal where deal_id < '3' order by 1") == [
        ("1", "EUR"),
        ("2", "USD"),
    ]
    probabilities = (
        "select distinct deal_id, probability from deal_change where deal_id < '3' and stage is not null"
    )
    assert sorted(look.rows(probabilities)) == [("1", 0.4), ("2", None)]
    won = "select min(valid_at)::varchar from deal_change where deal_id = '2' and is_won"
    assert look.one(won) == "2026-04-10 12:00:00"
    assert set(look.staging.full_lists) == {"pipedrive"}
    assert look.rejects() == []


def test_it_is_recognised_and_can_be_named(stage, export) -> None:
    sources = [
        stage(export, kind=kind, as_of=DAY).one("select distinct source from deal")
        for kind in ("auto", "pipedrive")
    ]
    assert sources == ["pipedrive", "pipedrive"]
    assert "pipedrive" not in stage(export, kind="table", as_of=DAY).one("select distinct source from deal")


def test_an_export_of_open_deals_marks_none_as_gone(stage, write) -> None:
    look = stage(write("deals.csv", HEAD + DEALS[0] + "\n"), as_of=DAY)
    assert look.staging.full_lists == {}
    assert any("no closed deal" in note for note in look.staging.notes)
    look = stage(write("deals.csv", HEAD + "\n".join(DEALS) + "\n"), as_of=DAY, partial=True)
    assert look.staging.full_lists == {}


def test_a_deal_with_several_products_counts_once(stage, write, tmp_path) -> None:
    head = HEAD.strip() + ",Deal - Product name\n"
    rows = [DEALS[0] + ",Seat", DEALS[0] + ",Support", DEALS[1] + ",Seat"]
    look = stage(write("deals.csv", head + "\n".join(rows) + "\n"), as_of=DAY)
    assert look.rows("select deal_id, amount::int from deal_change where not is_opening and stage is not null"
                     " and valid_at > '2026-06-01' order by 1") == [("1", 1000), ("2", 2000)]  # fmt: skip
    file = land(Store(tmp_path / "s.duckdb"), look.staging, kind="auto").files[0]
    assert (file.rows_read, file.loaded, file.unchanged, file.rejected) == (3, 2, 1, 0)


def test_an_xlsx_with_serial_dates_and_dates_as_text(stage, xlsx, tmp_path) -> None:
    head = ["Deal - ID", "Deal - Title", "Deal - Status", "Deal - Stage", "Deal - Value",
            "Deal - Deal created", "Deal - Won time", "Deal - Expected close date"]  # fmt: skip
    rows = [
        head,
        [1, "Alpha", "Won", "Demo", 1000, 46027.5, (46122.625,), None],
        [2, "Beta", "Open", "Demo", 2000, "2026-01-06 09:00:00", None, "2026-09-01"],
    ]
    look = stage(xlsx(tmp_path / "deals.xlsx", rows), as_of=DAY)
    assert look.rows(LAST) == [
        ("1", "Demo", True, True, False, 1000, "2026-04-10"),
        ("2", "Demo", False, False, False, 2000, "2026-09-01"),
    ]
    assert look.rows("select distinct deal_id, created_at::varchar from deal order by 1") == [
        ("1", "2026-01-05 12:00:00"),
        ("2", "2026-01-06 09:00:00"),
    ]


@pytest.mark.parametrize(
    ("head", "won", "is_open"),
    [
        (
            "Deal - ID;Deal - Titel;Deal - Organisation;Deal - Besitzer;Deal - Wert;Deal - Währung;"
            "Deal - Phase;Deal - Status;Deal - Deal erstellt;Deal - Deal abgeschlossen am;"
            "Deal - Erwartetes Abschlussdatum",
            "Gewonnen",
            "Offen",
        ),
        (
            "Affaire - ID;Affaire - Titre;Affaire - Organisation;Affaire - Propriétaire;Affaire - Valeur;"
            "Affaire - Devise;Affaire - Étape;Affaire - Statut;Affaire - Affaire créée;"
            "Affaire - Date de gain;Affaire - Date de clôture prévue",
            "Gagnée",
            "Ouverte",
        ),
        (
            "Trato - ID;Trato - Título;Trato - Organización;Trato - Propietario;Trato - Valor;Trato - Moneda;"
            "Trato - Etapa;Trato - Estado;Trato - Trato creado el;Trato - Fecha de ganado;"
            "Trato - Fecha de cierre prevista",
            "Ganado",
            "Abierto",
        ),
        (
            "Negócio - ID;Negócio - Título;Negócio - Organização;Negócio - Proprietário;Negócio - Valor;"
            "Negócio - Moeda;Negócio - Etapa;Negócio - Status;Negócio - Negócio criado em;Negócio - Ganho em;"
            "Negócio - Data de fechamento esperada",
            "Ganho",
            "Aberto",
        ),
        (
            "Affare - ID;Affare - Titolo;Affare - Organizzazione;Affare - Proprietario;Affare - Valore;"
            "Affare - Valuta;Affare - Fase;Affare - Stato;Affare - Affare creato il;Affare - Vinto il;"
            "Affare - Data di chiusura prevista",
            "Vinto",
            "Aperto",
        ),
        (
            "Deal - ID;Deal - Titel;Deal - Organisatie;Deal - Eigenaar;Deal - Waarde;Deal - Valuta;"
            "Deal - Fase;Deal - Status;Deal - Deal aangemaakt op;Deal - Gewonnen op;"
            "Deal - Verwachte sluitingsdatum",
            "Gewonnen",
            "Open",
        ),
    ],
    ids=["de", "fr", "es", "pt", "it", "nl"],
)
def test_headers_in_the_users_language(stage, write, head, won, is_open) -> None:
    rows = [
        f"1;Alpha;Acme;Ann;1.000,50;EUR;Demo;{won};2026-01-05 09:00:00;2026-04-10;2026-08-01",
        f"2;Beta;Bolt;Bob;2.000,00;EUR;Demo;{is_open};2026-01-05 09:00:00;;2026-09-01",
    ]
    look = stage(write("export.csv", head + "\n" + "\n".join(rows) + "\n"), as_of=DAY)
    assert look.rows(LAST) == [
        ("1", "Demo", True, True, False, 1001, "2026-04-10"),
        ("2", "Demo", False, False, False, 2000, "2026-09-01"),
    ]
    assert look.rows("select distinct source, account_name, currency from deal order by 2") == [
        ("pipedrive", "Acme", "EUR"),
        ("pipedrive", "Bolt", "EUR"),
    ]
    assert look.rows("select distinct owner_id from deal_work order by 1") == [("Ann",), ("Bob",)]
    assert look.one("select count(distinct created_at) from deal") == 1


def test_a_language_that_is_not_known_goes_through_the_mapping(stage, write) -> None:
    path = write(
        "export.csv",
        "取引 - ID,取引 - タイトル,取引 - 組織,取引 - 金額,"
        "取引 - ステージ,取引 - ステータス,取引 - 成約予定日\n"
        "1,東京案件,株式会社山田,1000,提案,受注,2026年5月20日\n2,大阪案件,株式会社佐藤,2000,提案,進行中,2026年8月1日\n",
    )
    with pytest.raises(BadInput, match="not recognised"):
        stage(path, kind="pipedrive", as_of=DAY)
    mapping = write(
        "m.toml",
        '[columns]\ndeal_id = "取引 - ID"\nname = "取引 - タイトル"\naccount_name = "取引 - 組織"\n'
        'amount = "取引 - 金額"\nstage = "取引 - ステージ"\n'
        'status = "取引 - ステータス"\nclose_date = "取引 - 成約予定日"\n'
        '[values.status]\n"受注" = "Won"\n"進行中" = "Open"\n',
    )
    for kind, source in (("pipedrive", "pipedrive"), ("auto", "table:m")):
        look = stage(path, kind=kind, mapping=mapping, as_of=DAY)
        assert look.rows(LAST) == [
            ("1", "提案", True, True, False, 1000, "2026-05-20"),
            ("2", "提案", False, False, False, 2000, "2026-08-01"),
        ]
        assert look.rows("select distinct source, name from deal order by 2") == [
            (source, "大阪案件"),
            (source, "東京案件"),
        ]


def test_weekly_exports_make_snapshots(stage, write, tmp_path) -> None:
    store = Store(tmp_path / "store.duckdb")
    later = [DEALS[0].replace("Demo,Open", "Proposal,Open"), *DEALS[1:3]]
    for day, rows in ((23, DEALS), (30, later)):
        path = write("deals.csv", HEAD + "\n".join(rows) + "\n")
        land(
            store, stage(path, as_of=dt.date(2026, 6, day)).staging, kind="auto", as_of=dt.date(2026, 6, day)
        )
    with store.reading() as con:
        stages = con.execute(
            "select day(valid_at), stage from deal_change where deal_id = '1' and stage is not null"
            " order by valid_at"
        ).fetchall()
    assert stages == [(23, "Sales: Demo"), (30, "Proposal")]
