"""The page Team feed: what it selects, its filters in the URL, the digest and who gets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope, company_of
from analytics.digest import words
from analytics.digest.subscriptions import subscribe, subscriptions_as_of
from analytics.digest.week import about, best, causes, closed, week_of
from analytics.feed_tables import WEEKS_BACK
from analytics.store.database import Store
from analytics.wording import day
from tests.pages.case_store import AS_OF, case_store
from tests.pages.conftest import texts
from tests.small_stores import load

App = Callable[..., AppTest]
PAGE = "pages/team/team_feed.py"
UNTIL = date.fromisoformat(AS_OF)
UGLY = "<img src=x onerror=alert(1)> $a$ [b](http://c) **d**"


@pytest.fixture
def own(tmp_path: Path) -> Store:
    return case_store(tmp_path)


def said(at: AppTest, *, with_error: bool = False) -> str:
    assert not at.exception
    assert with_error or not at.error
    return texts(at).replace("\\", "").replace("\u2060", "")  # what an address is broken with


def gaps_shown(at: AppTest) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if "From and to" in one.value)


def standing(store: Store) -> list[tuple[str, str]]:
    rows = subscriptions_as_of(store, company_of(store), UNTIL)
    return list(zip(rows["subscriber"], rows["team"], strict=True))


def test_the_page_shows_what_was_selected(
    app: App, sample_store: Store, company: Company, scope: Scope
) -> None:
    week = week_of(sample_store, company, scope.as_of)
    at = app(PAGE)
    for part in words.headline(week, company):
        assert part in said(at)
    assert words.best_title(week) in said(at)
    assert f"Gaps closed: {len(closed(week))}" in said(at)
    assert f"Root causes found: {len(causes(week))}" in said(at)
    assert list(gaps_shown(at)["Deal"]) == list(closed(week)["name"])


def test_week_team_and_question_stand_in_the_url(
    app: App, sample_store: Store, company: Company, scope: Scope
) -> None:
    until = scope.as_of.fromordinal(scope.as_of.toordinal() - 14)
    team = "East Velocity"
    week = week_of(sample_store, company, until, team)
    label = str(week.rows["label"].iloc[0])
    at = app(PAGE, team=team, week=day(until, locale=company.locale), question=label)
    only = about(week, label)
    assert f"Only {label}: {len(only.rows)} of {len(week.rows)} changes." in said(at)
    assert words.headline(only, company)[0] in said(at)
    assert words.best_title(only) in said(at)


def test_the_best_answers_are_quoted_with_what_earned_them(app: App, own: Store) -> None:
    at = app(PAGE, store=own.path)
    week = week_of(own, company_of(own), UNTIL)
    row = best(week).iloc[0]
    shown = " ".join(re.sub(r":blue-background\[|(?<!\\)\]", "", str(one.value)) for one in at.markdown)
    assert row["answer"] in " ".join(shown.replace("\\", "").split())
    assert "Thank you, Mara." in said(at)
    assert "Earned by" not in said(at)
    assert "Tom" not in said(at)
    assert [one.label for one in at.expander] == ["Where the same question is open"]
    links = [one.proto.label.replace("\\", "") for one in at.get("page_link")]
    assert any(one.startswith("Deal B ($200K)") for one in links)


def test_a_customers_text_stays_a_text(app: App, own: Store) -> None:
    key = {"deal_id": "B", "question": "root_cause"}
    load(
        own,
        answer=[{**key, "valid_at": f"{AS_OF}T01:00:00", "answer": UGLY, "author": UGLY}],
        depth_overrule=[
            {
                **key,
                "answered_at": f"{AS_OF}T01:00:00",
                "valid_at": f"{AS_OF}T02:00:00",
                "level": 4,
                "reason": "agreed",
                "author": "U2",
            }
        ],
    )
    at = app(PAGE, store=own.path)
    assert UGLY in said(at)
    everything = "\n".join(str(one.value) for one in at.markdown)
    assert not re.search(r"(?<!\\)<img", everything), "markup came alive"
    assert not re.search(r"(?<!\\)\]\(http", everything)


def test_a_quiet_week_says_so(app: App, own: Store) -> None:
    at = app(PAGE, store=own.path, as_of="2024-03-01")
    assert "No answer changed in this week." in said(at)
    assert "past day: subscriptions can be changed" in said(at)


def test_weeks_reach_back_a_quarter_and_not_before_the_data(app: App, own: Store) -> None:
    weeks = next(one for one in app(PAGE, store=own.path).selectbox if one.label == "Week to")
    assert len(weeks.options) == WEEKS_BACK
    at = app(PAGE, store=own.path, as_of="2023-05-03")
    early = next(one for one in at.selectbox if one.label == "Week to")
    assert early.options == ["May 3, 2023"]


def test_subscribe_and_end(app: App, own: Store) -> None:
    at = app(PAGE, store=own.path, team="North")
    at.text_input(key="subscriber").set_value(UGLY)
    next(one for one in at.button if one.label == "Subscribe").click().run()
    assert standing(own) == [(UGLY, "North")]
    assert at.text_input(key="subscriber").value == ""
    assert f"{UGLY} is subscribed to team North." in said(at)
    next(one for one in at.button if one.label == "End").click().run()
    assert not standing(own)
    assert "no longer gets the digest of team North" in said(at)
    assert "Nobody is subscribed yet." in said(at)


def test_what_is_wrong_is_said_and_nothing_is_kept(app: App, own: Store) -> None:
    subscribe(own, company_of(own), UNTIL, "Ann", "")
    at = app(PAGE, store=own.path)
    at.text_input(key="subscriber").set_value("ann")
    next(one for one in at.button if one.label == "Subscribe").click().run()
    said(at, with_error=True)
    assert "is subscribed to the whole company already" in at.error[0].value.replace("\\", "")
    assert standing(own) == [("Ann", "")]
    assert at.text_input(key="subscriber").value == "ann"


def test_the_page_tells_of_the_command(app: App, own: Store) -> None:
    at = app(PAGE, store=own.path)
    assert any("digest --subscribed --out" in one.value for one in at.code)
    labels = [one.proto.label.replace("\\", "") for one in at.get("download_button")]
    assert "Download the digest of the whole company" in labels
