"""A sample company in which every text that a CRM, a file or a person brings in is hostile."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from analytics.business_case.scores import score_new
from analytics.store.database import Store
from analytics.store.subjects import SUBJECTS
from tests.small_stores import edit, load

#: One text with everything in it that somebody might run: a formula, HTML, Markdown, LaTeX, SQL, an address.
HOSTILE = (
    "=1+1<img src=x onerror=alert(1)><script>alert(2)</script>[zz](javascript:alert(3))"
    "![zz](https://evil.example/p.png)$\\frac{9}{7}$:red[zz]:material/delete:**zz**`zz`"
    "'; drop table deal; -- www.evil.example ceo@evil.example :streamlit: \r=1+1;@1+1 "
)
#: Texts that are names of ours, not of people: changing them would only make the store unreadable.
_OURS = {
    *("deal.source", "deal.currency", "deal_change.forecast_category", "stage.forecast_category"),
    *("question.asks", "question.follow_ups", "document.stated", "document_deal.candidates"),
    *("document_deal.how", "case_note.kind", "buying_influence.role", "decision.quarter", "decision.kind"),
    *("decision.category", "decision.seen_category", "action_report.state", "override.quarter"),
    *("playbook_version.kind", "playbook_version.question", "playbook_version.stage"),
    *("playbook_version.teams", "playbook_version.measure", "import_mapping.kind", "import_mapping.header"),
    *("access_grant.role", "sync_state.cursor", "sync_run.result", "setting.value", "target.currency"),
    *("document_paragraph.used_as", "answer.source"),
}
#: Ids stand in several tables; those of a small store of its own are hostile (test_walk).
_IDS = {"deal_id", "account_id", "owner_id", "manager_id", "person_id", "document_id", "question", "asks"}


def hostile_columns() -> dict[str, list[str]]:
    """Table -> its columns of other people's texts."""
    return {
        name: [
            column
            for column, kind in subject.values.items()
            if kind == "VARCHAR" and column not in _IDS and f"{name}.{column}" not in _OURS
        ]
        for name, subject in SUBJECTS.items()
    }


def hostile_store(sample: Path, folder: Path) -> Store:
    """A copy of the sample with what it lacks, every text of it hostile."""
    store = Store(folder / "hostile.duckdb")
    shutil.copy(sample, store.path)
    deal_id, owner_id, at = a_deal(store)
    load(store, **_what_is_lacking(deal_id, owner_id, at))
    texts = HOSTILE.replace("'", "''")
    edit(
        store.path,
        *(
            f"update {table} set {column} = '{texts}' || {column} where {column} is not null"
            for table, columns in hostile_columns().items()
            for column in columns
            if (table, column) != ("deal_change", "stage")  # the other store has hostile stages
        ),
        f"update setting set value = '{texts}' where key = 'company_name'",
        f"update import_file set file = '{texts}' || file",
        f"update import set loaded_by = '{texts}', notes = '{json.dumps([texts])}'",
        f"insert into reject select 1, 1, '{texts}', 3, '{texts}', '{texts}', '{texts}', false",
    )
    score_new(store)
    return store


def a_deal(store: Store) -> tuple[str, str, str]:
    """An open deal with answers, its owner, and the last moment."""
    with store.reading() as con:
        found = con.execute(
            """
            select c.deal_id, w.owner_id, (select max(valid_at) from deal_change)
            from (select deal_id, arg_max(is_closed, valid_at) as is_closed,
                         arg_max(amount, valid_at) as amount, arg_max(close_date, valid_at) as close_date
                  from deal_change group by deal_id) c
            join (select deal_id, arg_max(owner_id, valid_at) as owner_id from deal_work group by deal_id) w
              on w.deal_id = c.deal_id
            where not c.is_closed and c.close_date between date '2026-11-15' and date '2026-12-31'
              and c.deal_id in (select deal_id from answer)
            order by c.amount desc nulls last, c.deal_id limit 1
            """
        ).fetchone()
    assert found is not None
    return found[0], found[1], str(found[2])


def _what_is_lacking(deal_id: str, owner_id: str, at: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of the subjects that the sample has none of, about one deal."""
    when = {"valid_at": at}
    sheet = {"document_id": "S1", **when}
    decided = {"decision_id": "X1", "deal_id": deal_id, "quarter": "2026Q4", "kind": "action", **when}
    kept = {"name": "weekly", "kind": "deals", "header": json.dumps(["a"]), "text": "", **when}
    return {
        "document": [{**sheet, "file": "graz.docx", "size": 1}],
        "document_paragraph": [{**sheet, "paragraph": 7, "text": "Red flag", "place": "Red flags"}],
        "document_deal": [{**sheet, "deal_id": deal_id, "how": "id"}],
        "case_note": [
            {
                "deal_id": deal_id,
                "note_id": "N1",
                "kind": "red_flag",
                "text": "x",
                "owner": "x",
                "due": "x",
                "document_id": "S1",
                "paragraph": 7,
                **when,
            }
        ],
        "buying_influence": [
            {
                "deal_id": deal_id,
                "influence_id": "I1",
                "name": "x",
                "title": "x",
                "role": "Economic Buyer",
                "mode": "x",
                "rating": "x",
                "win_result": "x",
                "document_id": "S1",
                "paragraph": 7,
                **when,
            }
        ],
        "stakeholder": [
            {"deal_id": deal_id, "contact_id": "C1", "name": "x", "title": "x", "role": "x", **when}
        ],
        "decision": [
            {
                **decided,
                "action": "x",
                "action_owner": "somebody",
                "due": "2026-11-20",
                "note": "x",
                "author": "x",
            }
        ],
        "action_report": [{"decision_id": "X1", "state": "open", "note": "x", "author": "x", **when}],
        "override": [
            {
                "deal_id": deal_id,
                "quarter": "2026Q4",
                "probability": 0.5,
                "amount": 1.0,
                "reason": "x",
                "author": "x",
                **when,
            }
        ],
        "playbook_version": [
            {
                "version_id": "v1",
                "kind": "question",
                "question": "budget",
                "teams": "[]",
                "starts_on": "2026-09-01",
                "title": "x",
                "text_before": "x",
                "text_after": "x",
                "hypothesis": "x",
                "measure": "level",
                "author": "x",
                **when,
            }
        ],
        "coaching_reply": [
            {"owner_id": owner_id, "topic": "depth", "claim": "x", "reply": "x", "author": "x", **when}
        ],
        "digest_subscription": [{"subscriber": HOSTILE, "team": "", "is_active": True, **when}],
        "submitted_call": [
            {
                "owner_id": owner_id,
                "quarter_start": "2026-10-01",
                "commit_amount": 5.0,
                "submitted_by": "x",
                **when,
            }
        ],
        "ignored_check": [{"code": "M1", "reason": "x", "author": "x", **when}],
        "import_mapping": [kept],
        "sync_run": [
            {
                "system": "salesforce",
                "started_at": at,
                "ended_at": at,
                "result": "failed",
                "message": "x",
                "rows": 1,
                **when,
            }
        ],
        "access_grant": [{"email": "a@example.com", "role": "vp", "author": "x", **when}],
    }


def tiny_hostile_store(folder: Path) -> Store:
    """A dozen deals of one owner: ids, stages, questions are hostile too."""
    store = Store(folder / "tiny.duckdb")
    changes = [_change(number) for number in range(12)]
    ids = [one["deal_id"] for one in changes]
    texts = {"name": HOSTILE, "account_name": HOSTILE, "account_id": HOSTILE, "lead_source": HOSTILE}
    stages = [{"stage": HOSTILE, "sort_order": 1, "probability": 0.5, "is_closed": False, "is_won": False}]
    answer = {"question": HOSTILE, "answer": HOSTILE, "author": HOSTILE, "valid_at": "2026-01-05"}
    load(
        store,
        deal=[{"deal_id": one, "source": f"table:{HOSTILE}", **texts} for one in ids],
        deal_change=changes,
        deal_work=[{"deal_id": one, "owner_id": HOSTILE, "next_step": HOSTILE} for one in ids],
        person=[{"person_id": HOSTILE, "name": HOSTILE, "team": HOSTILE, "region": HOSTILE}],
        stage=stages,
        answer=[{**answer, "deal_id": one} for one in ids],
        setting=[{"key": "company_name", "value": HOSTILE}],
    )
    return store


def _change(number: int) -> dict[str, Any]:
    """An open deal; every third one is won later."""
    is_won = number % 3 == 0
    return {
        "deal_id": f"{HOSTILE}{number}" if number else HOSTILE,
        "valid_at": "2026-02-01" if is_won else "2026-01-05",
        "stage": HOSTILE,
        "amount": 1000.0 + number,
        "close_date": "2026-02-01" if is_won else "2026-03-30",
        "is_closed": is_won,
        "is_won": is_won,
        "probability": 0.5,
    }
