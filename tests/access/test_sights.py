"""A reader's sight, over random companies: never a deal too many, and none too few."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.access.granting import grant, revoke
from analytics.access.sights import above, below, sight_of
from analytics.access.viewer import LOCAL, Role, Viewer, grants, viewer_of
from analytics.company import Company, company_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.sight import OPEN, Sight, condition_of
from tests.small_stores import STAGES, described, load

WHEN = date(2026, 6, 30)
_PEOPLE = [f"P{number}" for number in range(8)]


def in_tree(reports_to: dict[str, str | None], who: str, head: str) -> bool:
    """The plain definition: going up from somebody, one comes to the head."""
    seen = set()
    while who and who not in seen:
        if who == head:
            return True
        seen.add(who)
        who = reports_to.get(who) or ""
    return False


hierarchies = st.lists(st.integers(-1, 7), min_size=8, max_size=8)


@given(hierarchies)
@settings(max_examples=200)
def test_below_is_everybody_whose_way_up_leads_there(bosses: list[int]) -> None:
    reports_to = {
        who: _PEOPLE[boss] if boss >= 0 else None for who, boss in zip(_PEOPLE, bosses, strict=True)
    }
    for head in _PEOPLE:
        expected = {who for who in _PEOPLE if who != head and in_tree(reports_to, who, head)}
        assert below(reports_to, head) == expected
        for who in _PEOPLE:
            if who != head and in_tree(reports_to, who, head):
                assert head in above(reports_to, who)


@pytest.fixture(scope="module")
def company_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two teams under one boss. In May P2 moved from P0 to P1, and D3 from P2 to P3; D5 has no owner."""
    store = Store(tmp_path_factory.mktemp("access") / "s.duckdb")
    people = [
        {"person_id": "P9", "name": "Boss"},
        {"person_id": "P0", "name": "Lea Lead", "manager_id": "P9", "team": "East"},
        {"person_id": "P1", "name": "Max Lead", "manager_id": "P9", "team": "West"},
        {"person_id": "P2", "name": "Rita Rep", "manager_id": "P0", "team": "East", "valid_at": "2026-01-01"},
        {"person_id": "P2", "name": "Rita Rep", "manager_id": "P1", "team": "West", "valid_at": "2026-05-01"},
        {"person_id": "P3", "name": "Rob Rep", "manager_id": "P0", "team": "East"},
    ]
    at = "2026-02-01"
    owner = {"D1": "P2", "D2": "P3", "D3": "P2", "D4": "P1", "D5": None}
    changes = [
        {"deal_id": deal, "valid_at": at, "stage": "Propose", "amount": 100.0, "close_date": "2026-06-30"}
        for deal in owner
    ]
    work = [{"deal_id": deal, "valid_at": at, "owner_id": who} for deal, who in owner.items()]
    work.append({"deal_id": "D3", "valid_at": "2026-05-01", "owner_id": "P3"})
    load(
        store,
        stage=STAGES,
        person=people,
        deal=described(changes),
        deal_change=changes,
        deal_work=work,
        target=[{"owner_id": who, "quarter_start": "2026-04-01", "amount": 5.0} for who in ("", "P2", "P3")],
        answer=[
            {"deal_id": deal, "question": "problem", "answer": f"of {deal}", "valid_at": at} for deal in owner
        ],
        decision=[
            {"decision_id": f"of {deal}", "deal_id": deal, "kind": "keep", "valid_at": at} for deal in owner
        ],
        action_report=[{"decision_id": f"of {deal}", "state": "done", "valid_at": at} for deal in owner],
    )
    return store


@pytest.fixture(scope="module")
def company(company_store: Store) -> Company:
    return company_of(company_store)


def seen(store: Store, sight: Sight | None, table: str, column: str = "deal_id") -> set[Any]:
    limited = Store(store.path, sight)
    with limited.reading() as con:
        return {row[0] for row in con.execute(f"select distinct {column} from {table}").fetchall()}


@pytest.mark.parametrize(
    ("viewer", "as_of", "deals"),
    [
        (Viewer("r@x.com", "", Role.REP, "P2"), WHEN, {"D1"}),
        (Viewer("r@x.com", "", Role.REP, "P2"), date(2026, 4, 30), {"D1", "D3"}),
        (Viewer("l@x.com", "", Role.MANAGER, "P0"), WHEN, {"D2", "D3"}),
        (Viewer("l@x.com", "", Role.MANAGER, "P0"), date(2026, 4, 30), {"D1", "D2", "D3"}),
        (Viewer("m@x.com", "", Role.MANAGER, "P1"), WHEN, {"D1", "D4"}),
        (Viewer("b@x.com", "", Role.MANAGER, "P9"), WHEN, {"D1", "D2", "D3", "D4"}),
        (Viewer("n@x.com", "", Role.REP, ""), WHEN, set()),
        (Viewer("n@x.com", "", Role.REP, "P77"), WHEN, set()),
        (Viewer("v@x.com", "", Role.VP), WHEN, {"D1", "D2", "D3", "D4", "D5"}),
    ],
)
def test_who_sees_which_deals_at_a_date(
    company_store: Store, company: Company, viewer: Viewer, as_of: date, deals: set[str]
) -> None:
    sight = sight_of(company_store, company, viewer, as_of)
    for table in ("deal", "deal_change", "deal_work", "answer", "decision"):
        assert seen(company_store, sight, table) == deals, table
    assert seen(company_store, sight, "action_report", "decision_id") == {f"of {deal}" for deal in deals}


def test_targets_and_names_are_those_of_ones_own_people(company_store: Store, company: Company) -> None:
    sight = sight_of(company_store, company, Viewer("r@x.com", "", Role.REP, "P2"), WHEN)
    assert seen(company_store, sight, "target", "owner_id") == {"P2"}
    assert seen(company_store, sight, "person", "person_id") == {"P2", "P1", "P9"}


def test_a_table_that_nobody_has_thought_of_shows_nothing(company_store: Store) -> None:
    assert condition_of("a_new_table", names_deal=False) == "false"
    assert condition_of("kept_deal", names_deal=True) == "false"
    sight = Sight(owners=(), as_of_end=datetime(2026, 6, 30))
    with company_store.reading() as con:
        tables = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
    limited = Store(company_store.path, sight)
    with limited.reading() as con:
        full = [
            table
            for table in tables
            if table not in OPEN and con.execute(f"select 1 from {table}").fetchone()
        ]
    assert not full, "tables that show rows to somebody who may see nothing"


def test_a_limited_and_a_full_reader_in_one_thread_do_not_mix(company_store: Store) -> None:
    limited = Store(company_store.path, Sight(owners=("P2",), as_of_end=datetime(2026, 6, 30)))
    with company_store.reading() as con, limited.reading() as other, company_store.reading() as third:
        counts = [one.execute("select count(*) from deal").fetchone() for one in (con, other, third, other)]
    assert counts == [(5,), (1,), (5,), (1,)]


def test_letting_in_and_out_again(company_store: Store, company: Company) -> None:
    assert viewer_of(company_store, "rita@x.com") is None
    grant(company_store, company, " Rita@X.com ", "rep", "P2", author="Ann")
    found = viewer_of(company_store, "RITA@x.com")
    assert found == Viewer("rita@x.com", "Rita Rep", Role.REP, "P2")
    grant(company_store, company, "rita@x.com", "manager", "P2", author="Ann")
    assert viewer_of(company_store, "rita@x.com").role is Role.MANAGER
    revoke(company_store, company, "rita@x.com", author="Ann")
    assert viewer_of(company_store, "rita@x.com") is None
    assert grants(company_store).empty


def test_the_operator_names_who_is_revops_from_the_start(tmp_path: Path) -> None:
    store = Store(tmp_path / "none.duckdb")
    assert viewer_of(store, "Ops@x.com", admins=["ops@X.com"]).role is Role.REVOPS
    assert viewer_of(store, "", admins=[""]) is None


@pytest.mark.parametrize(
    ("email", "role", "person", "message"),
    [
        ("rita", "rep", "P2", "no email address"),
        ("rita@x.com, max@x.com", "rep", "P2", "no email address"),
        ("rita@x.com", "king", "P2", "no such role"),
        ("rita@x.com", "rep", "", "who they are in the CRM"),
        ("rita@x.com", "vp", "P77", "no such person"),
    ],
)
def test_what_cannot_be_granted_is_said(
    company_store: Store, company: Company, email: str, role: str, person: str, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        grant(company_store, company, email, role, person, author="Ann")


def test_without_sign_in_everything_is_seen() -> None:
    assert LOCAL.sees_all
