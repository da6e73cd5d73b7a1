"""What changed in a quarter's pipeline between two days: every deal in one bucket, exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Scope

WON, LOST, GONE = "won", "lost", "gone"
NEW, REOPENED = "new", "reopened"
PULLED_IN, FROM_PAST = "pulled in", "moved in from the past"
PUSHED_OUT, PULLED_OUT = "pushed out", "pulled out to an earlier quarter"
OWNER = "owner changed"
CATEGORY_UP, CATEGORY_DOWN = "category up", "category down"
AMOUNT_UP, AMOUNT_DOWN, RATES = "amount up", "amount down", "exchange rate"
UNCHANGED = "unchanged"
#: Of several things that happened to a deal the first in this order has its money; amounts and exchange
#: rates are split out of it.
PRECEDENCE = (
    GONE, WON, LOST, OWNER, NEW, REOPENED, PUSHED_OUT, PULLED_OUT, PULLED_IN, FROM_PAST, CATEGORY_UP,
    CATEGORY_DOWN, AMOUNT_UP, AMOUNT_DOWN, RATES, UNCHANGED,
)  # fmt: skip
#: What is looked at -> the categories that count.
MEASURES = {
    "open pipeline": ("Commit", "Best Case", "Pipeline"),
    "commit and best case": ("Commit", "Best Case"),
    "commit": ("Commit",),
}


@dataclass(frozen=True)
class Changes:
    """From the measure at the end of `since` to the measure at the end of the scope's day.

    `lines`: bucket, deal_id, name, account_name, owner_id, owner_name, change (money, signed: their sum is
    end - start), money (of the deal that this bucket is about, >= 0), deals (+1 came in, -1 went out, 0;
    their sum is end_deals - start_deals), before, after (words), what (words: everything that changed). A
    deal has one line in its bucket and perhaps one more of AMOUNT_UP, AMOUNT_DOWN, RATES.
    `undone`: deal_id, name, owner_name, what, value, went_to, on, back_on, money: changed and changed back.
    """

    scope: Scope
    since: date
    measure: str
    start: float
    end: float
    start_deals: int
    end_deals: int
    lines: pd.DataFrame
    undone: pd.DataFrame
