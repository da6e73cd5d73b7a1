"""Who is in HubSpot's deals: owners, companies and contacts, in the shape of Salesforce's objects."""

from __future__ import annotations

from analytics.intake import hubspot_history
from analytics.intake.fields import drop_duplicates
from analytics.intake.hubspot_objects import DEAL_COMPANY, DEALS, OWNER
from analytics.intake.job import Job
from analytics.intake.salesforce import empty


def name_owners(job: Job, tables: dict[str, str], events: str) -> None:
    """An export names owners by name or e-mail where a history has ids: ids where one is known."""
    if OWNER.name not in tables:
        if (found := hubspot_history.owners_of(job, tables[DEALS.name], events)) is None:
            return
        tables[OWNER.name] = found
    owners = tables[OWNER.name]
    job.con.execute(
        f"update {owners} set name ="
        " coalesce(name, nullif(concat_ws(' ', first_name, last_name), ''), email, person_id)"
    )
    known = (
        f"select written, any_value(person_id) as person_id from (select person_id, unnest([name, email]) as"
        f" written from {owners}) where written is not null group by 1 having count(distinct person_id) = 1"
    )
    for table in (tables[DEALS.name], events):
        job.con.execute(
            f"update {table} set owner_id = k.person_id from ({known}) k where k.written = owner_id"
        )


def add_companies(job: Job, tables: dict[str, str]) -> None:
    """The company of a deal from the list of companies of deals; the first one that it names."""
    if DEAL_COMPANY.name in tables:
        job.con.execute(
            f"update {tables[DEALS.name]} d set account_id = c.account_id from (select deal_id,"
            " arg_min(account_id, (file_no, line)) as account_id"
            f" from {tables[DEAL_COMPANY.name]} group by 1) c"
            " where c.deal_id = d.deal_id and d.account_id is null"
        )


def users(job: Job, tables: dict[str, str]) -> str:
    """Owners in the shape of Salesforce's User; without a list of owners, the names that deals give."""
    out = empty(job, "User")
    if OWNER.name in tables:
        drop_duplicates(
            job,
            tables[OWNER.name],
            ["person_id"],
            ["name", "team", "is_deleted"],
            "is_deleted nulls first",
            "owner_id",
        )
        job.con.execute(
            f"insert into {out} by name select file_no, line, person_id, name, team as department,"
            f" not coalesce(is_deleted, false) as is_active, 0 as bad from {tables[OWNER.name]}"
        )
    job.con.execute(
        f"insert into {out} by name select min(file_no) as file_no, min(line) as line, owner_id as person_id,"
        f" owner_id as name, true as is_active, 0 as bad from {tables[DEALS.name]}"
        f" where not regexp_full_match(owner_id, '\\d+') and owner_id not in (select person_id from {out})"
        " group by owner_id"
    )
    return out


def roles(job: Job, contacts: str) -> str:
    """Contacts of deals in the shape of Salesforce's contact roles; several labels of one become one role."""
    out = empty(job, "OpportunityContactRole")
    job.con.execute(
        f"insert into {out} by name select min(file_no) as file_no, min(line) as line, deal_id, contact_id,"
        " any_value(name) as name, any_value(title) as title,"
        " string_agg(distinct role, ', ' order by role) as role, bool_or(coalesce(is_primary, false))"
        " as is_primary, bool_and(coalesce(is_deleted, false)) as is_deleted, min(created) as created,"
        f" 0 as bad from {contacts} group by deal_id, contact_id"
    )
    return out
