"""Training answers gamed in the ways that people try: numbers, names and dates thrown in, words piled up.

They keep the level of the answer they are made of (piles are level 1): that teaches what does not count.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.business_case.depth.phrases import phrases
from analytics.business_case.depth.topics import TOPICS
from analytics.business_case.depth.vocabulary import MARKS

_NAMES = "Anna; Peter; Jim Miller; Karla; Mr Smith; Olaf; Mrs Lee; Sandra; J. Novak; Tom; Maria Costa"
_MONTHS = "Jan; Feb; March; April; May; June; July; Aug; Sept; Oct; Nov; Dec"
_UNITS = "EUR {}k; {} days; {} weeks; {} percent; {}%; ${},000; {}k; {} hours; {} months; {}m"
_PILED = ("role", "evidence", "cause", "customer")


def gamed(answers: pd.DataFrame) -> pd.DataFrame:
    """A gamed copy of every answer of level 0 and 1, and piles of keywords; the same ones at every call."""
    chance = np.random.default_rng(7)
    shallow = answers[(answers["level"] <= 1) & (answers["answer"].str.len() > 0)]
    copies = shallow.assign(answer=[_thrown_in(text, chance) for text in shallow["answer"]])
    piles = answers.iloc[:: max(len(answers) // 150, 1)].assign(level=1)
    piles["answer"] = [_piled(question, chance) for question in piles["question"]]
    return pd.concat([copies, piles], ignore_index=True)


def _thrown_in(text: str, chance: np.random.Generator) -> str:
    """Two to four of the same kind of thing, each between two words or at an end."""
    words = text.split(" ")
    kind = int(chance.integers(4))
    for _ in range(int(chance.integers(2, 5))):
        words.insert(int(chance.integers(0, len(words) + 1)), _thing(kind, chance))
    return " ".join(words)


def _thing(kind: int, chance: np.random.Generator) -> str:
    number = int(
        chance.choice([chance.integers(2, 100), chance.integers(100, 1000), chance.integers(2, 50) * 1000])
    )
    if kind == 0:
        return f"{number:,}" if chance.random() < 0.5 else str(number)
    if kind == 1:
        return str(chance.choice(phrases(_UNITS))).format(int(chance.integers(2, 200)))
    if kind == 2:
        return str(chance.choice(phrases(_NAMES)))
    day, month = int(chance.integers(1, 29)), str(chance.choice(phrases(_MONTHS)))
    return str(chance.choice([f"{day} {month}", f"on {day}/{int(chance.integers(1, 13))}", f"in {month}"]))


def _piled(question: str, chance: np.random.Generator) -> str:
    """Six to fourteen words about the question, roles, sources and reasons, without a sentence."""
    words = phrases(TOPICS[question])[:60] + [word for rule in _PILED for word in phrases(MARKS[rule])[:40]]
    picked = [str(chance.choice(words)).strip("*") for _ in range(int(chance.integers(6, 15)))]
    return str(chance.choice([" ", ", "])).join(picked)
