"""Surface beside deep: the same question, another owner, a like deal, and the question that leads there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.business_case.questions import shipped
from analytics.coaching.pairs import pairs

QUESTIONS = shipped("seven").questions
THIN = "they want to ramp reps faster"
DEEP = "Ramp takes 9 months, the plan assumes 6: $400k of quota is open, says Ana Kim (COO), mail of 3 Oct"


def answer(deal_id: str, owner_id: str, **given: Any) -> dict[str, Any]:
    return {
        "deal_id": deal_id, "question": "impact", "answer": DEEP, "level": 4, "spans": "[]",
        "is_answered": True, "counts": "", "answered_on": pd.Timestamp("2026-10-01"), "name": deal_id,
        "account_name": "A", "owner_id": owner_id, "owner_name": owner_id, "deal_type": "New",
        "stage": "Proposal", "stage_order": 3.0, "amount_company": 50_000.0, "is_open": True,
        "is_won_deal": False, **given,
    }  # fmt: skip


def found(*others: dict[str, Any], mine: dict[str, Any] | None = None, first: tuple[str, ...] = ()) -> Any:
    thin = answer("mine", "me", answer=THIN, level=1)
    return pairs(pd.DataFrame([mine or thin, *others]), "me", QUESTIONS, first)


def test_a_thin_answer_stands_beside_a_deep_one_with_what_it_lacks_and_what_to_ask() -> None:
    pair = found(answer("theirs", "you"))[0]
    assert (pair.thin["deal_id"], pair.deep["deal_id"]) == ("mine", "theirs")
    assert "a number, a person or a role" in pair.lacks
    impact = next(one for one in QUESTIONS if one.key == "impact")
    assert pair.ask.startswith(impact.follow_up[1])
    assert "what does the plan assume, and what does the gap cost?" in pair.ask


def test_the_most_similar_deal_is_chosen() -> None:
    far = answer("far", "you", amount_company=900_000.0)
    other = answer("other", "you", deal_type="Renewal")
    near = answer("near", "you", amount_company=60_000.0)
    assert found(far, other, near)[0].deep["deal_id"] == "near"


def test_copies_earlier_stages_ones_own_and_other_questions_are_no_examples() -> None:
    assert not found(answer("copy", "you", counts="copied"))
    assert not found(answer("early", "you", stage_order=2.0))
    assert not found(answer("own", "me"))
    assert not found(answer("thin too", "you", level=2))
    assert not found(answer("other", "you", question="budget"))
    assert not found(answer("huge", "you", amount_company=500_000.0))
    won = answer("won", "you", is_open=False, is_won_deal=True, stage="Won", stage_order=float("nan"))
    assert found(won)[0].deep["deal_id"] == "won"


def test_empty_and_deep_answers_of_the_rep_need_no_example() -> None:
    assert not found(answer("theirs", "you"), mine=answer("mine", "me", level=0, answer=THIN))
    assert not found(answer("theirs", "you"), mine=answer("mine", "me", level=3))


def test_each_example_is_shown_once_and_weak_questions_come_first() -> None:
    rows = [
        answer("m1", "me", answer=THIN, level=1, amount_company=90_000.0),
        answer("m2", "me", answer=THIN, level=1),
        answer("m3", "me", answer=THIN, level=1, question="budget", amount_company=20_000.0),
        answer("t1", "you"),
        answer("t2", "you", question="budget"),
    ]
    shown = pairs(pd.DataFrame(rows), "me", QUESTIONS, ("budget",))
    assert [(one.thin["deal_id"], one.deep["deal_id"]) for one in shown] == [("m3", "t2"), ("m1", "t1")]


def test_a_number_has_a_digit_and_what_is_named_is_marked() -> None:
    words = answer(
        "theirs", "you", answer="Twice a week half the team stops, but nobody counts, said Ana Kim"
    )
    pair = found(words)[0]
    assert "a number" not in pair.lacks
    assert "a person" in pair.lacks
    marked = [words["answer"][start:end] for start, end in pair.shows]
    assert "Ana Kim" in marked
    assert "but" not in marked


def test_nothing_is_asked_of_a_date_that_nobody_named() -> None:
    def ask(text: str) -> str:
        thin = answer("mine", "me", question="compelling_event", answer=text, level=1)
        asked: str = found(answer("theirs", "you", question="compelling_event"), mine=thin)[0].ask
        return asked

    assert "the date they named" not in ask("linked to their roadmap")
    assert "the date they named" in ask("they want it by 31 March 2027")
