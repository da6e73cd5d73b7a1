"""The list of what people did: what the store says and what the audit file says, as one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analytics.access.granting import grant
from analytics.access.viewer import Role
from analytics.audit.listing import COLUMNS, Asked, listing
from analytics.audit.trail import Action, Event, Trail, trail_of
from analytics.company import company_of
from analytics.erasure import erase, person_of
from analytics.store.database import Store
from analytics.store.landing import signed_in
from analytics.store.undo import put_back, undo
from tests.audit.test_erasure import crm
from tests.small_stores import load


@pytest.fixture
def trail(store: Store) -> Trail:
    load(store, **crm())
    return trail_of(store.path)


def found(store: Store, **asked: Any) -> pd.DataFrame:
    return listing(store, company_of(store), trail_of(store.path), Asked(**asked))


def test_both_sources_make_one_list(store: Store, trail: Trail) -> None:
    trail.note("anna@example.com", "Anna", Event(Action.VIEWED, "one_deal", "2026Q4", "d1"))
    grant(store, company_of(store), "bo@example.com", Role.REP, "u2", author="Anna")
    load(
        store,
        kind="edit",
        answer=[{"deal_id": "d1", "question": "budget", "answer": "Yes.", "author": "Anna"}],
    )
    undo(store, 1, author="Anna")
    put_back(store, 1, author="Anna")
    rows = found(store)
    assert list(rows.columns) == list(COLUMNS)
    assert list(rows["Did"]) == ["undid", "undid", "changed", "let in or out", "viewed", "imported"]
    assert rows["At (UTC)"].is_monotonic_decreasing
    assert rows.loc[4, ["Who", "Page", "Deal", "Looked at"]].tolist() == [
        "Anna (anna@example.com)",
        "one_deal",
        "d1",
        "2026Q4",
    ]
    assert rows.loc[2, "Deal"] == "d1"
    assert "import 1 put back" in rows.loc[0, "What"]
    assert "rows loaded" in rows.loc[5, "What"]
    erase(store, person_of(store, "c1"))
    assert found(store).loc[0, "Did"] == "erased"


def test_it_is_searched(store: Store, trail: Trail) -> None:
    for who, page, deal in (("anna", "one_deal", "d1"), ("bo", "one_deal", "d2"), ("bo", "at_risk", "")):
        trail.note(f"{who}@example.com", who.title(), Event(Action.VIEWED, page, deal=deal))
    trail.note("bo@example.com", "Bo", Event(Action.EXPORTED, "at_risk"))
    load(store, kind="edit", answer=[{"deal_id": "d1", "question": "budget", "answer": "Yes."}])
    today = datetime.now(UTC).date()
    assert len(found(store)) == 6
    assert set(found(store, person="ANNA@")["Who"]) == {"Anna (anna@example.com)"}
    assert len(found(store, action="viewed")) == 3
    assert len(found(store, action="imported")) == 1
    assert len(found(store, page="at_risk")) == 2
    assert set(found(store, deal="d1")["Did"]) == {"viewed", "changed", "imported"}
    assert len(found(store, first=today - timedelta(days=1), last=today + timedelta(days=1))) == 6
    assert found(store, last=date(2020, 1, 1)).empty
    assert found(store, first=today + timedelta(days=2)).empty
    assert found(store, person="' or 1=1 --").empty


def test_who_is_signed_in_did_it_whatever_they_say(store: Store, trail: Trail) -> None:
    token = signed_in.set("anna@example.com")
    try:
        grant(store, company_of(store), "bo@example.com", Role.VP, "", author="Somebody Else")
        undo(store, 1, author="Somebody Else")
    finally:
        signed_in.reset(token)
    assert list(found(store)["Who"][:2]) == ["anna@example.com"] * 2


def test_no_name_of_a_deal_or_amount_is_in_the_file(store: Store, trail: Trail) -> None:
    trail.note("anna@example.com", "Anna", Event(Action.VIEWED, "one_deal", deal="d1"))
    content = trail.path.read_bytes()
    assert b"d1" in content
    assert b"Deal one" not in content
    assert b"Acme" not in content
