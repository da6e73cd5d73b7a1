"""HubSpot's files: what deals, their property history, stages and owners come to, and from when on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.intake.mapping import mapping_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land

LABELS = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Deal owner,Close Date,Create Date,"
    "Last Modified Date"
)
HISTORY = "Record ID,Property name,Value,Timestamp,Source"
STAGES = "stage_id,label,pipeline_id,pipeline_label,display_order,probability,is_closed,closed_won"
DEAL = "1,Acme,Contract Sent,Sales,900,EUR,77,2024-04-30,2024-01-01 09:00,2024-03-05 09:00\n"


def changes(look, deal: str) -> list[tuple[object, ...]]:
    """A deal's states as they will be seen: without openings at a moment for which more is known."""
    return look.rows(
        "select valid_at::varchar, stage, amount::varchar, close_date::varchar, is_closed, is_won"
        f" from deal_change where deal_id = '{deal}'"
        " qualify row_number() over (partition by valid_at order by is_opening, seq desc) = 1"
        " order by valid_at"
    )


def test_property_history_carries_the_state_forward(stage, write) -> None:
    write("hs/deals.csv", f"{LABELS}\n{DEAL}")
    path = write(
        "hs/history.csv",
        f"{HISTORY}\n"
        "1,dealstage,contractsent,2024-03-01T09:00:00.500Z,CRM_UI\n"  # the newest first, as HubSpot writes
        "1,dealstage,qualifiedtobuy,2024-01-01T09:00:00.100Z,CRM_UI\n"
        "1,amount,900,2024-02-01 09:00:00,CRM_UI\n"
        "1,amount,1000,1704099600000,CRM_UI\n"  # 2024-01-01 09:00 UTC
        "1,closedate,1714435200000,1704099600100,CRM_UI\n"
        "1,hubspot_owner_id,76,2024-01-01T09:00:00Z,CRM_UI\n"
        "1,hubspot_owner_id,77,2024-02-10T09:00:00Z,CRM_UI\n"
        "1,hs_next_step,call,2024-02-11T09:00:00Z,CRM_UI\n"
        "1,hs_manual_forecast_category,BEST_CASE,2024-02-20T09:00:00Z,CRM_UI\n"
        "1,hs_manual_forecast_category,COMMIT,2024-03-05T09:00:00Z,CRM_UI\n"
        "1,hs_analytics_source,PAID,2024-03-05T09:00:00Z,CRM_UI\n",
    )
    look = stage(path.parent)
    close = "2024-04-30"
    assert changes(look, "1") == [
        ("2024-01-01 09:00:00", "Qualified To Buy", "1000.00", close, False, False),
        ("2024-02-01 09:00:00", "Qualified To Buy", "900.00", close, False, False),
        ("2024-02-20 09:00:00", "Qualified To Buy", "900.00", close, False, False),
        ("2024-03-01 09:00:00", "Contract Sent", "900.00", close, False, False),
        ("2024-03-05 09:00:00", "Contract Sent", "900.00", close, False, False),
    ]
    said = look.rows("select forecast_category from deal_change where not is_opening order by valid_at, seq")
    assert [row[0] for row in said] == [None, None, "Best Case", "Best Case", "Commit", "Commit"]
    work = look.rows(
        "select valid_at::varchar, owner_id, next_step from deal_work where not is_opening"
        " order by valid_at, seq"
    )
    assert work == [
        ("2024-01-01 09:00:00", "76", None),
        ("2024-02-10 09:00:00", "77", None),
        ("2024-02-11 09:00:00", "77", "call"),
        ("2024-03-05 09:00:00", "77", "call"),  # the export has no column for it: the last that is known
    ]
    assert look.one("select distinct source, currency from deal") == ("hubspot", "EUR")
    assert look.staging.full_lists == {"hubspot": dt.datetime(2024, 3, 5, 9)}
    assert stage(path.parent, partial=True).staging.full_lists == {}


def test_what_is_read_lands_once(stage, write, tmp_path) -> None:
    write("hs/deals.csv", f"{LABELS}\n{DEAL}")
    history = (
        f"{HISTORY}\n1,dealstage,qualifiedtobuy,2024-01-01T09:00:00Z,x\n1,amount,900,2024-02-01T09:00:00Z,x\n"
    )
    path = write("hs/history.csv", history)
    store = Store(tmp_path / "s.duckdb")
    land(store, stage(path.parent).staging, kind="hubspot")
    # the same content in a later export: nothing is new but the row that was added
    write("hs/history.csv", f"{history}1,amount,950,2024-03-06T09:00:00Z,x\n")
    write("hs/deals.csv", f"{LABELS}\n{DEAL.replace('900', '950').replace('03-05', '03-06')}")
    result = land(store, stage(path.parent).staging, kind="hubspot")
    assert sum(file.loaded for file in result.files) == 1
    assert [file.rows_read for file in result.files] == [1, 3]


def test_stages_by_id_or_label_and_equal_labels_of_pipelines(stage, write) -> None:
    write(
        "hs/stages.csv",
        f"{STAGES}\n"
        "101,Discovery,p1,Sales,0,0.2,false,false\n"
        "102,Signed,p1,Sales,1,1.0,true,true\n"
        "103,Dropped,p1,Sales,2,0.0,true,false\n"
        "201,Discovery,p2,Renewals,0,0.7,false,false\n"
        "202,Renewed,p2,Renewals,1,1.0,true,true\n",
    )
    rest = "5,USD,7,2024-02-01,2024-01-01,2024-03-01"
    write(
        "hs/deals.csv",
        f"{LABELS}\n1,A,Discovery (Sales),Sales,{rest}\n2,B,Discovery,Renewals,{rest}\n3,C,201,p2,{rest}\n"
        f"4,D,Signed,Sales,{rest}\n5,E,103,Sales,{rest}\n",
    )
    path = write(
        "hs/history.csv",
        f"{HISTORY}\n2,dealstage,201,2024-01-01T00:00:00Z,x\n4,dealstage,102,2024-02-01T00:00:00Z,x\n",
    )
    look = stage(path.parent)
    last = look.rows(
        "select deal_id, arg_max(stage, (valid_at, seq)), arg_max(is_closed, (valid_at, seq)),"
        " arg_max(is_won, (valid_at, seq)) from deal_change group by 1 order by 1"
    )
    assert last == [
        ("1", "Sales: Discovery", False, False),
        ("2", "Renewals: Discovery", False, False),
        ("3", "Renewals: Discovery", False, False),
        ("4", "Signed", True, True),
        ("5", "Dropped", True, False),
    ]
    stages = look.rows(
        "select stage, probability, is_closed, is_won from stage where is_opening order by stage"
    )
    assert ("Renewals: Discovery", 0.7, False, False) in stages
    assert ("Signed", 1.0, True, True) in stages
    assert len(stages) == 5
    assert ("Renewals: Discovery",) in look.rows("select stage from deal_change where deal_id = '2'")


def test_without_a_list_of_stages_ids_and_owners_are_learnt_from_the_deals(stage, write) -> None:
    deal = "Sales,5,USD,Jane Doe,2024-06-01,2024-01-01 00:00,2024-03-01 00:00\n"
    write("hs/deals.csv", f"{LABELS}\n1,A,Pilot,{deal}2,B,Closed Lost,{deal}")
    path = write(
        "hs/history.csv",
        f"{HISTORY}\n1,dealstage,1234,2024-02-01T00:00:00Z,x\n2,dealstage,1234,2024-02-02T00:00:00Z,x\n"
        "2,dealstage,closedlost,2024-02-20T00:00:00Z,x\n1,hubspot_owner_id,77,2024-01-01T00:00:00Z,x\n",
    )
    look = stage(path.parent)
    lost = look.rows("select stage, is_closed from deal_change where deal_id = '2' and stage is not null")
    assert lost[0] == ("Pilot", False)
    assert lost[-1] == ("Closed Lost", True)
    assert look.rows("select distinct owner_id from deal_work where owner_id is not null") == [("77",)]
    assert look.rows("select distinct person_id, name from person") == [("77", "Jane Doe")]
    assert look.one("select probability from stage where stage = 'Closed Lost' and is_opening") == 0


def test_internal_names_archived_deals_and_the_company_zone(stage, write) -> None:
    path = write(
        "deals.csv",
        "hs_object_id,dealname,dealstage,pipeline,amount,deal_currency_code,closedate,createdate,"
        "hs_lastmodifieddate,hubspot_owner_id,archived,archivedAt\n"
        "1,A,closedwon,default,100,GBP,2024-03-31T23:30:00Z,2024-01-01T09:00:00Z,2024-04-02T09:00:00Z,7,false,\n"
        "2,B,contractsent,default,100,GBP,2024-03-31,2024-01-01T09:00:00Z,2024-04-02T09:00:00Z,7,true,"
        "2024-03-20T10:00:00Z\n",
    )
    look = stage(path, time_zone="Europe/Berlin")
    assert changes(look, "1")[-1][3:] == ("2024-04-01", True, True)  # half past one in the night, in Berlin
    gone = look.rows(
        "select valid_at::varchar, is_gone from deal_change where deal_id = '2' order by valid_at"
    )
    assert gone[-1] == ("2024-03-20 10:00:00", True)


def test_a_history_alone_makes_deals(stage, write) -> None:
    path = write(
        "history.csv",
        f"{HISTORY}\n1,dealname,Acme,2024-01-01T00:00:00Z,x\n1,dealstage,closedwon,2024-01-05T00:00:00Z,x\n"
        "1,amount,70,2024-01-02T00:00:00Z,x\n",
    )
    look = stage(path, kind="hubspot")
    assert look.rows("select distinct name from deal") == [("Acme",)]
    assert changes(look, "1")[-1][1:3] == ("Closed Won", "70.00")
    assert look.staging.full_lists == {}


def test_rejects_name_line_and_reason(stage, write) -> None:
    write(
        "hs/deals.csv",
        f"{LABELS}\n{DEAL}2,B,Contract Sent,Sales,lots,EUR,77,2024-04-30,2024-01-01,2024-03-05\n",
    )
    path = write(
        "hs/history.csv",
        f"{HISTORY}\n1,amount,many,2024-01-01T00:00:00Z,x\n1,amount,5,soon,x\n9,amount,5,2024-01-01T00:00:00Z,x\n"
        "1,description,a text,2024-01-01T00:00:00Z,x\n",
    )
    look = stage(path.parent)
    assert [row[:3] for row in look.rejects()] == [
        (3, "Amount", "lots"),
        (2, "Value", "many"),
        (3, "Timestamp", "soon"),
        (4, "Deal ID", "9"),
    ]
    assert all("; " in row[3] for row in look.rejects())


def test_a_plain_export_is_dated_by_its_name_else_now(stage, write) -> None:
    head = "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,Last Activity Date"
    row = "1,A,Qualified To Buy,5,Jane,2024-06-30,2024-01-01 09:00,2024-03-01 10:00"
    path = write("hubspot-crm-exports-all-deals-2024-03-31.csv", f"{head}\n{row}\n")
    look = stage(path)
    assert changes(look, "1")[-1][:2] == ("2024-03-31 23:59:59", "Qualified To Buy")
    assert (
        look.one("select distinct last_activity_on::varchar from deal_work where not is_opening")
        == "2024-03-01"
    )
    path = write("deals.csv", f"{head}\n{row}\n")
    assert changes(stage(path, as_of=dt.date(2024, 4, 7)), "1")[-1][0] == "2024-04-07 23:59:59"
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    latest = stage(path).one("select max(valid_at) from deal_change")
    assert abs(now - latest) < dt.timedelta(minutes=5)


def test_a_workbook(stage, tmp_path, xlsx) -> None:
    path = xlsx(
        tmp_path / "deals.xlsx",
        [
            [
                "Record ID",
                "Deal Name",
                "Deal Stage",
                "Amount",
                "Close Date",
                "Create Date",
                "Last Modified Date",
            ],
            [1, "A", "Closed Won", 1234.5, (45382,), (45292.5,), (45383.25,)],
        ],
    )
    assert changes(stage(path), "1")[-1] == (
        *("2024-04-01 06:00:00", "Closed Won", "1234.50", "2024-03-31", True, True),
    )


def test_another_amount_by_a_mapping(stage, write) -> None:
    deals = write("hs/deals.csv", f"{LABELS},hs_acv\n{DEAL.strip()},400\n")
    write(
        "hs/history.csv",
        f"{HISTORY}\n1,amount,900,2024-01-02T00:00:00Z,x\n1,hs_acv,300,2024-01-02T00:00:00Z,x\n",
    )
    rules = mapping_of('[hubspot]\namount = "hs_acv"', Path("m.toml"))
    amounts = [row[2] for row in changes(stage(deals.parent, mapping=rules), "1")]
    assert amounts == [None, "300.00", "400.00"]
    with pytest.raises(BadInput, match="'hs_mrr' that the mapping names"):
        stage(deals.parent, mapping=mapping_of('[hubspot]\namount = "hs_mrr"', Path("m.toml")))


def test_owners_companies_and_contacts(stage, write) -> None:
    write("hs/deals.csv", f"{LABELS}\n{DEAL.replace(',77,', ',Jane Doe,')}")
    write("hs/owners.csv", "owner_id,email,first_name,last_name,team\n77,jane@x.test,Jane,Doe,North\n")
    write("hs/companies.csv", "company_id,company_name\n5,Acme Inc\n")
    write("hs/deal_company.csv", "deal_id,company_id\n1,5\n")
    path = write(
        "hs/deal_contacts.csv",
        "deal_id,contact_id,contact_name,jobtitle,label\n"
        "1,9,Ann Bo,CFO,Budget holder\n1,9,Ann Bo,CFO,Champion\n",
    )
    look = stage(path.parent)
    assert look.one("select distinct owner_id from deal_work") == "77"
    assert look.one("select distinct name, team from person where person_id = '77'") == ("Jane Doe", "North")
    assert look.one("select distinct account_id, account_name from deal") == ("5", "Acme Inc")
    assert look.one("select name, title, role from stakeholder") == (
        "Ann Bo",
        "CFO",
        "Budget holder, Champion",
    )


def test_a_list_of_contacts_names_those_of_deals(stage, write) -> None:
    write("hs/deals.csv", f"{LABELS}\n{DEAL}")
    write("hs/contacts.csv", "Record ID,First Name,Last Name,Job Title\n9,Ann,Bo,CFO\n")
    path = write("hs/deal_contacts.csv", "deal_id,contact_id,label\n1,9,Champion\n")
    assert stage(path.parent).one("select name, title, role from stakeholder") == (
        "Ann Bo",
        "CFO",
        "Champion",
    )


def test_only_other_files_are_refused(stage, write) -> None:
    path = write("owners.csv", "owner_id,email,first_name,last_name\n77,jane@x.test,Jane,Doe\n")
    with pytest.raises(BadInput, match="neither a list of deals nor a history"):
        stage(path, kind="hubspot")


def test_a_warehouse_export_of_somebody_else(stage, shared) -> None:
    look = stage(shared / "hubspot_export", kind="hubspot")
    files = dict(look.rows("select file, rows_read from staged_file"))
    assert files["hubspot_export/deal_data.csv"] == 44
    assert len(files) == 8
    assert look.one("select count(distinct deal_id) from deal") == 44
    assert any("none of its properties is read" in note for note in look.staging.notes)


def test_when_deals_entered_stages_is_a_history_too(stage, write) -> None:
    entered = (
        '"Date entered ""Pilot (Sales)""","Date entered ""Contract Sent (Sales)""",hs_v2_date_entered_77'
    )
    path = write(
        "deals.csv",
        f"{LABELS},{entered}\n{DEAL.strip()},2024-01-10 09:00,2024-02-10 09:00,\n"
        "2,B,Contract Sent,Sales,5,EUR,77,2024-06-01,"
        "2024-01-01 09:00,2024-03-05 09:00,,,2024-01-02 09:00\n",
    )
    look = stage(path)
    assert [row[:2] for row in changes(look, "1")] == [
        ("2024-01-01 09:00:00", None),
        ("2024-01-10 09:00:00", "Pilot"),
        ("2024-02-10 09:00:00", "Contract Sent"),
        ("2024-03-05 09:00:00", "Contract Sent"),
    ]
    assert ("2024-01-02 09:00:00", "77") in [row[:2] for row in changes(look, "2")]
    assert ("Pilot",) in look.rows("select distinct stage from stage")


def test_a_stage_of_ones_own_that_may_mean_won_is_named_with_its_money(stage, write) -> None:
    text = f"{LABELS}\n{DEAL}2,Bolt,Kunde,Sales,500,EUR,77,2024-04-30,2024-01-01 09:00,2024-03-05 09:00\n"
    path = write("deals.csv", text)
    (note,) = [one for one in stage(path).staging.notes if one.startswith("Stages taken as open")]
    assert "'Kunde' (1 deals worth 500)" in note
    assert "Contract Sent" not in note  # HubSpot's own
    told = mapping_of('[stages."Kunde"]\nclosed = true\nwon = true', Path("m.toml"))
    look = stage(path, mapping=told)
    assert not [one for one in look.staging.notes if one.startswith("Stages taken as open")]
    assert look.one("select bool_or(is_won) from deal_change where deal_id = '2'")
