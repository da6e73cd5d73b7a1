"""What moved the number in a week: each deal that left or came is told for what it did."""

import pandas as pd
import pytest

from analytics.forecast import change

#: deal -> (before, now): who has it and how it stands; 'booked' is won in the quarter, 'won' before it.
MOVES = {
    "stayed": ("mine open", "mine open"),
    "won": ("mine open", "mine booked"),
    "won before the quarter": ("mine open", "mine won"),
    "lost": ("mine open", "mine lost"),
    "vanished": ("mine open", ""),
    "given away": ("mine open", "other open"),
    "won by another": ("mine open", "other booked"),
    "new": ("", "mine open"),
    "lost, then reopened": ("mine lost", "mine open"),
    "booked, then reopened": ("mine booked", "mine open"),
    "taken over": ("other open", "mine open"),
    "new and won": ("", "mine booked"),
    "booked by another, now mine": ("other booked", "mine booked"),
    "booked, now another's": ("mine booked", "other booked"),
    "booked twice": ("mine booked", "mine booked"),
    "booking lost": ("mine booked", "mine lost"),
    "another's": ("other open", "other booked"),
}
STEPS = {
    change.WON: ["won", "won before the quarter", "new and won"],
    change.LOST: ["lost", "vanished"],
    change.MOVED_OUT: ["given away", "won by another", "booked, now another's"],
    change.NEW_DEALS: ["new"],
    change.REOPENED: ["lost, then reopened", "booked, then reopened"],
    change.MOVED_IN: ["taken over", "booked by another, now mine"],
    change.BOOKED: ["booked twice", "booking lost"],
}


def frame(day: int) -> pd.DataFrame:
    states = {deal_id: both[day] for deal_id, both in MOVES.items() if both[day]}
    table = pd.DataFrame({"state": states}).rename_axis("deal_id")
    kind = table["state"].str.split().str[1]
    return table.assign(
        is_open=kind == "open", is_won_deal=kind.isin(["booked", "won"]), is_booked=kind == "booked"
    )


def money(day: int, state: str, amount: float) -> pd.Series:
    return pd.Series({deal_id: amount for deal_id, both in MOVES.items() if both[day] == state})


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    now = frame(1)
    moved = change._Moved(
        old=money(0, "mine open", 10.0),
        new=money(1, "mine open", 20.0),
        booked_before=money(0, "mine booked", 100.0),
        booked=money(1, "mine booked", 130.0),
        past=frame(0),
        now=now,
        mine=now.index[now["state"].str.startswith("mine")],
    )
    return pd.concat([*change._left(moved), *change._came(moved), *change._booked(moved)], ignore_index=True)


def test_each_deal_is_told_once_for_what_it_did(lines: pd.DataFrame) -> None:
    told = {step: list(mine) for step, mine in lines.groupby("step")["deal_id"]}
    assert {step: sorted(mine) for step, mine in told.items()} == {
        step: sorted(mine) for step, mine in STEPS.items()
    }


def test_each_deal_counts_what_it_is_worth_now_less_what_it_was(lines: pd.DataFrame) -> None:
    worth = [{"mine open": (10.0, 20.0)[day], "mine booked": (100.0, 130.0)[day]} for day in (0, 1)]
    expected = {
        deal_id: worth[1].get(now, 0.0) - worth[0].get(before, 0.0)
        for deal_id, (before, now) in MOVES.items()
        if deal_id not in ("stayed", "another's")
    }
    assert lines.set_index("deal_id")["amount"].to_dict() == expected
