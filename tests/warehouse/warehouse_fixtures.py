"""A small CRM in the tables that Fivetran makes, and the same as CSV, Parquet, Airbyte's and in Postgres."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import sql

from analytics.store.database import Store

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_STATE = "stage_name varchar, amount decimal(18,2), probability double, close_date date"
_HISTORY = (
    f"id varchar, opportunity_id varchar, created_date timestamptz, {_STATE}, forecast_category varchar"
)
_TABLES = {
    "opportunity": f"id varchar, is_deleted boolean, account_id varchar, name varchar, {_STATE},"
    " type varchar, next_step varchar, lead_source varchar, is_closed boolean, is_won boolean,"
    " forecast_category_name varchar, owner_id varchar, created_date timestamptz,"
    " last_modified_date timestamptz, last_activity_date date, acv_c decimal(18,2)",
    "opportunity_history": _HISTORY,
    "opportunity_field_history": "id varchar, opportunity_id varchar, created_date timestamptz,"
    " field varchar, old_value varchar, new_value varchar",
    "opportunity_contact_role": "id varchar, opportunity_id varchar, contact_id varchar, role varchar,"
    " is_primary boolean, is_deleted boolean, created_date timestamptz, last_modified_date timestamptz",
    "opportunity_stage": "id varchar, master_label varchar, sort_order integer, default_probability double,"
    " forecast_category_name varchar, is_closed boolean, is_won boolean, is_active boolean",
    "account": "id varchar, name varchar, industry varchar",
    "contact": "id varchar, first_name varchar, last_name varchar, title varchar",
    "user": "id varchar, name varchar, manager_id varchar, user_role_id varchar, is_active boolean",
    "user_role": "id varchar, name varchar",
    "forecasting_quota": "id varchar, quota_owner_id varchar, quota_amount decimal(18,2), start_date date",
    "currency_type": "id varchar, iso_code varchar, conversion_rate double, is_corporate boolean",
}
_OWNERS = ("005000000000001AAA", "005000000000002AAA")
_ROWS = f"""
insert into opportunity values
 ('006A', false, '001A', 'Umlaut Ä "quoted", line
break', 'Negotiation', 90.50, 80, '2024-06-30', 'New', 'send draft', 'Web', false, false, 'Commit',
  '{_OWNERS[1]}', '2024-01-02 00:30:00+01', '2024-03-05 10:00:00+00', '2024-03-04', 1),
 ('006B', false, '001B', 'Won one', 'Closed Won', 1200, 100, '2024-02-29', null, null, null, true, true,
  'Closed', '{_OWNERS[0]}', '2024-01-03 09:00:00+00', '2024-03-01 08:00:00+00', null, 2),
 ('006C', true, '001B', 'Deleted one', 'Prospecting', null, 10, '2024-05-31', null, null, null, false, false,
  'Pipeline', '{_OWNERS[0]}', '2024-01-04 09:00:00+00', '2024-02-20 12:00:00+00', null, null),
 ('006D', false, null, 'Lost one', 'Closed Lost', 0.07, 0, '2024-02-10', null, '', null, true, false,
  'Omitted', '{_OWNERS[1]}', '2024-01-05 09:00:00+00', '2024-02-11 09:00:00+00', null, null);
insert into opportunity_history values
 ('1', '006A', '2024-01-01 23:30:00+00', 'Prospecting', 100, 10, '2024-05-31', 'Pipeline'),
 ('2', '006A', '2024-02-01 09:00:00+00', 'Negotiation', 90.50, 80, '2024-06-30', 'Forecast'),
 ('3', '006B', '2024-01-03 09:00:00+00', 'Prospecting', 1000, 10, '2024-02-29', 'Pipeline'),
 ('4', '006B', '2024-02-28 09:00:00+00', 'Negotiation', 1100, 80, '2024-02-29', 'Forecast'),
 ('5', '006B', '2024-02-28 09:00:00+00', 'Closed Won', 1200, 100, '2024-02-29', 'Closed'),
 ('6', '006C', '2024-01-04 09:00:00+00', 'Prospecting', null, 10, '2024-05-31', 'Pipeline'),
 ('7', '006D', '2024-01-05 09:00:00+00', 'Negotiation', 5, 80, '2024-03-31', 'BestCase'),
 ('8', '006D', '2024-02-10 09:00:00+00', 'Closed Lost', 0.07, 0, '2024-02-10', 'Omitted');
insert into opportunity_field_history values
 ('1', '006A', '2024-03-05 10:00:00+00', 'Owner', '{_OWNERS[0]}', '{_OWNERS[1]}'),
 ('2', '006A', '2024-03-05 10:00:00+00', 'NextStep', 'call', 'send draft');
insert into opportunity_contact_role values
 ('1', '006A', '003A', 'Economic Buyer', true, false, '2024-01-10 09:00:00+00', '2024-01-10 09:00:00+00'),
 ('2', '006A', '003B', null, false, true, '2024-01-11 09:00:00+00', '2024-02-11 09:00:00+00');
insert into opportunity_stage values
 ('1', 'Prospecting', 1, 10, 'Pipeline', false, false, true), ('2', 'Negotiation', 2, 80, 'Commit', false,
  false, true), ('3', 'Closed Won', 3, 100, 'Closed', true, true, true),
 ('4', 'Closed Lost', 4, 0, 'Omitted', true, false, true);
insert into account values ('001A', 'Ärzte & Söhne', 'x'), ('001B', 'Beta', null);
insert into contact values ('003A', 'Eva', 'Blüm', 'CFO'), ('003B', 'Jo', 'Poe', null);
insert into "user" values ('{_OWNERS[0]}', 'Ann', null, '00E1', true),
 ('{_OWNERS[1]}', 'Ben', '{_OWNERS[0]}', '00E1', false);
insert into user_role values ('00E1', 'EMEA');
insert into forecasting_quota values ('1', '{_OWNERS[0]}', 5000, '2024-01-01'),
 ('2', '{_OWNERS[0]}', 6000, '2024-04-01');
insert into currency_type values ('1', 'EUR', 1, true), ('2', 'USD', 1.1, false);
"""
#: Days at which what a store shows is compared.
DAYS = (
    date(2024, 1, 3),
    date(2024, 1, 20),
    date(2024, 2, 15),
    date(2024, 2, 28),
    date(2024, 3, 2),
    date(2024, 4, 1),
)
_SHOWN = [
    *("deal_id", "name", "stage", "amount", "close_date", "forecast_category", "owner_id", "next_step"),
    *("is_closed", "is_won", "is_gone"),
]
#: HubSpot in the tables that Fivetran makes of it.
_HUBSPOT = """
create table deal as select * from (values
    (11::bigint, false, 'p1', 's2', 'One', 90.5::double, timestamptz '2024-06-30 12:00:00+00', 7::bigint,
        timestamptz '2024-01-02 09:00:00+00', timestamptz '2024-03-05 10:00:00+00'),
    (12, false, 'p1', 's3', 'Two', 100, timestamptz '2024-02-29 12:00:00+00', 7,
        timestamptz '2024-01-03 09:00:00+00', timestamptz '2024-03-01 10:00:00+00'),
    (13, false, 'p1', 's1', 'Merged into one', 5, timestamptz '2024-06-30 12:00:00+00', 8,
        timestamptz '2024-01-04 09:00:00+00', timestamptz '2024-02-01 10:00:00+00'),
    (14, true, 'p1', 's1', 'Deleted', null, null, 8, timestamptz '2024-01-05 09:00:00+00',
        timestamptz '2024-02-02 10:00:00+00')
) t(deal_id, _fivetran_deleted, deal_pipeline_id, deal_pipeline_stage_id, property_dealname, property_amount,
    property_closedate, owner_id, property_createdate, property_hs_lastmodifieddate);
create table merged_deal as select 11::bigint as deal_id, 13::bigint as merged_deal_id;
create table deal_property_history as select * from (values
    (11::bigint, 'dealstage', 's1', timestamptz '2024-01-02 09:00:00+00'),
    (11, 'dealstage', 's2', timestamptz '2024-02-10 09:00:00.500+00'),
    (11, 'amount', '50', timestamptz '2024-01-02 09:00:00+00'),
    (11, 'amount', '90.5', timestamptz '2024-02-11 09:00:00+00'),
    (12, 'dealstage', 's1', timestamptz '2024-01-03 09:00:00+00'),
    (12, 'dealstage', 's3', timestamptz '2024-02-28 09:00:00+00'),
    (12, 'num_notes', '3', timestamptz '2024-02-28 09:00:00+00')
) t(deal_id, name, value, "timestamp");
create table deal_stage as select * from (values
    (13::bigint, 's1', timestamptz '2024-01-04 09:00:00+00')) t(deal_id, value, date_entered);
create table deal_pipeline as select 'p1' as pipeline_id, 'Sales' as label;
create table deal_pipeline_stage as select * from (values
    ('s1', 'p1', 'Qualified', 1, 0.2::double, false), ('s2', 'p1', 'Proposal', 2, 0.6, false),
    ('s3', 'p1', 'Won', 3, 1, true)) t(stage_id, pipeline_id, label, display_order, probability, closed_won);
create table owner as select * from (values
    (7::bigint, 'ann@acme.example', 'Ann', 'A'), (8, 'ben@acme.example', 'Ben', 'B'))
    t(owner_id, email, first_name, last_name);
create table company as select 21::bigint as id, 'Beta' as property_name;
create table deal_company as select 11::bigint as deal_id, 21::bigint as company_id;
create table contact as select 31::bigint as id, 'Eva' as property_firstname, 'Blum' as property_lastname;
create table deal_contact as select 11::bigint as deal_id, 31::bigint as contact_id;
"""


def the_crm() -> duckdb.DuckDBPyConnection:
    """The tables in a DuckDB in memory; a test may change them."""
    con = duckdb.connect(":memory:")
    con.execute("set TimeZone = 'UTC'")
    for name, columns in _TABLES.items():
        con.execute(f'create table "{name}" ({columns})')
    con.execute(_ROWS)
    return con


def the_hubspot() -> duckdb.DuckDBPyConnection:
    """Another company's HubSpot."""
    con = duckdb.connect(":memory:")
    con.execute("set TimeZone = 'UTC'")
    con.execute(_HUBSPOT)
    return con


def names_of(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables that a test has."""
    return [row[0] for row in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]


def pascal(name: str) -> str:
    """How Salesforce writes a name: stage_name -> StageName."""
    return "".join(part.capitalize() for part in name.split("_"))


def types_of(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> type."""
    return {row[0]: row[1] for row in con.execute(f'describe "{table}"').fetchall()}


def as_export(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """The same as a data export of Salesforce: a CSV per object, times as its API writes them."""
    folder.mkdir()
    for table in names_of(con):
        cells = [
            (f"strftime({name}, '%Y-%m-%dT%H:%M:%S.000+0000')" if kind == _MOMENT else name)
            + f' as "{pascal(name)}"'
            for name, kind in types_of(con, table).items()
        ]
        target = folder / f"{pascal(table)}.csv"
        con.execute(f"copy (select {', '.join(cells)} from \"{table}\" order by id) to '{target}' (header)")
    return folder


def as_parquet(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """A folder per table."""
    place = str(folder).replace("'", "''")
    for table in names_of(con):
        (folder / table).mkdir(parents=True)
        con.execute(f"copy \"{table}\" to '{place}/{table}/part-0.parquet' (format parquet)")
    return folder


def as_airbyte(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The tables as Airbyte leaves them when it appends: each row twice, the older one stale."""
    out = duckdb.connect(":memory:")
    out.execute("set TimeZone = 'UTC'")
    for table in names_of(con):
        frame = con.execute(
            "select "
            + ", ".join(f'cast({name} as varchar) as "{pascal(name)}"' for name in types_of(con, table))
            + f' from "{table}"'
        ).df()
        out.register("rows", frame)
        cast = ", ".join(
            f'cast("{pascal(name)}" as {kind}) as "{pascal(name)}"'
            for name, kind in types_of(con, table).items()
        )
        stale = "StageName" if table == "opportunity" else "Name"
        old = f"* replace ('stale' as \"{stale}\")" if stale in frame.columns else "*"
        fresh, before = "timestamptz '2024-04-02 00:00:00+00'", "timestamptz '2024-01-01 00:00:00+00'"
        out.execute(
            f'create table "{pascal(table)}" as select {cast}, {fresh} as _airbyte_extracted_at from rows'
            f" union all select {old} from (select {cast}, {before} as _airbyte_extracted_at from rows)"
        )
    return out


def as_history_mode(con: duckdb.DuckDBPyConnection, *, alone: bool = True) -> duckdb.DuckDBPyConnection:
    """Fivetran's history mode: `opportunity` has a row per version; `alone`: Salesforce's histories lack."""
    con.execute(
        """
        create table version as
        with moment as (
            select opportunity_id as id, created_date as since, arg_max(struct_pack(stage_name, amount,
                probability, close_date, forecast_category), id) as s
            from opportunity_history group by all
            union all
            select id, last_modified_date, struct_pack(stage_name, amount, probability, close_date,
                forecast_category := forecast_category_name) from opportunity where not is_deleted
        ),
        later as (select *, lead(since) over (partition by id order by since) as next_since from moment)
        select o.* exclude (is_deleted) replace (s.stage_name as stage_name, s.amount as amount,
                s.probability as probability, s.close_date as close_date, since as last_modified_date,
                s.forecast_category as forecast_category_name,
                case when o.id = '006A' and since < timestamptz '2024-03-05 10:00:00+00'
                    then '005000000000001AAA' else o.owner_id end as owner_id,
                case when o.id = '006A' and since < timestamptz '2024-03-05 10:00:00+00'
                    then 'call' else o.next_step end as next_step),
            since as _fivetran_start,
            case when next_since is not null then next_since - interval 1 millisecond
                when o.is_deleted then o.last_modified_date
                else timestamptz '9999-12-31 23:59:59.999+00' end as _fivetran_end,
            next_since is null and not o.is_deleted as _fivetran_active
        from later join opportunity o using (id)
        """
    )
    con.execute("drop table opportunity; alter table version rename to opportunity")
    if alone:
        con.execute("drop table opportunity_history; drop table opportunity_field_history")
    return con


class Server:
    """A Postgres of our own: its data in a folder of its own, on a socket in it."""

    #: of the newest version that Debian has here; None: there is none
    bin = max(
        Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: path.parts[-2].zfill(3)
    )

    def __init__(self) -> None:
        assert self.bin is not None
        self.programs = self.bin
        self.folder = Path(tempfile.mkdtemp(prefix="plumbline-pg-"))
        self._run_as: list[str] = []
        if os.geteuid() == 0:  # Postgres does not run as root
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
            self._run_as = ["runuser", "-u", "postgres", "--"]
        data = str(self.folder / "data")
        self._do("initdb", "-D", data, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C", "-U", "reader")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._do("pg_ctl", "-D", data, "-w", "-t", "300", "-o", options, "-l", f"{self.folder}/log", "start")
        self.url = f"postgresql://reader:s3cr3t-pass@/postgres?host={self.folder}"

    def _do(self, name: str, *given: str) -> None:
        subprocess.run(
            [*self._run_as, str(self.programs / name), *given], check=True, cwd="/", stdout=subprocess.DEVNULL
        )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True)

    def close(self) -> None:
        self._do("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self, schema: str, con: duckdb.DuckDBPyConnection) -> None:
        """Make a schema with the tables."""
        with self.connect() as into:
            into.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
            into.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            for table in names_of(con):
                types = types_of(con, table)
                place = sql.Identifier(schema, table)
                kinds = {name: kind.replace("DOUBLE", "double precision") for name, kind in types.items()}
                columns = [sql.SQL("{} " + kind).format(sql.Identifier(name)) for name, kind in kinds.items()]  # type: ignore[operator]
                into.execute(sql.SQL("create table {} ({})").format(place, sql.SQL(", ").join(columns)))
                cells = ", ".join(f'cast("{name}" as varchar)' for name in types)
                rows = con.execute(f'select {cells} from "{table}"').fetchall()
                values = sql.SQL(", ").join(sql.SQL("%s::" + kind) for kind in kinds.values())  # type: ignore[operator]
                with into.cursor() as cursor:
                    cursor.executemany(sql.SQL("insert into {} values ({})").format(place, values), rows)


def shown(store: Store) -> dict[str, list[dict[str, Any]]]:
    """What a store shows at each of the days: the deals, the people."""
    found: dict[str, list[dict[str, Any]]] = {}
    for day in DAYS:
        end = datetime(day.year, day.month, day.day, 23, 59, 59)
        deals = store.query("deals_as_of", as_of_end=end, closed_since=datetime(2000, 1, 1), deal_id=None)
        found[str(day)] = deals.sort_values("deal_id")[_SHOWN].astype(str).to_dict("records")
    return found
