"""The page "Playbook", run by Streamlit itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope
from analytics.playbook.adjusted import MIN_DEALS
from analytics.playbook.by_stage import ByStage, answers_by_stage
from analytics.playbook.effects import ERROR_RATE, Effects, question_effects
from analytics.playbook.entries import entries_of
from analytics.playbook.waits import waits
from analytics.playbook_page import (
    Playbook,
    deals_at,
    effect_table,
    first_answers,
    levels_of,
    of_team,
    playbook,
    waiting,
)
from analytics.playbook_words import (
    FEWEST_TITLED,
    HOW,
    NOT_A_CAUSE,
    effects_title,
    headline,
    hollow,
    how,
    levels_title,
    stage_sentence,
)
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.store.subjects import QUESTIONS
from tests.pages.conftest import texts
from tests.playbook.made_entries import made

App = Callable[..., AppTest]
PAGE = "pages/team/playbook.py"
LABELS = {key: key.replace("_", " ").capitalize() for key in QUESTIONS}
TABLES = {"Questions": 2, "By stage": 2, "Left empty": 2, "Waiting": 3, "Warnings": 1}


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def shown(seed: int, matters: dict[str, float], deals: int = 1500) -> Playbook:
    entries = made(seed, matters, deals=deals)
    return Playbook(entries, question_effects(entries), "", "", LABELS)


@pytest.fixture(scope="module")
def matters() -> Playbook:
    return shown(1, {"impact": 0.12, "root_cause": 0.07})


@pytest.fixture(scope="module")
def stages(matters: Playbook) -> ByStage:
    return answers_by_stage(matters.entries)


@pytest.mark.parametrize("view", TABLES)
def test_each_view_opens_from_its_link(app: App, view: str) -> None:
    at = app(PAGE, view=view)
    assert at.title[0].value == "Playbook"
    if view in ("Questions", "By stage"):
        assert NOT_A_CAUSE in said(at)
    assert said(at)
    assert len(at.dataframe) >= TABLES[view]
    assert len(at.get("plotly_chart")) == 1


def test_a_link_names_question_stage_outcome_and_level(app: App) -> None:
    at = app(PAGE, view="By stage", question="Impact", stage="Proposal", outcome="Decided in time", level="0")
    deals = at.dataframe[1].value
    assert len(deals)
    assert set(deals["Level at entry"]) == {0}
    assert set(deals["Stage"]) == {"Proposal"}
    assert "Impact" in said(at)
    link = at.get("page_link")[0].proto
    assert "playbook_versions" in link.page
    assert "change_question=impact" in link.query_string
    assert "change_stage=Proposal" in link.query_string


def test_a_team_with_too_few_deals_shows_the_company_and_says_so(
    small_history: History, small_company: Company
) -> None:
    quarter = small_company.calendar.quarter_of(small_history.as_of)
    everybody = entries_of(small_history, small_company)
    teams = everybody.rows.groupby("team")["deal_id"].nunique()
    scope = Scope(small_history.as_of, quarter, str(teams.idxmin()))
    view = playbook(small_history, small_company, scope, LABELS)
    assert teams.min() < MIN_DEALS
    assert view.whose == ""
    assert view.note.startswith(f"Team {scope.team} alone is not enough data (n=")
    assert view.note.endswith("Shown are all deals of the company.")
    assert len(view.entries.rows) == len(everybody.rows)


def test_a_team_with_enough_deals_is_compared_within_itself() -> None:
    entries = made(1, {"impact": 0.1})
    only = of_team(entries, "North")
    assert set(only.rows["team"]) == {"North"}
    assert isinstance(question_effects(only), Effects)


def test_one_owner_is_never_compared_alone(small_history: History, small_company: Company) -> None:
    quarter = small_company.calendar.quarter_of(small_history.as_of)
    owner = str(small_history.rows["owner_id"].iloc[0])
    view = playbook(small_history, small_company, Scope(small_history.as_of, quarter, "", owner), LABELS)
    assert view.note.startswith("One person's deals are too few to compare.")
    assert len(view.entries.rows) == len(entries_of(small_history, small_company).rows)


def test_the_sentence_names_what_stands_out_and_never_a_cause(matters: Playbook) -> None:
    lead, rest = headline(matters)
    assert "won more often" in lead
    assert lead.index("Impact") < lead.index("Root cause")
    assert "Budget" not in lead
    assert "It need not be the cause" in rest
    assert effects_title(matters) == "2 of 7 questions stand out from chance"
    for text in (lead, rest, HOW, NOT_A_CAUSE):
        assert not {"p-value", "Holm", "coefficient", "significant", "regression"} & set(text.split())


def test_where_nothing_matters_the_page_says_how_little_it_could_have_seen() -> None:
    lead, rest = headline(shown(2, {}, deals=600))
    assert lead.startswith("No question stands out here. In 600 deals, a difference must be about")
    assert "percentage points for each level deeper to be seen in 4 of 5 cases, as 14 comparisons" in lead
    assert "That does not say that questions do not matter" in rest


def test_what_is_said_to_be_seen_in_4_of_5_cases_is() -> None:
    """Fourteen comparisons of standard error 1, one true difference of the size said: how often claimed."""
    view = shown(2, {}, deals=600)
    assert isinstance(view.effects, Effects)
    wide = view.effects.questions.assign(low=-1.96, high=1.96)
    lead, _ = headline(replace(view, effects=replace(view.effects, questions=wide)))
    size = float(re.findall(r"about ([\d.]+) percentage", lead)[0]) / 100
    luck = np.random.default_rng(1).standard_normal((4000, 14))
    luck[:, 0] += size
    p = 2 * norm.sf(np.abs(luck[:, 0]))
    assert 0.75 < (p < ERROR_RATE * 0.8 / 14).mean() < 0.85


def test_the_unit_is_said_once_in_plain_words(matters: Playbook) -> None:
    lead, rest = headline(matters)
    assert lead.count("percentage points for each level deeper") == 1
    assert "a level" not in f"{lead} {rest}"


def test_a_hollow_dot_that_leaves_out_0_is_explained(matters: Playbook) -> None:
    assert isinstance(matters.effects, Effects)
    rows = matters.effects.questions
    inside = rows.assign(
        low=rows["low"].where(rows["claimed"], -0.1), high=rows["high"].where(rows["claimed"], 0.1)
    )
    calm = replace(matters, effects=replace(matters.effects, questions=inside))
    assert hollow(calm) == ""
    one = inside.assign(low=inside["low"].where(inside["question"] != "budget", 0.01))
    told = hollow(replace(matters, effects=replace(matters.effects, questions=one)))
    assert told.startswith("2 hollow dots have lines that leave out 0")
    assert "of 14 comparisons some look like something by luck" in told


def test_a_difference_against_the_answer_is_said_as_it_is() -> None:
    lead, _ = headline(shown(1, {"impact": -0.1}))
    assert "won less often where the answers were deeper to “Impact” (-" in lead


def test_too_few_deals_are_said_with_their_number() -> None:
    lead, rest = headline(shown(1, {}, deals=40))
    assert lead == "Which questions go with winning cannot be said yet."
    assert "(n=40)" in rest


def test_the_sentence_of_a_stage_counts_what_the_table_shows(matters: Playbook, stages: ByStage) -> None:
    told = stage_sentence(matters, stages, "impact", "won", "Propose")
    deep = deals_at(matters, "impact", "won", "Propose", "3+", {})
    less = deals_at(matters, "impact", "won", "Propose", "0-2", {})
    assert f"Of {deep.n:,} deals" in told
    assert f"of {less.n:,} others" in told
    assert "may be chance" not in told
    assert "may be chance" in stage_sentence(matters, stages, "budget", "won", "Propose")
    share = (deep.rows["What became of it"] == "won in time").mean()
    assert f"{share:.0%} were won" in told


def test_the_picture_s_title_says_chance_unless_the_stage_stands_out(
    matters: Playbook, stages: ByStage
) -> None:
    counted = levels_of(stages, "budget", "won")
    title = levels_title(matters, counted, "budget", "won", "Propose")
    assert title.endswith("as counted; may be chance")
    counts = [int(one.replace(",", "")) for one in re.findall(r"% of ([\d,]+)", title)]
    assert len(counts) == 2
    assert min(counts) >= FEWEST_TITLED
    rows = levels_of(stages, "impact", "won")
    sure = levels_title(matters, rows, "impact", "won", "Propose")
    assert "as counted" not in sure
    few = rows.assign(n=rows["n"].clip(upper=FEWEST_TITLED - 1))
    assert "fewer than 20 deals" in levels_title(matters, few, "impact", "won", "Propose")
    turned = rows.assign(share=1 - rows["share"])  # counts that say the opposite of deals alike
    assert levels_title(matters, turned, "impact", "won", "Propose").endswith("as counted")


def test_one_point_is_one_point(matters: Playbook, stages: ByStage) -> None:
    at = stages.explained
    one = replace(stages, explained=at.assign(effect=-0.011, low=-0.1, high=0.08, missing=None))
    assert ": 1 point fewer (-10 to +8)." in stage_sentence(matters, one, "budget", "won", "Propose")


def test_each_number_opens_into_as_many_deals(matters: Playbook, stages: ByStage) -> None:
    table = effect_table(matters).set_index("question")
    assert deals_at(matters, "impact", "won", "", "", {}).n == table.loc["impact", "n"]
    at = stages.levels
    for row in at[(at["question"] == "budget") & (at["outcome"] == "kept")].itertuples():
        assert deals_at(matters, "budget", "kept", row.stage, str(row.level), {}).n == row.n


def test_questions_that_the_company_does_not_ask_are_not_shown(matters: Playbook) -> None:
    some = Playbook(matters.entries, matters.effects, "", "", {"budget": "Money", "impact": "Why"})
    assert set(effect_table(some)["label"]) == {"Money", "Why"}
    assert isinstance(some.asked, Effects)
    assert "Root cause" not in headline(some)[0]


def test_who_waits_longest_comes_first_and_adds_up(small_history: History, small_company: Company) -> None:
    found = waits(entries_of(small_history, small_company), small_history.rows)
    assert found.stages["waiting_long"].sum()
    for row in found.stages.itertuples():
        table = waiting(found, small_history.today, row.stage, {})
        assert table.n == row.waiting_long
        assert table.total == pytest.approx(row.money_long, abs=0.01)
        assert table.rows["Days beyond"].is_monotonic_decreasing
    wide = first_answers(found, LABELS)
    assert list(wide["Question"]) == list(LABELS.values())
    assert isinstance(wide, pd.DataFrame)


def test_few_owners_are_said(matters: Playbook) -> None:
    entries = made(1, {}, deals=300, owners=4)
    few = Playbook(entries, question_effects(entries), "", "", LABELS)
    assert "too few owners" in how(few)
    assert how(matters) == HOW


def test_effects_that_are_missing_give_an_empty_picture(matters: Playbook) -> None:
    missing = Playbook(matters.entries, NotEnough("80 deals needed", 3), "", "", LABELS)
    assert effect_table(missing).empty
    assert effects_title(missing) == "No question stands out from chance"
