"""OpportunityFieldHistory: single changes (old and new value) become states of deals and of their work."""

from __future__ import annotations

from analytics.intake.fields import Field, Typing
from analytics.intake.job import Job
from analytics.intake.raw import RawTable

#: Our field -> the names under which Salesforce tracks it.
TRACKED: dict[str, tuple[str, ...]] = {
    "stage": ("stagename", "stage"),
    "amount": ("amount",),
    "close_date": ("closedate",),
    "probability": ("probability",),
    "category": ("forecastcategoryname", "forecastcategory"),
    "owner_id": ("ownerid", "owner"),
    "next_step": ("nextstep",),
}
MECHANICS = ("stage", "amount", "close_date", "probability", "category")
WORK = ("owner_id", "next_step")
_KINDS = {"amount": "amount", "close_date": "date", "probability": "percent"}


def typed_changes(job: Job, typing: Typing, table: str, siblings: set[str], amount_field: str | None) -> str:
    """Type the old and new values of one file's changes: each field has its own column."""
    names = dict(TRACKED)
    if amount_field:
        names["amount"] = (amount_field.lower(),)
    plain = "lower(regexp_replace(field, '^Opportunity\\.', ''))"
    job.con.execute("create or replace temp table tracked_name (theirs varchar, ours varchar)")
    job.con.executemany(
        "insert into tracked_name values (?, ?)",
        [[name, ours] for ours, all_ in names.items() for name in all_],
    )
    cells = [
        f"case when n.ours = '{name}' then {side}_value end" for name in TRACKED for side in ("old", "new")
    ]
    columns = ", ".join(f"{cell} as c{number + 3}" for number, cell in enumerate(cells))
    view = job.fresh("changes")
    job.con.execute(
        f"create table {view} as select line, deal_id as c0, since::varchar || 'Z' as c1, n.ours as c2,"
        f" {columns}"
        f" from {table} left join tracked_name n on n.theirs = {plain}"
    )
    fields = [Field("deal_id"), Field("since", "moment"), Field("field")]
    fields += [
        Field(f"{side}_{name}", _KINDS.get(name, "text")) for name in TRACKED for side in ("old", "new")
    ]
    raw = RawTable(typing.raw.probe, view, typing.raw.file_no)
    located = {field.name: number for number, field in enumerate(fields)}
    labels = {f.name: "OldValue" if f.name.startswith("old_") else "NewValue" for f in fields}
    changes = Typing(job, raw, fields, located, labels=labels)
    changes.decide(siblings | typing.proven_orders())
    return changes.read()


def states(job: Job, changes: str, deals: str, fields: tuple[str, ...], only: str) -> str:
    """States after each change (and before the first, `is_first`) of the deals for which `only` holds.

    What never changed had its present value all along, if the field is tracked at all; else it is unknown.
    """
    tracked = {
        name: name in job.tracked or job.count(f"select count(*) from {changes} where field = '{name}'") > 0
        for name in fields
    }
    picked = ", ".join(
        f"arg_max(struct_pack(v := new_{f}), line) filter (where field = '{f}') as e_{f},"
        f" arg_min(struct_pack(v := old_{f}), line) filter (where field = '{f}') as o_{f}"
        for f in fields
    )
    now = {f: f"d.{f}" if tracked[f] else "null" for f in fields}
    stated = ", ".join(
        f"(case when last_value(e_{f} ignore nulls) over earlier is not null"
        f" then (last_value(e_{f} ignore nulls) over earlier).v"
        f" when first_value(o_{f} ignore nulls) over all_of_it is not null"
        f" then (first_value(o_{f} ignore nulls) over all_of_it).v else {now[f]} end) as {f}"
        for f in fields
    )
    nothing = ", ".join(f"null as e_{f}, null as o_{f}" for f in fields)
    fields_in = ", ".join(f"'{f}'" for f in fields)
    out = job.fresh("states")
    job.con.execute(
        f"""
        create table {out} as
        with events as (
            select deal_id, since, max(file_no) as file_no, max(line) as line, false as is_first, {picked}
            from {changes} c where field in ({fields_in}) and {only} group by deal_id, since
        ),
        timeline as (
            select deal_id, since, file_no, line, is_first, {", ".join(f"e_{f}, o_{f}" for f in fields)}
                from events
            union all by name
            select d.deal_id, least(d.created, e.first_at) as since, d.file_no, d.line, true as is_first,
                {nothing}
            from {deals} d join (select deal_id, min(since) as first_at from events group by 1) e using
                (deal_id)
        )
        select t.deal_id, t.since, t.file_no, t.line, t.is_first, {stated}
        from timeline t join {deals} d using (deal_id)
        window earlier as (partition by t.deal_id order by t.since, t.is_first desc
                rows between unbounded preceding and current row),
            all_of_it as (partition by t.deal_id order by t.since, t.is_first desc
                rows between unbounded preceding and unbounded following)
        """
    )
    return out
