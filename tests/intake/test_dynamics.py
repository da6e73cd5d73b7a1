"""Dynamics 365: opportunities from a view, and Dataverse rows under their logical names."""

from __future__ import annotations

import datetime as dt

DAY = dt.date(2026, 6, 30)
VIEW = (
    "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Topic,"
    "Potential Customer,Est. Close Date,Est. Revenue,Actual Revenue,Actual Close Date,Status,Status Reason,"
    "Probability,Rating,Owner,Pipeline Phase,Forecast category,Created On,Modified On,Currency,"
    "Est. Revenue (Base)\n"
)
ROWS = [
    "a1,x,2026-06-01,Alpha,Acme,2026-08-01,1000,,,Open,In Progress,40,Hot,Ann,3-Propose,Committed,2026-01-05,"
    "2026-06-01,Euro,1090",
    "a2,x,2026-06-01,Beta,Bolt,2026-05-15,2000,1800,2026-05-20,Won,Won,100,Warm,Ann,4-Close,Won,2026-01-06,"
    "2026-06-01,US Dollar,2000",
    "a3,x,2026-06-01,Gamma,Cord,2026-05-15,3000,0,2026-04-02,Lost,Out-Sold,0,Cold,Bob,2-Develop,Lost,2026-01-07,"
    "2026-06-01,Pound Sterling,3800",
]
LAST = (
    "select deal_id, s.stage, s.closed, s.won, s.amount, s.close_date, s.category, s.p from (select deal_id,"
    " arg_max(struct_pack(stage := stage, closed := is_closed, won := is_won, amount := amount::int,"
    " close_date := close_date::varchar, category := forecast_category, p := probability), (valid_at, seq))"
    " as s from deal_change group by 1) order by 1"
)
EXPECTED = [
    ("a1", "3-Propose", False, False, 1000, "2026-08-01", "Commit", 0.4),
    ("a2", "4-Close", True, True, 1800, "2026-05-20", "Closed", 1.0),
    ("a3", "2-Develop", True, False, 3000, "2026-04-02", "Omitted", 0.0),
]


def test_a_view(stage, write) -> None:
    look = stage(write("My Opportunities.csv", VIEW + "\n".join(ROWS) + "\n"), as_of=DAY)
    assert look.rows(LAST) == EXPECTED
    assert look.rows("select distinct deal_id, source, account_name, currency from deal order by 1") == [
        ("a1", "dynamics", "Acme", "EUR"),
        ("a2", "dynamics", "Bolt", "USD"),
        ("a3", "dynamics", "Cord", "GBP"),
    ]
    assert set(look.staging.full_lists) == {"dynamics"}
    assert look.rejects() == []


def test_a_view_as_a_workbook(stage, xlsx, tmp_path) -> None:
    head = [
        "(Do Not Modify) Opportunity",
        "Topic",
        "Est. Close Date",
        "Est. Revenue",
        "Status",
        "Sales Stage",
    ]
    rows = [
        head,
        ["a1", "Alpha", (46235,), 1000, "Open", "Propose"],
        ["a2", "Beta", (46157,), 2000, "Won", "Close"],
    ]
    look = stage(xlsx(tmp_path / "Opportunities.xlsx", rows), as_of=DAY)
    assert [row[:6] for row in look.rows(LAST)] == [
        ("a1", "Propose", False, False, 1000, "2026-08-01"),
        ("a2", "Close", True, True, 2000, "2026-05-15"),  # no actual revenue: the estimate
    ]


def test_logical_names(stage, write) -> None:
    text = (
        "opportunityid,name,estimatedvalue,totalamount,estimatedclosedate,actualvalue,actualclosedate,statecode,"
        "statuscode,stepname,salesstage,closeprobability,_ownerid_value,_parentaccountid_value,createdon,modifiedon,"
        "_transactioncurrencyid_value,msdyn_forecastcategory\n"
        "a1,Alpha,1000,7,2026-08-01,,,0,1,3-Propose,2,40,u1,c1,2026-01-05T09:00:00Z,2026-06-01T09:00:00Z,q,100000003\n"
        "a2,Beta,2000,7,2026-05-15,1800,2026-05-20,1,3,4-Close,3,100,u1,c2,2026-01-06T09:00:00Z,,q,100000005\n"
        "a3,Gamma,3000,7,2026-05-15,0,2026-04-02,2,5,2-Develop,1,0,u2,c3,2026-01-07T09:00:00Z,,q,100000006\n"
    )
    look = stage(write("opportunities.csv", text), as_of=DAY)
    assert look.rows(LAST) == EXPECTED
    assert look.rows("select distinct deal_id, account_id from deal order by 1")[0] == ("a1", "c1")
    assert look.rows("select distinct owner_id from deal_work order by 1") == [("u1",), ("u2",)]
    assert any("currencies are given as ids" in note for note in look.staging.notes)


def test_the_reason_stands_in_for_a_missing_status(stage, write) -> None:
    text = "opportunityid,Topic,Est. Revenue,Est. Close Date,Status Reason\n" + "".join(
        f"{number},T,5,2026-05-01,{reason}\n"
        for number, reason in enumerate(("In Progress", "On Hold", "Won", "Canceled", "Out-Sold"), 1)
    )
    look = stage(write("o.csv", text), kind="dynamics", as_of=DAY)
    assert [row[2:4] for row in look.rows(LAST)] == [
        *[(False, False)] * 2,
        (True, True),
        *[(True, False)] * 2,
    ]


def test_an_amount_in_the_base_currency_does_not_take_the_deals_currency(stage, write) -> None:
    text = (
        "(Do Not Modify) Opportunity,Topic,Est. Revenue (Base),Currency,Est. Close Date,Status\n"
        "a1,Alpha,1090,Euro,2026-08-01,Open\n"
    )
    look = stage(write("o.csv", text), as_of=DAY)
    assert look.one("select distinct currency from deal") is None
    assert look.one("select distinct amount::int from deal_change where not is_opening") == 1090


def test_a_german_view(stage, write) -> None:
    text = (
        "(Nicht ändern) Verkaufschance;Thema;Potenzieller Kunde;Gesch. Abschlussdatum;Gesch. Umsatz;"
        "Tatsächlicher Umsatz;Tatsächliches Abschlussdatum;Status;Besitzer;Währung\n"
        "a1;Alpha;Acme;01.08.2026;1.000,00 €;;;Offen;Ann;Euro\n"
        "a2;Beta;Bolt;15.05.2026;2.000,00 €;1.800,00 €;20.05.2026;Gewonnen;Ann;Euro\n"
    )
    look = stage(write("Verkaufschancen.csv", text), as_of=DAY)
    assert [row[2:6] for row in look.rows(LAST)] == [
        (False, False, 1000, "2026-08-01"),
        (True, True, 1800, "2026-05-20"),
    ]
    assert look.rows("select distinct source, currency from deal") == [("dynamics", "EUR")]
