"""Where the case and the CRM do not fit, and the question to ask next."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.business_case.contradictions import CHECKS
from analytics.business_case.next_question import next_question
from analytics.terms import TERMS
from tests.business_case.conftest import DAY, EVIDENCED, Made

WHY = "Their current licence ends and the old vendor stops support"


def checks_of(made: Made, deal_id: str, **more: object) -> set[str]:
    found = made.against(**more)  # type: ignore[arg-type]
    return set(found.loc[found["deal_id"] == deal_id, "check"])


def test_every_check_is_a_term() -> None:
    assert set(CHECKS) <= set(TERMS)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (f"{WHY} on 15 September 2026", "event_after_close"),
        (f"{WHY} on 15 Sep", "event_after_close"),
        (f"{WHY} on 1 June", "event_before_close"),
        (f"{WHY} on 30 June 2026", None),
        (f"{WHY} on 1 June, go-live planned for 1 August", None),
        (f"{WHY}, as the COO told us on 4 May", None),  # a day of the past is no event
    ],
)
def test_the_event_against_the_close_date(made: Made, text: str, check: str | None) -> None:
    made.answer("A", "compelling_event", text)
    found = checks_of(made, "A") & {"event_after_close", "event_before_close"}
    assert found == ({check} if check else set())


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("CFO Ana Ruiz mailed on 4 May: 90k approved in cost centre 7731", True),
        ("CFO Ana Ruiz mailed on 4 May: $240,000 approved in cost centre 7731", False),
        ("CFO Ana Ruiz mailed on 4 May: EUR 90k approved in cost centre 7731", False),  # another currency
        ("Out of the works manager's plan for 2026, cost centre 7731, line 12", False),
    ],
)
def test_the_budget_against_the_amount(made: Made, text: str, is_found: bool) -> None:
    made.answer("A", "budget", text)
    assert ("budget_below_amount" in checks_of(made, "A")) is is_found


def test_commit_needs_a_budget(made: Made) -> None:
    assert "commit_without_budget" in checks_of(made, "A")
    assert "commit_without_budget" not in checks_of(made, "B")  # not in Commit
    made.answer("A", "budget", "yes")
    assert "commit_without_budget" in checks_of(made, "A")
    made.answer("A", "budget", EVIDENCED, at="2026-05-11 12:00")
    assert "commit_without_budget" not in checks_of(made, "A")


def test_described_people_should_be_recorded(made: Made) -> None:
    made.answer("B", "stakeholders", "The head of claims decides, procurement signs above 50k")
    assert "stakeholders_not_recorded" in checks_of(made, "B")
    assert "stakeholders_not_recorded" not in checks_of(made, "B", influences={"B": 2})


def test_a_case_that_stands_still_while_the_stage_moves(made: Made) -> None:
    made.answer("A", "problem", "Order desk in Brno types every order twice", at="2026-04-01 12:00")
    assert "unchanged_while_stage_moved" in checks_of(made, "A")  # Negotiate since 1 May
    assert "unchanged_while_stage_moved" not in checks_of(made, "A", as_of=date(2026, 4, 20))
    made.answer("A", "impact", "Two trucks a day leave late", at="2026-05-05 12:00")
    assert "unchanged_while_stage_moved" not in checks_of(made, "A")


def test_a_contradiction_is_never_learned_before_its_day(made: Made) -> None:
    made.answer("A", "compelling_event", f"{WHY} on 15 September 2026", at="2026-05-15 12:00")
    assert "event_after_close" not in checks_of(made, "A", as_of=date(2026, 5, 14))


def test_the_next_question_is_the_heaviest_gap(made: Made) -> None:
    for key in ("problem", "root_cause", "impact", "gotchas"):
        made.answer("B", key, EVIDENCED)
    cases, against = made.cases(), made.against()
    found = next_question(cases, "B", against, DAY)
    assert found is not None
    assert found.question.key == "budget"  # weight 1.5, the first of those without an answer
    assert found.ask == found.question.follow_up[0]
    assert found.gain == pytest.approx(1.5 * 4 / 8.5)
    assert "no answer yet" in found.reason


def test_a_contradicted_question_comes_first(made: Made) -> None:
    for key in ("budget", "stakeholders"):
        made.answer("A", key, "yes, good contact")
    made.answer("A", "compelling_event", f"{WHY} on 15 September 2026")
    found = next_question(made.cases(), "A", made.against().query("check == 'event_after_close'"), DAY)
    assert found is not None
    assert found.reason
    others = next_question(made.cases(), "A", made.against().head(0), DAY)
    assert others is not None
