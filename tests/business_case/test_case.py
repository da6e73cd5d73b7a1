"""Depth of a deal: weights, freshness, copies, overrules, as of a day."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.business_case import scores
from analytics.business_case.case import HALF_LIFE_FAR, HALF_LIFE_NEAR, half_life
from analytics.business_case.editing import overrule
from analytics.business_case.judging import judged_by_people
from analytics.business_case.scores import score_new, with_levels
from analytics.problems import BadInput
from tests.business_case.conftest import DAY, EVIDENCED, Made

COPIED = "The planners in Gdansk type every order twice, because the two systems are not linked"


def test_every_open_deal_has_a_row_per_question(made: Made) -> None:
    cases = made.cases()
    assert set(cases.answers["deal_id"]) == {"A", "B", "C"}  # D is won
    assert cases.answers.groupby("deal_id").size().tolist() == [7, 7, 7]
    assert not cases.answers["is_answered"].any()
    assert cases.deals["case_depth"].tolist() == [0.0, 0.0, 0.0]


def test_the_figure_is_the_formula_of_the_terms(made: Made) -> None:
    made.answer("A", "budget", EVIDENCED)
    made.answer("A", "problem", "they need more efficiency")
    cell = {key: int(made.cell("A", key)["level"]) for key in ("budget", "problem")}
    assert cell["budget"] == 4
    expected = (1.5 * cell["budget"] + 1.0 * cell["problem"]) / (4 * 1.0 + 3 * 1.5)
    deal = made.cases().deals.set_index("deal_id").loc["A"]
    assert deal["case_depth"] == pytest.approx(expected)
    assert deal["answered"] == 2


def test_an_answer_ages_faster_near_the_close_date() -> None:
    days = pd.Series([400.0, 90.0, 45.0, 10.0, -20.0, float("nan")])
    assert half_life(days).tolist() == [
        HALF_LIFE_FAR,
        90.0,
        45.0,
        HALF_LIFE_NEAR,
        HALF_LIFE_NEAR,
        HALF_LIFE_FAR,
    ]


def test_freshness_halves_in_a_half_life(made: Made) -> None:
    made.answer("A", "budget", EVIDENCED, at="2026-04-09 12:00")  # 41 days before DAY, 41 to the close date
    cell = made.cell("A", "budget")
    assert cell["age"] == 41
    assert cell["freshness"] == pytest.approx(0.5)
    deal = made.cases().deals.set_index("deal_id").loc["A"]
    assert deal["fresh_depth"] == pytest.approx(deal["case_depth"] / 2)


def test_a_past_day_knows_only_what_was_written_by_then(made: Made) -> None:
    made.answer("A", "budget", "yes", at="2026-04-01 12:00")
    made.answer("A", "budget", EVIDENCED, at="2026-05-12 12:00")
    assert made.cell("A", "budget", date(2026, 3, 31))["is_answered"] == False  # noqa: E712
    assert made.cell("A", "budget", date(2026, 5, 11))["answer"] == "yes"
    assert made.cell("A", "budget")["answer"] == EVIDENCED
    assert made.cell("A", "budget")["versions"] == 2


def test_a_blank_answer_is_none(made: Made) -> None:
    made.answer("A", "budget", EVIDENCED)
    made.answer("A", "budget", "  ", at="2026-05-11 12:00")
    cell = made.cell("A", "budget")
    assert not cell["is_answered"]
    assert cell["level"] == 0
    assert pd.isna(cell["age"])


def test_a_text_from_another_accounts_deal_counts_as_surface(made: Made) -> None:
    made.answer("A", "problem", COPIED, at="2026-05-01 12:00")
    made.answer("B", "problem", f"  {COPIED.upper()} ", at="2026-05-02 12:00")
    first, second = made.cell("A", "problem"), made.cell("B", "problem")
    assert first["counts"] == ""
    assert first["level"] == first["scored_level"] >= 2
    assert (second["counts"], second["level"], second["copy_of"]) == ("copied", 1, "A")
    assert made.cell("B", "problem", date(2026, 5, 2))["counts"] == "copied"


def test_a_short_text_of_another_author_is_chance_a_long_one_is_not(made: Made) -> None:
    long = f"{COPIED}; the night shift then corrects about a third of them by hand before the trucks leave"
    for question, text in (("problem", COPIED), ("impact", long)):
        made.answer("A", question, text, at="2026-05-01 12:00", author="Kim")
        made.answer("B", question, text, at="2026-05-02 12:00", author="Lea")
    assert made.cell("B", "problem")["copy_of"] is None or pd.isna(made.cell("B", "problem")["copy_of"])
    assert made.cell("B", "impact")["copy_of"] == "A"


def test_two_answers_without_an_author_are_not_of_one_author(made: Made) -> None:
    made.answer("A", "problem", COPIED, at="2026-05-01 12:00", author=None)
    made.answer("B", "problem", COPIED, at="2026-05-02 12:00", author=None)
    assert made.cell("B", "problem")["counts"] == ""


def test_the_same_text_in_a_sister_deal_is_no_copy(made: Made) -> None:
    made.answer("B", "problem", COPIED, at="2026-05-01 12:00")
    made.answer("C", "problem", COPIED, at="2026-05-02 12:00")
    assert made.cell("C", "problem")["counts"] == ""


def test_a_persons_level_counts_with_its_reason_until_taken_back(made: Made) -> None:
    made.answer("A", "problem", COPIED)
    moment = made.cell("A", "problem")["valid_at"].to_pydatetime()
    far = date(2100, 1, 1)
    overrule(made.store, "A", "problem", moment, 1, reason="He made it up", author="Mia")
    row = made.cell("A", "problem", far)
    assert (row["level"], row["counts"], row["overrule_reason"], row["overruled_by"]) == (
        1,
        "overruled",
        "He made it up",
        "Mia",
    )
    assert made.cell("A", "problem")["counts"] == ""  # DAY lies before the overrule
    overrule(made.store, "A", "problem", moment, None, reason="He did not", author="Mia")
    assert made.cell("A", "problem", far)["counts"] == ""


def test_a_new_version_of_the_answer_is_judged_anew(made: Made) -> None:
    made.answer("A", "problem", COPIED)
    moment = made.cell("A", "problem")["valid_at"].to_pydatetime()
    overrule(made.store, "A", "problem", moment, 0, reason="Wrong deal", author="Mia")
    made.answer("A", "problem", COPIED + ", 40 orders a day", at="2099-01-01")
    assert made.cell("A", "problem", date(2100, 1, 1))["counts"] == ""


def test_a_level_is_not_handed_on_to_another_text_of_the_same_moment(made: Made) -> None:
    """A corrected file gives the same moment another text; what was said of the first is not said of it."""
    made.answer("A", "problem", COPIED)
    moment = made.cell("A", "problem")["valid_at"].to_pydatetime()
    overrule(made.store, "A", "problem", moment, 4, reason="I was there", author="Mia")
    made.answer("A", "problem", "efficiency")
    far = date(2100, 1, 1)
    assert made.cell("A", "problem", far)["counts"] == ""
    judged = judged_by_people(made.store, made.company.calendar.end_of(far)).rows
    assert judged["answer"].tolist() == [COPIED]


def test_a_blank_answer_contradicts_nothing_whatever_its_level(made: Made) -> None:
    made.answer("A", "stakeholders", " ")
    moment = made.cell("A", "stakeholders")["valid_at"].to_pydatetime()
    overrule(made.store, "A", "stakeholders", moment, 3, reason="by phone", author="Mia")
    assert "stakeholders_not_recorded" not in set(made.against(date(2100, 1, 1))["check"])


@pytest.mark.parametrize(
    ("level", "reason", "author", "says"),
    [(5, "x", "y", "0 to 4"), (2, " ", "y", "reason"), (2, "x", "", "name")],
)
def test_an_overrule_needs_level_reason_and_name(
    made: Made, level: int, reason: str, author: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        overrule(
            made.store, "A", "problem", pd.Timestamp(DAY).to_pydatetime(), level, reason=reason, author=author
        )


def test_kept_scores_are_what_the_scorer_says_and_asked_once(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.answer("A", "budget", EVIDENCED)
    made.answer("B", "budget", EVIDENCED)
    unkept = made.cases().answers
    assert score_new(made.store) == 1  # one text
    assert score_new(made.store) == 0

    def never(*_: object) -> list[object]:
        raise AssertionError("asked again")

    monkeypatch.setattr(scores, "explain_all", never)
    pd.testing.assert_frame_equal(made.cases().answers, unkept, check_dtype=False)


def test_no_answers_need_no_scorer(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "explain_all", None)
    assert made.cases().answers["level"].tolist() == [0] * 21
    empty = pd.DataFrame({"question": [], "answer": [], "level": [], "spans": [], "missing": []})
    assert len(with_levels(made.store, empty)) == 0
