"""Blue Sheets of the sample company: what its reps keep in Word besides the CRM, in many layouts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.store.subjects import QUESTIONS

#: Role in the CRM -> role in a buying decision as Blue Sheets have it.
_ROLES = {
    "Economic Buyer": "economic",
    "Champion": "coach",
    "User": "user",
    "Technical Evaluator": "technical",
    "Evaluator": "technical",
    "Procurement": "technical",
    "Legal": "technical",
}
MODES = ("growth", "trouble", "even keel", "overconfident")
_RISKS = (
    "No direct contact with whoever signs",
    "Incumbent tool is paid until next summer",
    "Two reorganisations in the last twelve months",
    "Nobody has confirmed the go-live date in writing",
    "Our only contact leaves the project in spring",
    "Procurement insists on its own contract paper",
    "The pilot users compare us with their spreadsheet",
)
_STRONG = (
    "Reference in the same industry, an hour away",
    "Their own figures were used in the pilot",
    "The integration with their ERP is live elsewhere",
    "Coach shares the minutes of the steering committee",
    "Pilot group asked to keep the tool after the test",
)
_UNKNOWN = (
    "Who signs above the department's limit?",
    "Does the works council have to agree?",
    "Which other project competes for the same money?",
    "When does the present contract have to be terminated?",
    "How was the last tool of this kind chosen?",
)
_RIVALS = (
    "Kestrelsoft, two demos so far",
    "In-house development by their IT",
    "Staying with the spreadsheets",
    "Oakline Suite through a partner",
)
_WINS = (
    "less weekend work for the team",
    "a project to show the board",
    "clean audit without findings",
    "fewer escalations on the desk",
)
_TODO = (
    "Book an hour with {name} on the numbers",
    "Send {name} the security documents",
    "Ask {name} for the approval limits",
    "Walk {name} through the pilot results",
)
_NEXT = ("Euphoria", "Great", "Secure", "Comfort", "OK", "Concern", "Discomfort", "Worry", "Fear", "Panic")


@dataclass(frozen=True)
class Person:
    """Somebody at the customer."""

    name: str
    title: str
    role: str
    influence: str
    mode: str
    rating: int
    win: str


@dataclass(frozen=True)
class Task:
    """Something the rep means to do."""

    text: str
    owner: str
    due: date


@dataclass(frozen=True)
class SheetDeal:
    """All that a sheet may say about a deal; the layouts say more or less of it."""

    deal_id: str
    name: str
    account: str
    owner: str
    amount: str
    close_date: date
    dated: date
    objective: str
    answers: Mapping[str, str]
    people: tuple[Person, ...]
    red_flags: tuple[str, ...]
    strengths: tuple[str, ...]
    unknown: tuple[str, ...]
    competition: tuple[str, ...]
    tasks: tuple[Task, ...]
    position: str


@dataclass(frozen=True)
class Expected:
    """A fact that reading a sheet has to find, and the fields that it must have."""

    kind: str
    text: str
    question: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def sheet_deals(subjects: Mapping[str, pd.DataFrame], as_of: date, seed: int = 7) -> list[SheetDeal]:
    """The deals open at `as_of` with three or more real answers and a contact, as sheets would tell them.

    `subjects` are the sample company's frames. Every sheet is dated between its last answer and `as_of`.
    """
    until = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    seen = {name: frame[frame["valid_at"] < until] for name, frame in subjects.items() if "valid_at" in frame}
    state = _last(seen["deal_change"], ["deal_id"])
    state = state[~state["is_closed"].astype(bool)]
    deals = _last(seen["deal"], ["deal_id"]).set_index("deal_id")
    work = _last(seen["deal_work"], ["deal_id"]).set_index("deal_id")
    names = _last(seen["person"], ["person_id"]).set_index("person_id")["name"]
    answers = _last(seen["answer"], ["deal_id", "question"])
    answers = answers[answers["answer"].fillna("").str.len() >= 25]
    by_answers = dict(list(answers.groupby("deal_id")))
    by_people = dict(list(_last(seen["stakeholder"], ["deal_id", "contact_id"]).groupby("deal_id")))
    found = []
    row: Any
    for row in state.sort_values("deal_id").itertuples():
        given, people = by_answers.get(row.deal_id), by_people.get(row.deal_id)
        if given is None or people is None or len(given) < 3 or row.deal_id not in work.index:
            continue
        owner = str(names.get(work.at[row.deal_id, "owner_id"], ""))
        if owner and pd.notna(row.amount) and pd.notna(row.close_date):
            rng = np.random.default_rng([seed, zlib.crc32(str(row.deal_id).encode())])
            found.append(_deal(row, deals.loc[row.deal_id], owner, given, people, as_of, rng))
    return found


def _last(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The latest row of each key."""
    return frame.sort_values("valid_at", kind="stable").drop_duplicates(keys, keep="last")


def _deal(
    state: Any,
    deal: pd.Series,
    owner: str,
    given: pd.DataFrame,
    people: pd.DataFrame,
    as_of: date,
    rng: np.random.Generator,
) -> SheetDeal:
    said = dict(zip(given["question"], given["answer"], strict=True))
    last = max(given["valid_at"]).date()
    dated = min(last + timedelta(days=int(rng.integers(0, 9))), as_of)
    close = pd.Timestamp(state.close_date).date()
    amount = f"{deal['currency']} {float(state.amount):,.0f}"
    known = tuple(_person(p, rng) for p in people[~people["is_gone"].astype(bool)].itertuples())[:4]
    tasks = [
        Task(
            text.format(name=known[n % len(known)].name if known else "them"),
            owner,
            dated + timedelta(days=5 + 4 * n),
        )
        for n, text in enumerate(_some(_TODO, rng, 2, 3))
    ]
    product = re.sub(
        r"\b(?:New|Expansion|2026)\b|[-/@]|" + re.escape(str(deal["account_name"])), " ", str(deal["name"])
    )
    return SheetDeal(
        deal_id=str(deal.name),
        name=str(deal["name"]),
        account=str(deal["account_name"]),
        owner=owner,
        amount=amount,
        close_date=close,
        dated=dated,
        objective=f"Sell {' '.join(product.split())} to {deal['account_name']} for {amount} "
        f"by {close:%d %B %Y}",
        answers={key: said[key].lstrip("- ") for key in QUESTIONS if key in said},
        people=known,
        red_flags=_some(_RISKS, rng, 2, 3),
        strengths=_some(_STRONG, rng, 1, 3),
        unknown=_some(_UNKNOWN, rng, 1, 3),
        competition=_some(_RIVALS, rng, 2, 2),
        tasks=tuple(tasks),
        position=_NEXT[int(rng.integers(2, 8))],
    )


def _some(pool: Sequence[str], rng: np.random.Generator, least: int, most: int) -> tuple[str, ...]:
    count = int(rng.integers(least, most + 1))
    return tuple(pool[i] for i in sorted(rng.choice(len(pool), count, replace=False)))


def _person(row: Any, rng: np.random.Generator) -> Person:
    role = getattr(row, "role", None)
    return Person(
        name=str(row.name),
        title=str(row.title),
        role=_ROLES.get(role if isinstance(role, str) else "", "user"),
        influence=("high", "medium", "low")[int(rng.integers(0, 3))],
        mode=MODES[int(rng.integers(0, 4))],
        rating=int(rng.integers(-3, 6)),
        win=_WINS[int(rng.integers(0, len(_WINS)))],
    )


def make_sheets(n: int, seed: int, deals: Sequence[SheetDeal]) -> Iterator[tuple[str, bytes, list[Expected]]]:
    """`n` sheets over all layouts and the given deals: file name, content, and the facts to be found in it.

    Equal arguments give equal bytes. With more sheets than deals, a deal gets several in other layouts.
    """
    from analytics.sample_company.sheet_layouts import LAYOUTS

    layouts = list(LAYOUTS.items())
    order = np.random.default_rng(seed).permutation(len(deals))
    for count in range(n):
        deal = deals[order[count % len(deals)]]
        turn = count + count // len(deals)
        name, layout = layouts[turn % len(layouts)]
        content, expected = layout(deal)
        yield f"{count + 1:03d} {deal.deal_id} {name}.docx", content, expected


def write_samples(folder: Path, deals: Sequence[SheetDeal]) -> list[Path]:
    """Write one sheet per layout into a folder, as they are shipped in data/blue_sheets.

    So that matching has work to do, some have no id, two misspell their account, and one names a deal
    that could be another one.
    """
    from analytics.sample_company.sheet_layouts import LAYOUTS

    folder.mkdir(parents=True, exist_ok=True)
    rich = sorted(deals, key=lambda deal: (-len(deal.answers) - len(deal.people), deal.deal_id))
    twin = _twins(deals)
    paths = []
    for count, (name, layout) in enumerate(LAYOUTS.items()):
        deal = twin if twin and count == 4 else rich[count]
        if count in (2, 4, 5, 8, 13):
            deal = replace(deal, deal_id="")
        if count in (5, 8):
            deal = replace(deal, account=_misspelt(deal.account))
        if count == 4:
            deal = replace(deal, name=re.sub(r"\s*\(phase \d\)", "", deal.name))
        path = folder / f"{count + 1:02d} {name}.docx"
        path.write_bytes(layout(deal)[0])
        paths.append(path)
    return paths


def _twins(deals: Sequence[SheetDeal]) -> SheetDeal | None:
    """A deal whose account has a second open one of nearly the same name."""
    for deal in deals:
        if "(phase" in deal.name:
            return deal
    return None


def _misspelt(text: str) -> str:
    """Two letters in the middle of the longest word change places."""
    word = max(text.split(), key=len)
    at = len(word) // 2
    return text.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])
