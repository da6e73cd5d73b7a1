"""Who may write what: asked when it is written, of the reader of that moment and the deals of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import StopException

from analytics.access.rights import Deed, NotAllowed
from analytics.access.viewer import LOCAL, Role, Viewer
from analytics.company import Scope, company_of, span_of
from analytics.digest.subscriptions import subscriptions_as_of
from analytics.review.decisions import ACTION, Decision, decide, decisions_as_of
from analytics.store.database import Store
from pages.shared import audit_show, cached, cached_team, clearing, feed_show, signin
from tests.small_stores import STAGES, described, load, setting

REP = Viewer("anna@example.com", "Anna", Role.REP, "U1")
MANAGER = Viewer("ben@example.com", "Ben", Role.MANAGER, "U2")
VP = Viewer("vera@example.com", "Vera", Role.VP)
#: Whose each deal was on 5 October; D3 went from U1 to U3 on the 20th.
OWNERS = {"D1": "U1", "D2": "U3", "D3": "U1"}
BEFORE, LAST = date(2026, 10, 10), date(2026, 11, 5)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three deals, each with a Blue Sheet and an action; U2 leads U1."""
    store = Store(tmp_path_factory.mktemp("writing") / "small.duckdb")
    open_ = {"stage": "Propose", "forecast_category": "commit", "close_date": "2026-12-15"}
    changes = [
        {
            "deal_id": deal,
            "valid_at": "2026-10-05",
            "amount": 1.0,
            "is_closed": False,
            "is_won": False,
            **open_,
        }
        for deal in OWNERS
    ]
    work = [{"deal_id": deal, "owner_id": who, "valid_at": "2026-10-05"} for deal, who in OWNERS.items()]
    sheets = [{"document_id": f"sheet of {deal}", "valid_at": "2026-10-06"} for deal in OWNERS]
    load(
        store,
        setting=[setting("company_name", "Tiny")],
        stage=STAGES,
        deal=described(changes),
        deal_change=[*changes, {**changes[0], "valid_at": str(LAST), "amount": 2.0}],
        deal_work=[*work, {"deal_id": "D3", "owner_id": "U3", "valid_at": "2026-10-20"}],
        person=[
            {"person_id": who, "name": who, "manager_id": boss, "team": team}
            for who, boss, team in (("U1", "U2", "North"), ("U2", None, "North"), ("U3", None, "South"))
        ],
        document=[{**sheet, "file": "s.docx", "content": b"PK", "size": 2} for sheet in sheets],
        document_deal=[
            {**sheet, "deal_id": deal, "how": "id"} for sheet, deal in zip(sheets, OWNERS, strict=True)
        ],
    )
    company = company_of(store)
    for deal in OWNERS:
        action = Decision(deal, "2026Q4", ACTION, "Vera", action="Call them", action_owner="Vera", due=LAST)
        decide(store, company, span_of(store, company).last_day, action)
    return store


@pytest.fixture
def be(small: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Be this reader, in a session that looks at a day with what another reader saw there."""
    monkeypatch.setenv("PLUMBLINE_STORE", str(small.path))

    def become(viewer: Viewer, as_of: date = LAST, sees: tuple[str, ...] | None = None) -> None:
        chosen = Scope(as_of, company_of(small).calendar.quarter_of(as_of), sees=sees)
        monkeypatch.setattr("streamlit.session_state", {"viewer": viewer, "chosen_scope": chosen})

    return become


def of(deal: str, small: Store) -> list[dict[str, Any]]:
    """The ways to write about a deal."""
    rows = decisions_as_of(small, company_of(small), date(2100, 1, 1)).set_index("deal_id")
    return [
        {"deed": Deed.ANSWER, "deal_id": deal},
        {"deed": Deed.LINK, "document_id": f"sheet of {deal}"},
        {"deed": Deed.REPORT, "decision_id": rows["decision_id"][deal]},
    ]


@pytest.mark.parametrize(
    ("as_of", "sees"), [(LAST, None), (BEFORE, ("U1",))], ids=["once a VP", "a past day"]
)
def test_what_one_sees_today_is_what_one_writes(be: Any, small: Store, as_of: date, sees: Any) -> None:
    """A form may have been opened in another role, or on a day when the deal was one's own."""
    be(replace(REP, role=Role.MANAGER), as_of, sees)  # of nobody: a rep who may report
    for way in of("D1", small):
        assert cached.to_write(**way).sight is None
    for way in [*of("D2", small), *of("D3", small)]:
        with pytest.raises(NotAllowed, match="there is no such"):
            cached.to_write(**way)
    with pytest.raises(NotAllowed, match="not yours"):
        cached.to_write(Deed.REPLY, owner_id="U3")


def test_who_sees_the_company_writes_about_every_deal(be: Any, small: Store) -> None:
    be(VP)
    for deal in OWNERS:
        assert all(cached.to_write(**way).sight is None for way in of(deal, small))


def test_a_digest_is_subscribed_to_by_those_who_see_its_deals(be: Any, small: Store) -> None:
    def given() -> list[str]:
        rows = subscriptions_as_of(small, company_of(small), cached.the_span().last_day)
        return sorted(f"{row.subscriber}: {row.team}" for row in rows.itertuples())

    be(MANAGER, cached_last(be))
    assert cached_team.teams_to_subscribe(LAST) == ["North"]
    for who, team in ((MANAGER.email, ""), (MANAGER.email, "South"), ("else@example.com", "North")):
        assert not feed_show._write(feed_show._begin, who, team, "")
        others = {"North", "South"} - {team}
        assert not [name for name in others if name in str(st.session_state["subscription problem"])]
    assert given() == []
    assert feed_show._write(feed_show._begin, MANAGER.email, "North", "")
    be(REP, cached_last(be))
    assert not feed_show._write(feed_show._begin, REP.email, "North", "")
    be(VP, cached_last(be))
    assert feed_show._write(feed_show._begin, "else@example.com", "", "")
    assert given() == ["ben@example.com: North", "else@example.com: "]


def cached_last(be: Any) -> date:
    """The store's last day: what is written moves it."""
    be(VP)
    return cached.the_span().last_day


def test_whose_access_is_taken_away_takes_no_file_of_an_open_page(be: Any, monkeypatch: Any) -> None:
    made: list[Callable[[], bytes]] = []
    now: dict[str, Viewer | None] = {"viewer": VP}
    monkeypatch.setattr("streamlit.download_button", lambda label, data, **given: made.append(data))
    monkeypatch.setattr("pages.shared.exposure.has_sign_in", lambda: True)
    monkeypatch.setattr("pages.shared.signin._signed_in", lambda claims: now["viewer"])
    be(VP)
    audit_show.download_button("Save", b"all deals", "deals.csv", what="deals")
    assert made[0]() == b"all deals"
    for viewer in (REP, None):
        now["viewer"] = viewer
        with pytest.raises(signin.Refused, match="access has changed"):
            made[0]()


def test_a_run_that_is_stopped_at_its_start_forgets_its_reader(app: Any, monkeypatch: Any) -> None:
    """Streamlit stops a run wherever it sends something, and the menu is the first that it sends."""

    def stopped(*given: Any, **more: Any) -> None:
        assert st.session_state["viewer"] == LOCAL
        raise StopException

    monkeypatch.setattr("streamlit.navigation", stopped)
    at = app()
    assert not at.exception
    assert "viewer" not in at.session_state


class _Session(AppSession):
    """One that nothing was started for."""

    def __init__(self) -> None:
        self._session_state: Any = {}

    def __del__(self) -> None:
        pass


def test_no_browser_clears_what_the_app_keeps() -> None:
    """Streamlit would, for everybody, also for somebody who has not signed in."""
    calls: list[int] = []
    kept = st.cache_data(lambda: calls.append(1))
    clearing.forbid()
    kept()
    _Session().handle_backmsg(BackMsg(clear_cache=True))
    kept()
    assert len(calls) == 1
