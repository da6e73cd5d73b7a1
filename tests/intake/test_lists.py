"""Targets in any shape, exchange rates, contact roles; and lists that come along with deals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from analytics.business_case.sheet_matching import KnownDeals
from analytics.intake.known import Known
from analytics.intake.periods import FiscalYears, period_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land

DAY = dt.date(2026, 6, 30)
TARGETS = (
    "select distinct owner_id, quarter_start::varchar, amount::int from target where is_opening order by 1, 2"
)
RATES = (
    "select currency, round(rate, 4), valid_at::varchar from currency_rate where not is_opening order by 1, 3"
)
ROLES = "select deal_id, contact_id, name, title, role, is_primary from stakeholder order by 1, 2"


@pytest.mark.parametrize(
    ("text", "first_day", "months"),
    [
        ("Q1 FY26", "2025-02-01", 3),
        ("FY26 Q1", "2025-02-01", 3),
        ("FY2026-Q4", "2025-11-01", 3),
        ("2026Q2", "2025-05-01", 3),
        ("Q2 2026", "2025-05-01", 3),
        ("1Q26", "2025-02-01", 3),
        ("T3 2026", "2025-08-01", 3),
        ("1er trimestre 2026", "2025-02-01", 3),
        ("1. Quartal 2026", "2025-02-01", 3),
        ("CY26 Q1", "2026-01-01", 3),
        ("Quota Q1 FY26 (EUR)", "2025-02-01", 3),
        ("2026-01", "2026-01-01", 1),
        ("01/2026", "2026-01-01", 1),
        ("Jan 26", "2026-01-01", 1),
        ("March 2026", "2026-03-01", 1),
        ("Juil. 2026", "2026-07-01", 1),
        ("Dez-26", "2026-12-01", 1),
        ("2026-02-01", "2026-02-01", 0),
        ("2026-02-15", None, None),
        ("FY26", None, None),
        ("Total", None, None),
        ("Attainment Q1 FY26", None, None),
        ("Stage 26", None, None),
        ("13/2026", None, None),
    ],
)
def test_periods(text, first_day, months) -> None:
    found = period_of(text, FiscalYears(2))
    assert (found and (str(found.first_day), found.months)) == (first_day and (first_day, months))


def test_a_fiscal_year_may_be_called_after_the_year_it_starts_in() -> None:
    assert str(period_of("Q1 FY26", FiscalYears(2, "start")).first_day) == "2026-02-01"
    assert str(period_of("Q4 FY26", FiscalYears(1)).first_day) == "2026-10-01"


def test_targets_with_a_column_per_quarter(stage, write, tmp_path) -> None:
    path = write(
        "quotas.csv",
        "Sales Rep,Currency,Q1 FY26,Q2 FY26,FY26\n"
        'Ann,Euro,"1,000","2,000","3,000"\nBob,EUR,,500,500\nTotal,,"3,000",4000,7000\nCid,EUR,many,1,1\n',
    )
    look = stage(path, as_of=DAY)
    assert look.rows(TARGETS) == [
        ("", "2026-01-01", 3000),
        ("", "2026-04-01", 4000),
        ("Ann", "2026-01-01", 1000),
        ("Ann", "2026-04-01", 2000),
        ("Bob", "2026-04-01", 500),
    ]
    assert look.rows("select distinct currency from target where owner_id <> ''") == [("EUR",)]
    assert [(line, column) for line, column, _, _ in look.rejects()] == [(5, "Q1 FY26")]
    file = land(Store(tmp_path / "s.duckdb"), look.staging, kind="auto").files[0]
    assert (file.kind, file.rows_read, file.loaded, file.unchanged, file.rejected) == ("targets", 4, 3, 0, 1)


def test_targets_with_a_column_per_month_add_up_to_fiscal_quarters(stage, write) -> None:
    path = write("quotas.csv", "Owner,Jan 26,Feb 26,Mar 26,Apr 26\nAnn,1,10,100,1000\n")
    look = stage(path, quarter_start_month=2)
    assert look.rows(TARGETS) == [("Ann", "2025-11-01", 1), ("Ann", "2026-02-01", 1110)]
    assert any("fewer than three months" in note for note in look.staging.notes)


def test_months_beside_their_quarter_do_not_count_twice(stage, write) -> None:
    path = write("quotas.csv", "Owner,Jan 26,Feb 26,Mar 26,Q1 2026,Apr 26\nAnn,1,2,3,6,9\n")
    look = stage(path)
    assert look.rows(TARGETS) == [("Ann", "2026-01-01", 6), ("Ann", "2026-04-01", 9)]
    assert any("the quarters count" in note for note in look.staging.notes)


def test_days_at_the_head_of_columns(stage, xlsx, tmp_path) -> None:
    rows = [["Rep", (46023,), (46113,)], ["Ann", 5, 6]]  # 1 January and 1 April 2026
    assert stage(xlsx(tmp_path / "q.xlsx", rows)).rows(TARGETS) == [
        ("Ann", "2026-01-01", 5),
        ("Ann", "2026-04-01", 6),
    ]
    rows = [["Rep", (46023,), (46054,), (46082,)], ["Ann", 5, 6, 7]]  # January, February, March
    assert stage(xlsx(tmp_path / "m.xlsx", rows)).rows(TARGETS) == [("Ann", "2026-01-01", 18)]


def test_quarters_and_months_in_rows(stage, write) -> None:
    text = "Owner,Quarter,Quota\nAnn,Q1 FY26,10\nAnn,Q2 FY26,20\n,Q1 FY26,99\nBob,soon,5\n"
    look = stage(write("quotas.csv", text))
    assert look.rows(TARGETS) == [
        ("", "2026-01-01", 99),
        ("Ann", "2026-01-01", 10),
        ("Ann", "2026-04-01", 20),
    ]
    assert [(line, "Q1 FY26" in why) for line, _, _, why in look.rejects()] == [(5, True)]
    text = "Owner,Month,Quota\nAnn,2026-01-01,10\nAnn,2026-02-01,20\nAnn,2026-03-01,30\n"
    assert stage(write("months.csv", text)).rows(TARGETS) == [("Ann", "2026-01-01", 60)]


def test_owners_by_name_become_their_ids(stage, write) -> None:
    known = replace(Known.none(), people={"Ann Lee": "u1", "Bob Ray": "u2"})
    path = write("quotas.csv", "Rep,Q1 2026,Q2 2026\nann lee,1,2\nu2,3,4\nNobody,5,6\n")
    look = stage(path, known=known)
    assert look.rows("select distinct owner_id from target order by 1") == [("Nobody",), ("u1",), ("u2",)]
    notes = [note for note in look.staging.notes if "no one person" in note]
    assert len(notes) == 1
    assert "'Nobody'" in notes[0]
    assert "u2" not in notes[0]


# --- rates ---


@pytest.mark.parametrize(
    ("label", "eur", "jpy"),
    [
        ("Rate", 1.09, 0.0067),
        ("Rate", 0.9174, 149.25),
        ("Value in USD", 1.09, 0.0067),
        ("Rate to USD", 1.09, 0.0067),
        ("USD per unit", 1.09, 0.0067),
        ("Units per USD", 0.9174, 149.25),
        ("ConversionRate", 0.9174, 149.25),
    ],
)
def test_rates_the_right_way_round(stage, write, label, eur, jpy) -> None:
    path = write(
        "fx.csv", f"Currency,Date,{label}\nEUR,2026-01-01,{eur}\nJPY,2026-01-01,{jpy}\nUSD,2026-01-01,1\n"
    )
    look = stage(path, kind="rates")
    found = {currency: rate for currency, rate, _ in look.rows(RATES)}
    assert found == {"EUR": pytest.approx(1.09, abs=1e-3), "JPY": pytest.approx(0.0067, abs=1e-4), "USD": 1}
    assert look.one("select value from setting") == "USD"


def test_rates_are_dated_in_the_companys_zone(stage, write) -> None:
    path = write("fx.csv", "Währung;Gültig ab;Value in EUR\nUSD;01.01.2026;0,92\nUSD;15.02.2026;0,94\n")
    look = stage(path, time_zone="Europe/Berlin", known=replace(Known.none(), currency="EUR"))
    assert look.rows(RATES) == [("USD", 0.92, "2025-12-31 23:00:00"), ("USD", 0.94, "2026-02-14 23:00:00")]
    assert look.rows("select rate, valid_at::varchar from currency_rate where is_opening") == [
        (0.92, "1970-01-01 00:00:00")
    ]
    assert look.rows("select * from setting") == []  # it is set already


def test_rates_that_can_be_read_both_ways_are_asked_about(write, stage) -> None:
    path = write("fx.csv", "Currency,Date,Rate\nEUR,2026-01-01,0.92\nCHF,2026-01-01,0.9\nUSD,2026-01-01,1\n")
    with pytest.raises(BadInput, match=r"which way round.*EUR 0\.92.*Value in USD"):
        stage(path)


def test_a_header_that_says_the_contrary_of_the_sizes_is_asked_about(write, stage) -> None:
    path = write("fx.csv", "Currency,Date,Value in USD\nJPY,2026-01-01,150\n")
    with pytest.raises(BadInput, match="other way round than their header"):
        stage(path)
    path = write("fx.csv", "Currency,Date,Rate\nJPY,2026-01-01,150\nINR,2026-01-01,0.012\n")
    with pytest.raises(BadInput, match="other way round than others"):
        stage(path)


def test_rates_to_another_currency_than_the_companys_are_refused(write, stage) -> None:
    path = write("fx.csv", "Currency,Date,Value in USD\nJPY,2026-01-01,0.0067\n")
    with pytest.raises(BadInput, match="company's currency is EUR"):
        stage(path, known=replace(Known.none(), currency="EUR"))


def test_bad_rates_are_rejected_by_line(write, stage, tmp_path) -> None:
    rows = ["GBP,2026-01-01,1.27", "Yen,2026-01-01,0.0067", "XX,2026-01-01,2", "CAD,2026-01-01,0",
            "AUD,soon,1", "NZD,2026-01-01,", "GBP,2026-01-01,1.27", "GBP,2026-01-01,1.3"]  # fmt: skip
    look = stage(write("fx.csv", "Currency,Date,Value in USD\n" + "\n".join(rows) + "\n"))
    assert [row[0] for row in look.rows(RATES)] == ["GBP", "JPY"]
    assert sorted(line for line, *_ in look.rejects()) == [2, 4, 5, 6, 7, 8]
    file = land(Store(tmp_path / "s.duckdb"), look.staging, kind="rates").files[0]
    assert (file.rows_read, file.loaded, file.unchanged, file.rejected) == (8, 2, 0, 6)


def test_rates_without_days_hold_since_always(write, stage) -> None:
    look = stage(write("fx.csv", "ISO Code,Exchange Rate\nJPY,0.0067\nGBP,1.27\n"), as_of=DAY)
    assert look.rows(
        "select currency, is_opening, valid_at::date::varchar from currency_rate order by 1, 2"
    ) == [
        ("GBP", False, "2026-06-30"),
        ("GBP", True, "1970-01-01"),
        ("JPY", False, "2026-06-30"),
        ("JPY", True, "1970-01-01"),
    ]


# --- contact roles ---


def _known_deals() -> Known:
    deals = pd.DataFrame(
        {
            "deal_id": ["d1", "d2", "d3"],
            "name": ["Renewal", "Rollout", "Rollout"],
            "account_name": ["Acme", "Bolt", "Cord"],
            "is_open": [True, True, True],
        }
    )
    return replace(Known.none(), deals=KnownDeals(deals))


def test_contact_roles_by_the_deals_name(stage, write, tmp_path) -> None:
    rows = [
        "renewal,ACME,Ann Lee,ann@acme.test,CFO,Economic buyer,yes,2026-02-01",
        "Rollout,Bolt,Bo,,CTO,,no,2026-02-02",
        "Rollout,,Cy,,CTO,Champion,no,2026-02-03",
        "Other,Acme,Di,,CTO,Champion,no,2026-02-03",
        "Renewal,Acme,,,CTO,Champion,no,2026-02-03",
        "Renewal,Acme,Ed,,CTO,Champion,perhaps,2026-02-03",
    ]
    path = write(
        "roles.csv", "Deal,Account,Contact,Email,Title,Role,Primary,Since\n" + "\n".join(rows) + "\n"
    )
    look = stage(path, known=_known_deals())
    assert look.rows(ROLES) == [
        ("d1", "ann@acme.test", "Ann Lee", "CFO", "Economic buyer", True),
        ("d2", "Bo", "Bo", "CTO", None, False),
    ]
    assert look.one("select min(valid_at)::varchar from stakeholder") == "2026-02-01 00:00:00"
    whys = {line: why for line, _, _, why in look.rejects()}
    assert sorted(whys) == [4, 5, 6, 7]
    assert "several deals are called 'Rollout'" in whys[4]
    assert "no deal is called 'Other'" in whys[5]
    file = land(Store(tmp_path / "s.duckdb"), look.staging, kind="auto").files[0]
    assert (file.kind, file.rows_read, file.loaded, file.rejected) == ("contacts", 6, 2, 4)


def test_contact_roles_by_id_and_without_a_day(stage, write) -> None:
    path = write(
        "k.csv",
        "Deal-ID;Kontakt;Funktion;Rolle;Hauptkontakt\nd1;Ann;CFO;Entscheider;ja\n".replace(
            "Deal-ID", "Deal ID"
        ),
    )
    look = stage(path, as_of=DAY)
    assert look.rows(ROLES) == [("d1", "Ann", "Ann", "CFO", "Entscheider", True)]
    assert look.one("select valid_at::varchar from stakeholder") == "2026-06-30 23:59:59"
    assert any("since when" in note for note in look.staging.notes)
    with pytest.raises(BadInput, match="columns of the deal and of the contact"):
        stage(write("x.csv", "Name,Role\nAnn,CFO\n"), kind="contacts")


def test_lists_find_deals_and_owners_of_the_same_import(stage, write) -> None:
    write(
        "all/deals.csv", "Deal ID,Deal Name,Stage,Amount,Close Date,Owner\nd1,Renewal,New,5,2026-07-01,Ann\n"
    )
    write("all/roles.csv", "Deal,Contact,Role\nRenewal,Ann,Champion\n")
    write("all/fx.csv", "Currency,Value in USD\nJPY,0.0067\n")
    path = write("all/quotas.csv", "Rep,Q3 2026,Q4 2026\nAnn,1,2\n")
    look = stage(path.parent, as_of=DAY)
    kinds = [kind for (kind,) in look.rows("select kind from staged_file order by 1")]
    assert kinds == ["contacts", "rates", "table", "targets"]
    assert look.one("select deal_id from stakeholder") == "d1"
    assert not any("Not used" in note for note in look.staging.notes)


def test_the_months_of_a_quarter_may_stand_in_several_files(stage, write) -> None:
    write("q/oct.csv", "owner,month,target\nann,2026-10,100\nann,2026-11,100\n")
    path = write("q/dec.csv", "owner,month,target\nann,2026-12,50\n")
    assert stage(path.parent, as_of=DAY).rows(TARGETS) == [("ann", "2026-10-01", 250)]


@pytest.mark.parametrize(
    ("rows", "kept", "why"),
    [
        ("ann,Q4 2026,300,EUR\nann,2026-11,100,EUR\n", [("ann", "2026-10-01", 300)], "of its own"),
        ("ann,2026-10,100,EUR\nann,2026-11,100,USD\n", [], "several currencies"),
    ],
)
def test_months_are_not_added_to_what_they_do_not_go_with(
    stage, write, rows: str, kept: list[object], why: str
) -> None:
    look = stage(write("quota.csv", f"owner,period,target,currency\n{rows}"), as_of=DAY)
    assert look.rows(TARGETS) == kept
    reasons = [reason for (reason,) in look.rows("select reason from staged_reject")]
    assert len(reasons) == (2 - len(kept))
    assert all(why in reason for reason in reasons)


def test_a_period_given_twice_takes_no_other_period_with_it(stage, write) -> None:
    write("w/a.csv", "owner,Q1 2026,Q2 2026\nann,100,250\nbob,1,2\n")
    path = write("w/b.csv", "owner,Q2 2026,Q3 2026\nann,250,300\nbob,3,4\n")
    look = stage(path.parent, as_of=DAY)
    quarters = [("2026-01-01", 100), ("2026-04-01", 250), ("2026-07-01", 300)]
    bobs = [("bob", "2026-04-01", 3), ("bob", "2026-07-01", 4)]
    assert look.rows(TARGETS) == [*(("ann", *one) for one in quarters), *bobs]
    ((reason,),) = look.rows("select reason from staged_reject")
    assert reason.startswith("line 3 of w/b.csv has the same owner and period")
