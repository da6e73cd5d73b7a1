"""Which deal a sheet belongs to: names, legal forms, ids, and what is offered where it is unsure."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.sheet_matching import KnownDeals, simple, simple_account

DEALS = pd.DataFrame(
    [
        ("NB-1", "Alpha / Portal", "Alpha GmbH", True),
        ("NB-2", "Alpha / Portal", "Alpha GmbH", False),
        ("NB-3", "Portal", "Beta S.A.", True),
        ("NB-4", "Renewal", "", True),
        ("NB-5", "Zürich Rollout", "Größe & Söhne AG", True),
    ],
    columns=["deal_id", "name", "account_name", "is_open"],
)


def sheet(deal_id: str = "", account: str = "", name: str = "") -> Sheet:
    return Sheet("s.docx", "x", [], [], deal_id, account, name, "", "", "", None, [])


@pytest.mark.parametrize(
    ("given", "deal_id"),
    [
        (sheet("nb-3"), "NB-3"),
        (sheet("", "ALPHA", "portal"), "NB-1"),  # the open one before the closed one
        (sheet("", "Alpha Inc.", "Alpha / Portal"), "NB-1"),
        (sheet("", "Beta SA", "Portal"), "NB-3"),
        (sheet("", "Groesse & Soehne", "Zurich Rollout"), None),  # ö is o, not oe: offered, not taken
        (sheet("", "Grosse und Sohne", "Zurich Rollout"), None),
        (sheet("", "GRÖSSE & SÖHNE", "zurich rollout"), "NB-5"),
        (sheet("", "", "Alpha / Portal"), "NB-1"),  # the name names the account
        (sheet("", "", "Portal"), None),
        (sheet("", "", "Renewal"), None),
        (sheet("", "Alpha", ""), None),
        (sheet("NB-3", "Alpha", "Portal"), None),  # id and account disagree
        (sheet("NB-77", "Beta SA", "Portal"), None),  # an id that nobody knows
        (sheet(), None),
    ],
)
def test_match(given: Sheet, deal_id: str | None) -> None:
    assert KnownDeals(DEALS).match(given).deal_id == deal_id


def test_an_unsure_sheet_is_offered_the_likely_deals_first() -> None:
    found = KnownDeals(DEALS).match(sheet("", "Groesse und Soehne", "Zurich Rollout"))
    assert found.candidates[0] == "NB-5"
    assert len(found.candidates) <= 5


def test_without_deals_nothing_matches() -> None:
    none = KnownDeals(DEALS.head(0)).match(sheet("NB-1", "Alpha", "Portal"))
    assert (none.deal_id, none.candidates) == (None, ())


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("Alpha GmbH & Co. KG", "alpha and"),
        ("The Co Group", "the"),
        ("AG", "ag"),  # a name is never emptied
        ("Beta S.A.", "beta"),
        ("  Łódź  Ø ", "lodz o"),
    ],
)
def test_accounts_without_legal_forms(text: str, account: str) -> None:
    assert simple_account(text) == account


def test_simple() -> None:
    assert simple("Müller & Söhne – R&D") == "muller and sohne r and d"
