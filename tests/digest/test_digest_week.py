"""What a week's feed selects, on a few planted answers and on the small sample company."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.company import Company, company_of
from analytics.digest import words
from analytics.digest.content import digest_of
from analytics.digest.week import (
    EXPLAINED,
    MOST_BEST,
    MOST_OF_ONE,
    SURFACE,
    Week,
    about,
    best,
    causes,
    closed,
    leads_there,
    still_empty,
    week_of,
    worth_asking,
    worth_asking_too,
)
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.pages.case_store import AS_OF, case_store
from tests.small_stores import load

UNTIL = date.fromisoformat(AS_OF)
Answer = Callable[..., None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return case_store(tmp_path_factory.mktemp("week"))


@pytest.fixture
def own(tmp_path: Path) -> Store:
    return case_store(tmp_path)


def the_week(store: Store, until: date = UNTIL, **of: str) -> Week:
    return week_of(store, company_of(store), until, **of)


def keys(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["deal_id"], rows["question"], strict=True))


def answered(
    store: Store, deal: str, question: str, day: str, level: int, text: str, who: str = "U1"
) -> None:
    key = {"deal_id": deal, "question": question}
    load(
        store,
        answer=[{**key, "valid_at": f"{day}T09:00:00", "answer": text, "author": who}],
        depth_overrule=[
            {
                **key,
                "answered_at": f"{day}T09:00:00",
                "valid_at": f"{day}T10:00:00",
                "level": level,
                "reason": "agreed",
                "author": "U2",
            }
        ],
    )


def test_the_planted_week(made: Store) -> None:
    week = the_week(made)
    assert set(keys(week.rows)) == {("A", "problem"), ("A", "budget"), ("B", "budget"), ("C", "problem")}
    assert set(keys(closed(week))) == {("A", "problem"), ("A", "budget")}
    assert causes(week).empty
    shown = best(week)
    assert keys(shown) == [("A", "budget")]  # one per deal: four levels gained, and fresher
    assert shown["gain"].item() == 4
    assert words.headline(week, company_of(made))[0] == "2 gaps closed in 1 deal worth $100K."
    assert "Thank you, Mara." in words.headline(week, company_of(made))[1]


def test_a_week_ends_with_its_day(made: Store) -> None:
    week = the_week(made, date(2024, 5, 11))
    assert keys(week.rows) == [("A", "problem")]
    assert (week.since, week.until) == (date(2024, 5, 5), date(2024, 5, 11))
    assert the_week(made, date(2024, 3, 1)).rows.empty


def test_only_a_teams_or_an_owners_deals(made: Store) -> None:
    assert set(the_week(made, team="South").rows["deal_id"]) == {"B", "C"}
    assert set(the_week(made, owner_id="U1").rows["deal_id"]) == {"A"}
    assert set(about(the_week(made), "Budget").rows["question"]) == {"budget"}


def test_several_versions_in_a_week_count_as_one_step(own: Store) -> None:
    answered(own, "B", "root_cause", "2024-05-10", 1, "Because of paper")
    answered(own, "B", "root_cause", "2024-05-11", 2, "Because returns are booked on paper")
    answered(own, "B", "root_cause", "2024-05-14", 4, "The mail of 2 May: no scanner, so paper")
    week = the_week(own)
    found = causes(week)
    assert keys(found) == [("B", "root_cause")]
    assert (found["level"].item(), np.isnan(found["level_before"].item())) == (4.0, True)
    assert found["gain"].item() == 4
    assert ("B", "root_cause") in keys(closed(week))


def test_a_root_cause_of_single_words_is_counted_but_not_among_the_best(own: Store) -> None:
    answered(own, "B", "root_cause", "2024-05-14", 3, "No scanner")
    week = the_week(own)
    text = "Since the depot has no scanner they write on paper, only there"
    at = week.rows["deal_id"].eq("B") & week.rows["question"].eq("root_cause")

    def marked(piece: str, level: int) -> Week:
        start = text.index(piece)
        spans = json.dumps([["contrast", start, start + len(piece)]])
        rows = week.rows.copy()
        rows.loc[at, ["answer", "spans", "level"]] = [text, spans, level]
        return replace(week, rows=rows)

    root = ("B", "root_cause")
    assert root not in keys(best(marked("only", 3)))
    assert root in keys(causes(marked("only", 3)))
    assert root in keys(best(marked("only", 4)))
    assert root in keys(best(marked("Since the depot", 3)))


def test_what_was_explained_before_is_no_new_cause(own: Store) -> None:
    answered(own, "B", "root_cause", "2024-04-10", 3, "No scanner, so they write on paper")
    answered(own, "B", "root_cause", "2024-05-14", 4, "The mail of 2 May: no scanner, so paper")
    week = the_week(own)
    assert causes(week).empty
    assert ("B", "root_cause") not in keys(closed(week))
    assert ("B", "root_cause") in keys(best(week))


def test_one_person_has_two_places_at_most_and_copies_have_none(own: Store) -> None:
    load(
        own,
        deal=[
            {"deal_id": f"E{at}", "source": "test", "name": f"E{at}", "account_name": f"E{at}"}
            for at in range(4)
        ],
        deal_change=[
            {
                "deal_id": f"E{at}",
                "valid_at": "2023-05-01",
                "stage": "Propose",
                "amount": 1e6 + at,
                "close_date": "2024-06-10",
                "is_closed": False,
                "is_won": False,
            }
            for at in range(4)
        ],
        deal_work=[{"deal_id": f"E{at}", "owner_id": "U2"} for at in range(4)],
    )
    for at in range(3):
        answered(own, f"E{at}", "budget", "2024-05-14", 3, f"The CFO released {at} times 100k for 2024")
    text = "CFO Ana Ruiz mailed on 4 May: 240k approved in cost centre 7731"
    for deal in ("B", "E3"):
        moment = "2024-05-12T09:00:00" if deal == "B" else "2024-05-13T09:00:00"
        row = {"deal_id": deal, "question": "budget", "valid_at": moment, "answer": text, "author": "U2"}
        load(own, answer=[row])
    shown = best(the_week(own))
    assert [deal for deal, _ in keys(shown)].count("E3") == 0
    assert (shown["author_name"] == "Mara").sum() == MOST_OF_ONE
    assert keys(shown)[:2] == [("E2", "budget"), ("E1", "budget")]


def test_where_the_same_question_is_worth_asking(made: Store) -> None:
    week = the_week(made)
    row = best(week).iloc[0]
    found = worth_asking(week, row)
    assert list(found["deal_id"]) == ["B", "C"]  # another owner's, one stage apart, the largest first
    assert "owner_name" not in found  # praise names nobody who has not answered
    assert worth_asking(replace(week, team="North"), row).empty
    twice = pd.concat([best(week)] * 2, ignore_index=True)
    assert [list(one["deal_id"]) for one in worth_asking_too(week, twice)] == [["B", "C"], []]
    budget = week.questions["budget"]
    assert leads_there(week, "budget", 4.0) == budget.follow_up[3]
    assert leads_there(week, "no such", 4.0) == ""


def test_what_is_still_empty_on_the_largest_deals(made: Store) -> None:
    rows = still_empty(the_week(made)).set_index("deal_id")
    assert list(rows.index) == ["B", "A", "C"]
    assert rows.loc["A", "empty"] == 5
    assert rows.loc["C", "empty"] == 7
    assert rows.loc["A", "labels"].startswith("Root cause, Impact")


def test_the_small_companys_weeks_keep_their_promises(small_world: Store, small_company: Company) -> None:
    seen = 0
    for back in range(3):
        week = week_of(small_world, small_company, TODAY - timedelta(days=7 * back))
        shown, gaps, found = best(week), closed(week), causes(week)
        seen += len(gaps)
        assert not week.rows.duplicated(["deal_id", "question"]).any()
        assert len(shown) <= MOST_BEST
        assert not shown["deal_id"].duplicated().any()
        assert (shown["level"] >= EXPLAINED).all()
        assert (shown["counts"] != "copied").all()
        assert shown["score"].is_monotonic_decreasing
        assert (gaps["level_before"].fillna(0) <= SURFACE).all()
        assert set(found["asks"]) <= {"root_cause"}
        days = week.rows["day"].dt.normalize()
        assert days.between(pd.Timestamp(week.since), pd.Timestamp(week.until)).all()
    assert seen


def test_every_team_s_file_has_a_name_of_its_own(made: Store) -> None:
    whole = digest_of(made, company_of(made), UNTIL)
    teams = [
        "West/East",
        "West East",
        "West, East",
        "company",
        "x" * 61,
        "x" * 62,
        "🙂",
        "🙃",
        "East",
        "EAST",
    ]
    names = [replace(whole, week=replace(whole.week, team=team)).name.lower() for team in ["", *teams]]
    assert len(set(names)) == len(names)
    assert names[0] == f"digest {UNTIL} company"
    assert all(re.fullmatch(r"[\w -]{1,90}", name) for name in names)


def test_a_digest_of_an_unknown_team_is_refused(made: Store) -> None:
    with pytest.raises(BadInput, match="no such team"):
        digest_of(made, company_of(made), UNTIL, "Nowhere")
