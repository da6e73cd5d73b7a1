"""What a review talks about: ranked by money x disagreement x what can change, never more than fits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.company import Company, Scope
from analytics.fiscal import Calendar
from analytics.pipeline.changes import PUSHED_OUT, UNCHANGED, Changes
from analytics.problems import NotEnough
from analytics.review.agenda import MOST_CARDS, Agenda, agenda
from analytics.review.agenda_rank import ranked

AS_OF = date(2026, 11, 15)
TODAY = pd.Timestamp(AS_OF)
LAST_WEEK = AS_OF - timedelta(days=7)
COMPANY = Company("Acme", "USD", "en_US", Calendar())
SCOPE = Scope(AS_OF, COMPANY.calendar.quarter_of(AS_OF))
IN_QUARTER, LATER = pd.Timestamp("2026-12-18"), pd.Timestamp("2027-02-01")


def deal(deal_id: str, amount: float | None, stated: float, evidenced: float, **given: Any) -> dict[str, Any]:
    row = {
        "deal_id": deal_id,
        "name": f"Deal {deal_id}",
        "account_name": "Account",
        "owner_id": "U1",
        "owner_name": "Ann",
        "team": "North",
        "stage": "Propose",
        "category": "Commit",
        "close_date": IN_QUARTER,
        "timing": "in quarter",
        "is_open": True,
        "amount_company": amount,
        "stated": stated,
        "evidenced": evidenced,
        "p_slip": 0.2,
        "kind": "Stated above its evidence",
        "question": "Who signs?",
    }
    return row | given


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    deals = pd.DataFrame(list(rows) or [deal("X", 1.0, 0.5, 0.5)]).astype({"amount_company": float})
    deals = deals.assign(gap=deals["evidenced"] - deals["stated"])
    deals = deals.assign(at_stake=(deals["amount_company"] * deals["gap"].abs()).round(2))
    return deals if rows else deals.iloc[:0]


def decision(deal_id: str, days_ago: int, **given: Any) -> dict[str, Any]:
    day = TODAY - pd.Timedelta(days=days_ago)
    row = {
        "decision_id": f"{deal_id} {days_ago}",
        "deal_id": deal_id,
        "kind": "keep",
        "close_date": pd.NaT,
        "category": "",
        "action": "",
        "action_owner_name": "",
        "due": pd.NaT,
        "note": "",
        "author": "Vera",
        "seen_close_date": IN_QUARTER,
        "seen_category": "Commit",
        "seen_amount": float("nan"),
        "state": "",
        "done_on": pd.NaT,
        "reported_at": pd.NaT,
        "state_note": "",
        "day": day,
    }
    return row | given


def to_do(deal_id: str, days_ago: int, due: str, **given: Any) -> dict[str, Any]:
    words = {"kind": "action", "action": "Call the CFO", "action_owner_name": "Ann", "state": "open"}
    return decision(deal_id, days_ago, **{**words, "due": pd.Timestamp(due), **given})


TOLD = "Ann: Call the CFO, due Nov "
DAYS = ["close_date", "due", "seen_close_date", "done_on", "reported_at", "day"]


def decided(*rows: dict[str, Any]) -> pd.DataFrame:
    found = pd.DataFrame(list(rows) or [decision("X", 1)]).astype(dict.fromkeys(DAYS, "datetime64[us]"))
    return found if rows else found.iloc[:0]


def changed(*lines: tuple[str, str, str], since: date = LAST_WEEK) -> Changes:
    table = pd.DataFrame(lines, columns=["deal_id", "bucket", "what"])
    return Changes(SCOPE, since, "open pipeline", 0.0, 0.0, 0, 0, table, table.iloc[:0])


def made(
    deals: pd.DataFrame,
    *decisions: dict[str, Any],
    lines: tuple[tuple[str, str, str], ...] = (),
    warned: tuple[tuple[str, str], ...] = (),
    scope: Scope = SCOPE,
    **given: Any,
) -> Agenda:
    reasons = pd.DataFrame(
        [
            (deal_id, reason, text, won)
            for deal_id in deals["deal_id"]
            for reason, text, won in (
                ("normal", "a normal deal", 0.4),
                ("people", "1 contact", 0.02),
                ("budget", "no budget", -0.12),
            )
        ],
        columns=["deal_id", "reason", "text", "won"],
    )
    warnings = pd.DataFrame(warned, columns=["deal_id", "text"])
    return agenda(deals, reasons, changed(*lines), warnings, decided(*decisions), COMPANY, scope, **given)


def ids(found: Agenda) -> list[str]:
    return [card.deal_id for card in found.cards]


def why(found: Agenda) -> dict[str, str]:
    return dict(zip(found.quiet["deal_id"], found.quiet["why"], strict=True))


def test_ranked_by_amount_disagreement_and_what_can_still_change() -> None:
    found = made(
        frame(
            deal("corrected", 100_000, 0.8, 0.4),  # 100,000 x .4 x 1
            deal("open", 300_000, 0.65, 0.5),  # 300,000 x .15 x 1
            deal("certain", 300_000, 0.8, 0.95),  # 300,000 x .15 x 4 x .95 x .05
        )
    )
    assert [(card.deal_id, card.rank_money) for card in found.cards] == [
        ("open", 45_000),
        ("corrected", 40_000),
        ("certain", 8_550),
    ]
    assert found.cards[1].why_now == (
        "$100K, stated at 80%, evidenced at 40%: $40K too much is stated for the quarter; the statement can"
        " be corrected in the room."
    )
    assert found.cards[2].why_now.endswith("; how it ends is 19% open, so $9K of it counts.")


def test_nothing_to_disagree_about_gets_no_card_however_large() -> None:
    found = made(frame(deal("large", 50_000_000, 0.5, 0.42), deal("one", 10_000, 0.9, 0.3)))
    assert ids(found) == ["one"]
    assert why(found) == {"large": "stated as its evidence"}


def test_small_and_unweighable_deals_are_quiet_with_their_reason() -> None:
    rows = frame(
        deal("one", 500_000, 0.9, 0.3),
        deal("small", 20_000, 0.9, 0.3),
        deal("no amount", None, 0.9, 0.3),
        deal("nothing stated", 90_000, float("nan"), 0.3),
        deal("not foretold", 90_000, 0.5, float("nan")),
    )
    found = made(rows)
    assert ids(found) == ["one"]
    assert why(found) == {
        "small": "small: $12K to settle",
        "no amount": "no amount is recorded, so it cannot be weighed",
        "nothing stated": "no probability is stated, so there is nothing to compare",
        "not foretold": "no chance to compare with: it is not foretold",
    }


def test_deals_dated_later_only_if_they_may_come_into_the_quarter() -> None:
    later = {"close_date": LATER, "timing": "later"}
    omitted = {"category": "Omitted"}
    rows = frame(
        deal("may come", 200_000, 0.0, 0.3, **later),
        deal("later", 900_000, 0.0, 0.15, **later),
        deal("omitted", 200_000, 0.0, 0.25, **omitted),
        deal("overdue", 100_000, 0.8, 0.2, close_date=pd.Timestamp("2026-08-01"), timing="earlier"),
        deal("closed", 900_000, 0.8, 0.2, is_open=False),
    )
    found = made(rows)
    assert set(ids(found)) == {"may come", "omitted", "overdue"}
    assert found.quiet.empty
    card = next(card for card in found.cards if card.deal_id == "may come")
    assert "$60K too little is stated for the quarter, dated Feb 1, 2027;" in card.why_now


def test_cards_are_grouped_by_owner_the_one_with_most_first() -> None:
    ann, bob = {"owner_id": "U1"}, {"owner_id": "U2", "owner_name": "Bob"}
    rows = frame(
        deal("A1", 100_000, 0.9, 0.4, **ann),
        deal("B1", 90_000, 0.9, 0.4, **bob),
        deal("A2", 40_000, 0.9, 0.4, **ann),
        deal("B2", 80_000, 0.9, 0.4, **bob),
    )
    assert ids(made(rows)) == ["B1", "B2", "A1", "A2"]


def test_decided_lately_and_nothing_new_counts_less() -> None:
    rows = frame(deal("one", 100_000, 0.9, 0.4), deal("two", 90_000, 0.9, 0.4))
    kept = decision("one", 5, seen_amount=100_000.0)
    found = made(rows, kept)
    assert [(card.deal_id, card.rank_money) for card in found.cards] == [("two", 45_000), ("one", 15_000)]
    assert "; decided on Nov 10, 2026 and nothing new since, so $15K of it counts." in found.cards[1].why_now
    many = frame(
        *[deal(f"more {n}", 400_000 + n, 0.9, 0.4) for n in range(3)], deal("one", 100_000, 0.9, 0.4)
    )
    assert why(made(many, kept))["one"] == "decided on Nov 10, 2026, nothing changed since"


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (decision("one", 12), ()),  # long ago
        (decision("one", 0), ()),  # this meeting's own
        (decision("one", 5, seen_close_date=pd.Timestamp("2026-11-30")), ()),  # moved since
        (decision("one", 5, seen_category="Best Case"), ()),
        (decision("one", 5, seen_amount=80_000.0), ()),
        (decision("one", 8), (("one", PUSHED_OUT, "close date"),)),  # changed after it
        (to_do("one", 5, "2026-11-14"), ()),  # became due
        (decision("one", 5, kind="move date", close_date=pd.Timestamp("2026-11-14")), ()),  # so did its date
    ],
)
def test_news_on_a_decided_deal_bring_it_back_in_full(
    given: dict[str, Any], lines: tuple[tuple[str, str, str], ...]
) -> None:
    found = made(frame(deal("one", 100_000, 0.9, 0.4)), given, lines=lines)
    assert found.cards[0].rank_money == 50_000


def test_what_did_not_change_is_no_news() -> None:
    found = made(
        frame(deal("one", 100_000, 0.9, 0.4)), decision("one", 8), lines=(("one", UNCHANGED, "nothing"),)
    )
    assert found.cards[0].rank_money == 15_000
    assert found.cards[0].changed == ()


def test_a_card_tells_reasons_changes_warnings_and_the_question() -> None:
    rows = frame(deal("one", 100_000, 0.9, 0.4), deal("two", 90_000, 0.9, 0.4, question=""))
    pushed = ("one", PUSHED_OUT, "Nov 30 -> Dec 18")
    card, other = made(rows, lines=(pushed, pushed), warned=(("two", "no activity for 29 days"),)).cards
    assert card.reasons == ("no budget: -12", "1 contact: +2")
    assert card.changed == ("Nov 30 -> Dec 18",)
    assert (card.question, card.warnings) == ("Who signs?", ())
    assert other.question == "What is behind this: no activity for 29 days?"


@pytest.mark.parametrize(
    ("given", "said", "became"),
    [
        (decision("one", 7, note="CFO is back"), "Keep as stated (Vera, Nov 8, 2026). CFO is back",
         "So far the date and category held."),
        (decision("one", 7, seen_category="Pipeline"), "Keep as stated (Vera, Nov 8, 2026)",
         "It did not hold: the category is Commit now."),
        (decision("one", 7, kind="move date", close_date=LATER),
         "Move the close date to Feb 1, 2027 (Vera, Nov 8, 2026)",
         "Not done so far: the CRM still says Dec 18, 2026."),
        (decision("one", 7, kind="move date", close_date=IN_QUARTER, seen_close_date=LATER),
         "Move the close date to Dec 18, 2026 (Vera, Nov 8, 2026)", "Done: the CRM says so now."),
        (decision("one", 7, kind="move category", category="Pipeline", seen_category="Best Case"),
         "Move the category to Pipeline (Vera, Nov 8, 2026)", "It became another one: the CRM says Commit."),
        (decision("one", 7, kind="close out"), "Close it out (Vera, Nov 8, 2026)",
         "Not done so far: the CRM still has it open."),
        (to_do("one", 7, "2026-11-12"), TOLD + "12, 2026 (Vera, Nov 8, 2026)",
         "Not reported, 3 days past its due day."),
        (to_do("one", 7, "2026-11-20"), TOLD + "20, 2026 (Vera, Nov 8, 2026)", "Still open."),
        (to_do("one", 7, "2026-11-12", state="done", done_on=TODAY, state_note="he agreed"),
         f"{TOLD}12, 2026 (Vera, Nov 8, 2026)", "Done on Nov 15, 2026: he agreed"),
    ],
)  # fmt: skip
def test_the_last_decision_and_what_became_of_it(given: dict[str, Any], said: str, became: str) -> None:
    before = to_do("one", 9, "2026-11-14") if given["kind"] == "action" else decision("one", 9)
    card = made(frame(deal("one", 100_000, 0.9, 0.4)), before, given).cards[0]
    assert (card.last_decision, card.what_became) == (said, became)


@pytest.mark.parametrize("turn", [1, -1])
def test_an_action_stands_beside_what_was_decided_with_it(turn: int) -> None:
    moved = decision("one", 7, kind="move date", close_date=LATER)
    found = made(frame(deal("one", 100_000, 0.9, 0.4)), *[moved, to_do("one", 7, "2026-11-20")][::turn])
    card = found.cards[0]
    assert card.last_decision == (
        f"Move the close date to Feb 1, 2027 (Vera, Nov 8, 2026) · Action: {TOLD}20, 2026 (Vera, Nov 8, 2026)"
    )
    assert card.what_became == "Not done so far: the CRM still says Dec 18, 2026. Action: Still open."


@pytest.mark.parametrize(
    "beside",
    [
        (decision("one", 5, kind="move date", close_date=pd.Timestamp("2026-11-14")),
         to_do("one", 5, "2026-11-20")),  # the action is not due, the date is over
        (to_do("one", 5, "2026-11-13"), decision("one", 4)),  # the action is overdue
        (to_do("one", 5, "2026-11-13", state="done", done_on=TODAY,
               reported_at=TODAY + pd.Timedelta(hours=9)), decision("one", 4)),  # until this very meeting
    ],
)  # fmt: skip
def test_an_action_beside_a_decision_hides_no_news(beside: tuple[dict[str, Any], ...]) -> None:
    found = made(frame(deal("one", 100_000, 0.9, 0.4)), *beside)
    assert found.cards[0].rank_money == 50_000


def test_open_actions_lead_and_take_their_time() -> None:
    rows = frame(*[deal(f"D{n}", 100_000, 0.9, 0.4) for n in range(9)])
    without = made(rows)
    busy = made(rows, *[to_do("D0", 3, f"2026-11-{20 - n}") for n in range(8)])
    assert list(busy.actions["due"].dt.day) == [*range(13, 21)]
    assert (len(without.cards), without.planned) == (5, 2 + 5 * 4)
    assert (len(busy.cards), busy.planned) == (4, 2 + 4 + 4 * 4)


def test_reporting_and_deciding_in_the_room_does_not_change_the_agenda() -> None:
    rows = frame(*[deal(f"D{n}", 100_000 + n, 0.9, 0.4) for n in range(9)])
    actions = [to_do("D0", 3, f"2026-11-{13 + n}") for n in range(4)]
    before = made(rows, *actions)
    now = {"reported_at": TODAY + pd.Timedelta(hours=9)}
    done = actions[0] | {"state": "done", "done_on": TODAY, **now}
    late = actions[1] | {"state": "not done", **now}
    after = made(rows, done, late, *actions[2:], decision("D8", 0), to_do("D7", 0, "2026-11-20"))
    assert (ids(after), after.planned) == (ids(before), before.planned)
    assert len(after.actions) == 2


def test_without_chances_there_are_no_cards_and_the_reason_is_said() -> None:
    nan = float("nan")
    missing = NotEnough("no quarter is complete", 12)
    found = made(frame(deal("one", 100_000, 0.9, nan), deal("two", 90_000, 0.9, nan)), missing=missing)
    assert found.cards == []
    assert found.missing == missing
    assert set(found.quiet["why"]) == {f"no chance to compare with: {missing}"}


def test_an_empty_scope_has_an_empty_agenda() -> None:
    nobody = Scope(AS_OF, SCOPE.quarter, owner_id="U9")
    for found in (made(frame()), made(frame(deal("one", 100_000, 0.9, 0.4)), scope=nobody)):
        assert (found.cards, len(found.quiet), len(found.actions)) == ([], 0, 0)
        assert list(found.quiet.columns) == ["deal_id", "name", "owner_name", "amount", "why"]
        assert found.planned <= found.minutes


chance = st.floats(0, 1)
some_deals = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 1e7)),
        chance,
        st.one_of(st.just(float("nan")), chance),
        st.sampled_from(["in quarter", "earlier", "later"]),
        st.sampled_from(["Commit", "Pipeline", "Omitted"]),
        st.sampled_from(["U1", "U2", ""]),
        st.text(max_size=12),
    ),
    max_size=30,
)


@settings(max_examples=40)
@given(some_deals, st.integers(0, 60), st.integers(0, 14))
def test_what_holds_for_every_agenda(rows: list[tuple[Any, ...]], minutes: int, actions: int) -> None:
    deals = frame(
        *[
            deal(
                f"D{n}",
                amount,
                stated,
                evidenced,
                timing=timing,
                category=category,
                owner_id=owner,
                name=name,
            )
            for n, (amount, stated, evidenced, timing, category, owner, name) in enumerate(rows)
        ]
    )
    found = made(deals, *[to_do("D0", 3, "2026-11-20") for _ in range(actions)], minutes=minutes)
    shown = ids(found)
    assert found.planned <= minutes
    assert len(shown) <= MOST_CARDS
    by_id = deals.set_index("deal_id")
    dated = by_id[by_id["timing"].ne("later") & by_id["category"].ne("Omitted")].index
    assert sorted([*found.quiet["deal_id"], *[one for one in shown if one in dated]]) == sorted(dated)
    assert (found.quiet["why"] != "").all()
    assert all(abs(card.stated - card.evidenced) >= 0.1 and card.amount > 0 for card in found.cards)
    owners = [card.owner_id for card in found.cards]
    assert len(set(owners)) == sum(a != b for a, b in zip([None, *owners], owners, strict=False))
    assert all(card.name == by_id.loc[card.deal_id, "name"] for card in found.cards)  # texts as they came
    for one, next_ in zip(found.cards, found.cards[1:], strict=False):
        assert one.owner_id != next_.owner_id or one.rank_money >= next_.rank_money
    order = ranked(deals, changed(), decided(), SCOPE)
    worth_it = list(order.loc[order["quiet"] == "", "deal_id"])
    assert sorted(shown) == sorted(worth_it[: len(shown)])
