"""Contact roles of deals, from any table: who is met in a deal, by the deal's id or its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate, reject_where
from analytics.intake.job import Job
from analytics.intake.labels import labels
from analytics.intake.matching import normal
from analytics.intake.raw import Probe
from analytics.problems import BadInput

CONTACTS = (
    Field(
        "deal_id",
        labels=("deal_id", "Opportunity ID", "OpportunityId", "Deal ID", "Deal - ID", "Deal Record ID"),
    ),
    Field("deal_name", labels=labels("lists", "deal")),
    Field("account_name", labels=("Account Name", "Account", "Company", *labels("deals", "account_name"))),
    Field("contact_id", labels=labels("lists", "contact_id")),
    Field("name", labels=labels("lists", "contact")),
    Field("role", labels=labels("lists", "role")),
    Field("title", labels=labels("lists", "job_title")),
    Field("is_primary", "flag", labels=labels("lists", "is_primary")),
    Field("since", "moment", labels=labels("lists", "since")),
)
_OF_DEALS = {"stage", "amount", "closedate", "status", "value"}


def is_contacts(header: Sequence[str]) -> bool:
    """Whether a file lists contact roles: a deal, a person and what the person is in it."""
    found = set(locate(header, CONTACTS))
    if {key(label) for label in header} & _OF_DEALS:
        return False
    has_person = {"contact_id", "name"} & found and {"role", "title", "is_primary"} & found
    return bool({"deal_id", "deal_name"} & found and has_person)


def stage_contacts(job: Job, probes: Sequence[Probe]) -> None:
    """Stage contact roles, each from the time it is since, else from the file's day on."""
    for found in probes:
        columns = locate(found.header, CONTACTS)
        if not {"deal_id", "deal_name"} & set(columns) or not {"contact_id", "name"} & set(columns):
            raise BadInput(
                "the columns of the deal and of the contact are needed",
                where=found.label,
                expected="deal_id (or the deal's name), contact (or its e-mail), and role, title, primary",
                got=", ".join(found.header[:25]),
                to_do="Rename or add the column.",
            )
        raw = job.load(found, "contacts", list(columns.values()))
        known_from = job.end_of(job.as_of) if job.as_of else job.now()
        if "since" not in columns:
            job.note_day(raw.file_no, known_from)
            job.note(
                f"{found.label}: nothing says since when, so these contacts are known only from the file's"
                " day on; add a column 'since' to see them at past dates."
            )
        typing = Typing(job, raw, CONTACTS, columns)
        typing.decide(set())
        table = typing.read()
        _find_deals(job, table, found, columns)
        job.con.execute(
            f"update {table} set contact_id = coalesce(contact_id, name), name = coalesce(name, contact_id)"
        )
        place = columns.get("contact_id", columns.get("name", 0))
        empty = "'expected a contact, got an empty cell; fill it in'"
        reject_where(job, table, "contact_id is null", found.header[place], "contact_id", empty)
        same = ["name", "title", "role", "is_primary", "since"]
        drop_duplicates(job, table, ["deal_id", "contact_id"], same, "line desc", "deal and contact")
        job.con.execute(
            "insert into stakeholder (deal_id, contact_id, name, title, role, is_primary, is_gone, valid_at,"
            " file_no, line, seq)"
            " select deal_id, contact_id, name, title, role, coalesce(is_primary, false), false,"
            f" coalesce(since, ?), file_no, line, line from {table}",
            [known_from],
        )


def _find_deals(job: Job, table: str, found: Probe, columns: dict[str, int]) -> None:
    """Fill `deal_id` in by the deal's name (and account); rows that name no deal or several are rejected."""
    if "deal_name" not in columns:
        empty = "'expected the deal''s id, got an empty cell; fill it in'"
        reject_where(job, table, "deal_id is null", found.header[columns["deal_id"]], "deal_id", empty)
        return
    by_name = _deals_by_name(job)
    job.con.execute(
        "create or replace table deal_named (name varchar, account varchar, deal_id varchar, n integer)"
    )
    rows = []
    asked = job.con.execute(
        f"select distinct deal_name, account_name from {table}"
        " where deal_id is null and deal_name is not null"
    ).fetchall()
    for name, account in asked:
        fits = [
            deal_id
            for deal_id, theirs in by_name[normal(name)].items()
            if not account or not theirs or normal(account) == theirs
        ]
        rows.append([name, account, fits[0] if len(fits) == 1 else None, len(fits)])
    if rows:
        job.con.executemany("insert into deal_named values (?, ?, ?, ?)", rows)
    job.con.execute(
        f"update {table} t set deal_id = n.deal_id from deal_named n where t.deal_id is null"
        " and n.name = t.deal_name and n.account is not distinct from t.account_name"
    )
    several = (
        f"select 1 from deal_named n where n.n > 1 and n.name = {table}.deal_name"
        f" and n.account is not distinct from {table}.account_name"
    )
    label, said = found.header[columns["deal_name"]], "coalesce(left(deal_name, 60), '')"
    many = f"'several deals are called ''' || {said} || '''; give the deal''s id or its account too'"
    reject_where(job, table, f"deal_id is null and exists ({several})", label, "deal_name", many)
    none = f"'no deal is called ''' || {said} || '''; load the deals first, or give the deal''s id'"
    reject_where(job, table, "deal_id is null", label, "deal_name", none)


def _deals_by_name(job: Job) -> dict[str, dict[str, str]]:
    """Name -> the deals called so, each with its account: of the store, and of this import."""
    known = job.known.deals.deals
    rows = list(zip(known["deal_id"], known["name"], known["account_name"], strict=True))
    rows += job.con.execute(
        "select deal_id, arg_max(name, valid_at), coalesce(arg_max(account_name, valid_at), '') from deal"
        " group by 1"
    ).fetchall()
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for deal_id, name, account in rows:
        found[normal(name)][str(deal_id)] = normal(account)
    return found
