"""Salesforce exports: what each object's rows come to, and from when on."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land

OPPORTUNITY = (
    "Id,Name,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,LastModifiedDate"
)
HISTORY = "Id,OpportunityId,CreatedDate,StageName,Amount,CloseDate,Probability,ForecastCategory"


def states(look, deal: str) -> list[tuple[object, ...]]:
    return look.rows(
        "select valid_at::varchar, stage, amount::varchar, is_closed, is_won, is_opening from deal_change"
        f" where deal_id = '{deal}' order by valid_at, seq"
    )


def test_history_then_the_present(stage, write) -> None:
    write(
        "sf/Opportunity.csv",
        f"{OPPORTUNITY}\n1,A,Closed"
        " Won,90,100,2024-03-01,true,true,005000000000002,2024-01-01T09:00:00Z,2024-03-02T10:00:00Z\n",
    )
    path = write(
        "sf/OpportunityHistory.csv",
        f"{HISTORY}\n"
        "h1,1,2024-01-01T09:00:00Z,Prospecting,100,2024-02-01,10,Pipeline\n"
        "h2,1,2024-02-01T09:00:00Z,Negotiation,90,2024-03-01,80,Forecast\n"
        "h3,1,2024-03-01T09:00:00Z,Closed Won,90,2024-03-01,100,Closed\n",
    )
    look = stage(path.parent)
    assert states(look, "1") == [
        ("2024-01-01 09:00:00", "Prospecting", "100.00", False, False, False),
        ("2024-02-01 09:00:00", "Negotiation", "90.00", False, False, False),
        ("2024-03-01 09:00:00", "Closed Won", "90.00", True, True, False),
        ("2024-03-02 10:00:00", "Closed Won", "90.00", True, True, False),
    ]
    categories = look.rows("select forecast_category from deal_change order by valid_at")
    assert [row[0] for row in categories] == ["Pipeline", "Commit", "Closed", "Closed"]
    assert look.staging.full_lists == {"salesforce": dt.datetime(2024, 3, 2, 10)}
    assert stage(path.parent, partial=True).staging.full_lists == {}


def test_without_history_the_past_is_unknown(stage, write) -> None:
    path = write(
        "Opportunity.csv",
        f"{OPPORTUNITY}\n"
        "1,A,Negotiation,90,80,2024-03-01,false,false,u,2024-01-01T09:00:00Z,2024-02-02T10:00:00Z\n"
        "2,B,Closed Lost,90,0,2024-02-01,true,false,u,2024-01-01T09:00:00Z,2024-02-20T10:00:00Z\n"
        "3,C,Negotiation,90,80,2024-02-01,true,true,u,2024-01-01T09:00:00Z,2024-01-20T10:00:00Z\n",
    )
    look = stage(path)
    assert states(look, "1") == [
        ("2024-01-01 09:00:00", None, None, False, False, True),
        ("2024-02-02 10:00:00", "Negotiation", "90.00", False, False, False),
    ]
    assert states(look, "2")[1][:2] == ("2024-02-01 12:00:00", "Closed Lost")
    assert states(look, "3")[1] == ("2024-01-20 10:00:00", "Negotiation", "90.00", True, True, False)
    assert any("without any change history" in note for note in look.staging.notes)


def test_field_history_rebuilds_states_and_owners(stage, write) -> None:
    write(
        "sf/Opportunity.csv",
        f"{OPPORTUNITY},NextStep\n1,A,Negotiation,90,80,2024-03-01,false,false,005000000000002,2024-01-01T09:00:00Z,2024-03-05T10:00:00Z,sign\n",
    )
    path = write(
        "sf/OpportunityFieldHistory.csv",
        "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
        "f0,1,created,,,2024-01-01T09:00:00Z\n"
        "f1,1,StageName,Prospecting,Proposal,2024-01-10T09:00:00Z\n"
        "f2,1,Amount,120,90,2024-01-10T09:00:00Z\n"
        "f3,1,StageName,Proposal,Negotiation,2024-02-10T09:00:00Z\n"
        "f4,1,OwnerId,005000000000001,005000000000002,2024-02-11T09:00:00Z\n"
        "f4b,1,Owner,Ann Old,Bob New,2024-02-11T09:00:00Z\n"
        "f5,1,NextStep,call,sign,2024-02-12T09:00:00Z\n",
    )
    look = stage(path.parent)
    assert states(look, "1") == [
        ("2024-01-01 09:00:00", "Prospecting", "120.00", False, False, True),
        ("2024-01-10 09:00:00", "Proposal", "90.00", False, False, False),
        ("2024-02-10 09:00:00", "Negotiation", "90.00", False, False, False),
        ("2024-03-05 10:00:00", "Negotiation", "90.00", False, False, False),
    ]
    work = look.rows("select valid_at::varchar, owner_id, next_step from deal_work order by valid_at, seq")
    assert work == [
        ("2024-01-01 09:00:00", "005000000000001AAA", "call"),
        ("2024-02-11 09:00:00", "005000000000002AAA", "call"),
        ("2024-02-12 09:00:00", "005000000000002AAA", "sign"),
        ("2024-03-05 10:00:00", "005000000000002AAA", "sign"),
    ]
    # the close date is not tracked, so nothing is said about it before the present
    assert look.one("select count(close_date) from deal_change") == 1


def test_records_entered_after_the_fact_are_seen_at_their_close_date(stage, write) -> None:
    path = write(
        "Opportunity.csv",
        f"{OPPORTUNITY}\n1,A,Closed"
        " Won,90,100,2024-02-03,true,true,u,2026-02-23T09:00:00Z,2026-02-23T10:00:00Z\n",
    )
    look = stage(path)
    assert states(look, "1")[0] == ("2024-02-03 12:00:00", "Closed Won", "90.00", True, True, True)
    assert look.one("select min(valid_at)::varchar from deal") == "2024-02-03 12:00:00"
    assert sum("1 deals were created" in note for note in look.staging.notes) == 1


def test_as_of_dates_the_present(stage, write) -> None:
    path = write(
        "Opportunity.csv",
        f"{OPPORTUNITY}\n1,A,New,90,10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,2024-07-01T10:00:00Z\n",
    )
    look = stage(path, as_of=dt.date(2024, 6, 30), time_zone="Europe/Berlin")
    assert states(look, "1")[-1][0] == "2024-06-30 21:59:59"


def test_deleted_duplicates_orphans_and_stages(stage, write) -> None:
    write(
        "sf/opportunity_2024.csv",
        f"{OPPORTUNITY},IsDeleted\n"
        "1,A,New,90,10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,2024-02-01T10:00:00Z,false\n"
        "1,A,Won it,90,10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,2024-03-01T10:00:00Z,false\n"
        "2,B,New,90,10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,2024-02-01T10:00:00Z,true\n",
    )
    write(
        "sf/OpportunityStage.csv",
        "MasterLabel,SortOrder,DefaultProbability,ForecastCategoryName,IsClosed,IsWon,IsActive\n"
        "New,1,10,Pipeline,false,false,true\nWon it,2,100,Closed,true,true,true\n",
    )
    path = write(
        "sf/OpportunityHistory.csv", f"{HISTORY}\nh,9,2024-01-01T09:00:00Z,New,1,2024-02-01,10,Pipeline\n"
    )
    look = stage(path.parent)
    assert look.one("select is_gone from deal_change where deal_id = '2' and not is_opening") is True
    rejects = look.rejects()
    assert len(rejects) == 2
    assert any("line 3" in reason for *_, reason in rejects)
    assert any("'9'" in reason for *_, reason in rejects)
    # IsClosed of the row wins over what its stage means
    assert look.one("select is_closed from deal_change where stage = 'Won it'") is False
    assert look.rows("select stage, probability, is_won from stage where is_opening order by sort_order") == [
        ("New", 0.1, False),
        ("Won it", 1.0, True),
    ]
    assert len(stage(path.parent, partial=True).rejects()) == 1


def test_people_roles_quotas_and_currencies(stage, write) -> None:
    write(
        "sf/Opportunity.csv",
        f"{OPPORTUNITY},AccountId,CurrencyIsoCode\n"
        "1,A,New,90,10,2024-09-03,false,false,005a,2024-01-01T09:00:00Z,2024-02-01T10:00:00Z,001,EUR\n",
    )
    write("sf/Account.csv", "Id,Name\n001,Acme\n")
    write("sf/Contact.csv", "Id,FirstName,LastName,Title,AccountId\n003,Bo,Lee,CFO,001\n")
    write(
        "sf/OpportunityContactRole.csv",
        "OpportunityId,ContactId,Role,IsPrimary,CreatedDate\n1,003,Buyer,true,2024-01-05T00:00:00Z\n",
    )
    write(
        "sf/User.csv",
        "Id,Name,ManagerId,UserRole.Name,IsActive\n005a,Ann,005b,East,true\n005b,Bob,,VP,true\n",
    )
    write(
        "sf/ForecastingQuota.csv",
        "QuotaOwnerId,QuotaAmount,StartDate\n005a,10,2024-01-01\n005a,20,2024-02-01\n005a,30,2024-03-01\n005a,5,2024-04-01\n",
    )
    path = write("sf/CurrencyType.csv", "IsoCode,ConversionRate,IsCorporate\nUSD,1,true\nEUR,0.8,false\n")
    look = stage(path.parent)
    assert look.one("select distinct account_name, currency from deal") == ("Acme", "EUR")
    assert look.one("select name, title, role, is_primary, valid_at::varchar from stakeholder") == (
        *("Bo Lee", "CFO", "Buyer", True),
        "2024-01-05 00:00:00",
    )
    assert look.one("select name, manager_id, team from person where person_id = '005a' and is_opening") == (
        *("Ann", "005b"),
        "East",
    )
    targets = look.rows("select distinct quarter_start::varchar, amount::varchar from target order by 1")
    assert targets == [("2024-01-01", "60.00"), ("2024-04-01", "5.00")]
    assert look.rows("select distinct currency, rate from currency_rate order by 1") == [
        ("EUR", 1.25),
        ("USD", 1.0),
    ]
    assert look.one("select distinct value from setting where key = 'company_currency'") == "USD"


def test_own_columns_by_mapping(stage, write) -> None:
    path = write(
        "Opportunity.csv",
        "Id,StageName,Amount,ACV__c,CloseDate,CreatedDate,Begun\n"
        "1,New,5,70,2024-09-03,2026-01-01,2024-01-01\n2,New,5,,2024-09-03,2024-02-01,\n",
    )
    mapping = write("m.toml", '[salesforce]\namount = "ACV__c"\ncreated = "Begun"\n')
    look = stage(path, mapping=mapping, as_of=dt.date(2024, 6, 30))
    assert look.amounts() == {"1": "70.00", "2": None}
    created = look.rows("select created_at::date::varchar from deal where is_opening order by deal_id")
    assert created == [("2024-01-01",), ("2024-02-01",)]
    with pytest.raises(BadInput, match="'Gone' that the mapping names is not there"):
        stage(path, mapping=write("n.toml", '[salesforce]\ncreated = "Gone"\n'))


def test_the_outside_export(stage, shared) -> None:
    look = stage(shared / "salesforce_export")
    assert look.rejects() == []
    assert look.rows("select rows_read from staged_file order by file") == [(18,), (36,), (48,)]
    won = look.one(
        "select sum(amount)::varchar from (select deal_id, arg_max(amount, (valid_at, seq)) as amount,"
        " arg_max(is_won, (valid_at, seq)) as won from deal_change where valid_at < timestamp '2024-03-31'"
        " group by 1) where won"
    )
    assert won == "2815000.00"


@pytest.mark.parametrize("name", ["Opportunity", "opportunity_2024", "Opportunities", "export 7"])
def test_objects_are_recognised(stage, write, name) -> None:
    look = stage(
        write(f"{name}.csv", f"{OPPORTUNITY}\n1,A,New,90,10,2024-09-03,false,false,u,2024-01-01,2024-02-01\n")
    )
    assert look.one("select kind from staged_file") == "salesforce"


def test_blanks_around_cells_do_not_matter(stage, write) -> None:
    row = " 1 ,A\u00a0, New ,$90.50 , 10 ,9/23/2024 ,false ,FALSE,u\t,1/31/2024 9:00 AM ,2024-02-01 \n"
    look = stage(write("Opportunity.csv", f"{OPPORTUNITY}\n{row}"))
    assert look.rejects() == []
    assert look.one("select distinct name, created_at::varchar from deal") == ("A", "2024-01-31 09:00:00")
    assert look.one(
        "select stage, amount::varchar, close_date::varchar, probability from deal_change"
        " where not is_opening"
    ) == ("New", "90.50", "2024-09-23", 0.1)
    assert look.one("select distinct owner_id from deal_work") == "u"


def test_a_later_export_that_renames_a_deal_leaves_its_past(stage, write, tmp_path) -> None:
    store = Store(tmp_path / "store.duckdb")
    for month, name, currency in (
        ("02", "Old name", "USD"),
        ("03", "New name", "EUR"),
        ("04", "New name", "EUR"),
    ):
        path = write(
            f"{month}/Opportunity.csv",
            f"{OPPORTUNITY},CurrencyIsoCode\n1,{name},New,90,10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,"
            f"2024-{month}-01T10:00:00Z,{currency}\n",
        )
        land(store, stage(path).staging, kind="salesforce")
    with store.reading() as con:
        rows = con.execute("select valid_at::varchar, name, currency from deal order by valid_at").fetchall()
    assert rows == [
        ("2024-01-01 09:00:00", "Old name", "USD"),
        ("2024-03-01 10:00:00", "New name", "EUR"),
    ]


@pytest.mark.parametrize(
    ("month", "wanted"),
    [
        (2, [("2024-02-01", "60.00"), ("2024-05-01", "5.00")]),
        (11, [("2024-02-01", "60.00"), ("2024-05-01", "5.00")]),
        (3, [("2023-12-01", "10.00"), ("2024-03-01", "55.00")]),
        (1, [("2024-01-01", "30.00"), ("2024-04-01", "35.00")]),
    ],
)
def test_monthly_quotas_are_added_up_to_fiscal_quarters(stage, write, month, wanted) -> None:
    write(
        "sf/Opportunity.csv", f"{OPPORTUNITY}\n1,A,New,90,10,2024-09-03,false,false,u,2024-01-01,2024-02-01\n"
    )
    path = write(
        "sf/ForecastingQuota.csv",
        "QuotaOwnerId,QuotaAmount,StartDate\nu,10,2024-02-01\nu,20,2024-03-01\nu,30,2024-04-01\nu,5,2024-05-01\n",
    )
    look = stage(path.parent, quarter_start_month=month)
    assert look.rejects() == []
    rows = look.rows("select distinct quarter_start::varchar, amount::varchar from target order by 1")
    assert rows == wanted


def test_a_quarterly_quota_that_starts_in_no_fiscal_quarter_is_rejected(stage, write) -> None:
    write(
        "sf/Opportunity.csv", f"{OPPORTUNITY}\n1,A,New,90,10,2024-09-03,false,false,u,2024-01-01,2024-02-01\n"
    )
    path = write(
        "sf/ForecastingQuota.csv",
        "QuotaOwnerId,QuotaAmount,StartDate\nu,10,2024-02-01\nu,20,2024-05-01\nv,20,2024-06-01\n",
    )
    look = stage(path.parent, quarter_start_month=2)
    assert [(line, value) for line, _, value, _ in look.rejects()] == [(4, "2024-06-01")]
    assert "2024-08-01" in look.rejects()[0][3]


def test_an_opportunity_whose_row_is_rejected_is_not_gone(stage, write, tmp_path) -> None:
    store = Store(tmp_path / "store.duckdb")
    for month, amount in (("02", "90"), ("03", "lots")):
        rows = [
            f"{deal},A,New,{value},10,2024-09-03,false,false,u,2024-01-01T09:00:00Z,2024-{month}-01T10:00:00Z"
            for deal, value in (("1", "90"), ("2", amount))
        ]
        path = write(f"{month}/Opportunity.csv", OPPORTUNITY + "\n" + "\n".join(rows) + "\n")
        land(store, stage(path).staging, kind="salesforce")
    with store.reading() as con:
        assert con.execute("select count(*) from deal_change where is_gone").fetchall() == [(0,)]
