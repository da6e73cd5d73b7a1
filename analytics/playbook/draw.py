"""Who tries a change of the sales process first: teams drawn by lot, within pairs of like teams.

The pairs are made from what was measured before, the lot is cast by a number that follows from what is
changed, for which stage, and the day it is recorded: who knows both can cast it again, and choosing another
first day, level or text does not cast it anew. (Recording it on another day, or for another stage, does.)
"""

from __future__ import annotations

import json
import random
import re
import zlib
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd

from analytics.problems import BadInput

_MARK = re.compile(r"\s*\[drawn by lot: (\{.*\})\]$")
_OPENS = "[drawn by lot:"


@dataclass(frozen=True)
class Draw:
    """Pairs of like teams, and the number that decides which of each pair begins."""

    seed: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that the lot fell on, one of each pair."""
        lot = random.Random(self.seed)  # nosec B311 # whoever casts it again must get the same
        return tuple(pair[lot.randrange(2)] for pair in self.pairs)

    @property
    def others(self) -> tuple[str, ...]:
        """The other ones: they work as before."""
        drawn = self.teams
        return tuple(a if b == mine else b for (a, b), mine in zip(self.pairs, drawn, strict=True))

    @property
    def possible(self) -> int:
        """How many draws there could have been."""
        return int(2 ** len(self.pairs))


def seed_of(kind: str, question: str, stage: str, recorded_on: date) -> int:
    """The number that casts the lot: of what is changed and the day it is recorded, not the day it begins."""
    return zlib.crc32(f"{kind}|{question}|{stage}|{recorded_on}".encode())


def draw_teams(past: pd.DataFrame, seed: int) -> Draw:
    """Pair the teams that are most alike and cast the lot. `past`: team, rate (of what is to change), n.

    With an odd number the team least like another stays out. Raises BadInput with fewer than two pairs.
    """
    teams = past.sort_values("team").reset_index(drop=True)
    if len(teams) < 4:
        raise BadInput(
            "there are too few teams to draw from", expected="at least 4 with deals", got=str(len(teams))
        )
    size = np.log1p(teams["n"].to_numpy(float))
    rate = teams["rate"].fillna(teams["rate"].mean()).fillna(0.0).to_numpy(float)
    place = np.column_stack([_scaled(rate), _scaled(size)])
    names = teams["team"].astype(str).tolist()
    apart = sorted(
        (float(((place[a] - place[b]) ** 2).sum()), a, b) for a, b in combinations(range(len(names)), 2)
    )
    free, pairs = set(range(len(names))), []
    for _, a, b in apart:
        if a in free and b in free:
            pairs.append((names[a], names[b]))
            free -= {a, b}
    return Draw(seed, tuple(sorted(pairs)))


def _scaled(values: np.ndarray) -> np.ndarray:
    spread = float(values.std())
    found: np.ndarray = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return found


def with_draw(text: str, draw: Draw | None) -> str:
    """A hypothesis with the draw at its end, as it is kept. Raises BadInput if it holds such a mark."""
    if _OPENS in text:
        raise BadInput(f"the hypothesis holds “{_OPENS}”", to_do="These words mark the draw.")
    if draw is None:
        return text
    kept = json.dumps({"seed": draw.seed, "pairs": draw.pairs}, ensure_ascii=False)
    return f"{text} {_OPENS} {kept}]"


def split_draw(text: str) -> tuple[str, Draw | None]:
    """The hypothesis alone, and the draw if there was one."""
    found = _MARK.search(text)
    if not found:
        return text, None
    try:
        kept = json.loads(found.group(1))
        pairs = tuple((str(a), str(b)) for a, b in kept["pairs"])
        return text[: found.start()], Draw(int(kept["seed"]), pairs)
    except (ValueError, KeyError, TypeError):
        return text, None
