"""Each tested quarter of a world foretold from the quarters before it, by the product and by its rivals."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.risk.baselines import BASELINES, smoothed_rates
from analytics.risk.features import REASONS
from analytics.risk.forward import CHANCES, known_before
from analytics.risk.ladder import Learned, from_first_outcomes, learn
from analytics.risk.outcome_model import CLASSES, fit
from tests.evaluation.competitors import chosen_settings, foretell
from tests.evaluation.worlds import WEEKS, Built

Chances = dict[str, np.ndarray]
#: Quarters that are foretold.
TESTED = 4
#: Everybody learns from every third week: a deal's weeks resemble each other, and rivals are slow.
EVERY = 3
PRODUCT, NO_CASE = "Plumbline", "Plumbline without the business case"
CASE = frozenset(reason.key for reason in REASONS if reason.family == "business case")
_CODE = {word: at for at, word in enumerate(CLASSES)}


def happened(rows: pd.DataFrame) -> np.ndarray:
    """What happened by the quarter's end, as an index into CLASSES."""
    return np.asarray(rows["outcome_0"].map(_CODE), dtype=int)


def tested_quarters(built: Built) -> list[str]:
    """The quarters that are foretold, oldest first."""
    return [quarter.key for quarter in built.tested_quarters()][-TESTED:]


def train_of(rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """What everybody learns from before a quarter."""
    return known_before(rows[rows["week"] % EVERY == 0], quarter)


def test_of(built: Built, rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """The tested landmarks of a quarter with the truth's chances as true_won, true_lost, true_slip."""
    names = {name: name.replace("p_", "true_") for name in CHANCES}
    truth = built.truth("oracle").rename(columns=names).drop(columns="quarter")
    mine = rows[(rows["quarter"] == quarter) & rows["week"].isin(WEEKS)]
    return mine.merge(truth, on=["deal_id", "landmark"], how="inner")


def kept(path: Path, make: Callable[[], Chances]) -> Chances:
    """What `make` returns, from the file if it is there."""
    if not path.exists():
        path.write_bytes(pickle.dumps(make()))
    return dict(pickle.loads(path.read_bytes()))


def product_chances(built: Built, rows: pd.DataFrame) -> Chances:
    """Of all tested landmarks: the product with and without the business case, and smoothed rates.

    `learn` chooses the rung and its strength as it does in the product, before the first tested quarter;
    both are kept, and fitted anew for each quarter.
    """
    tested = tested_quarters(built)
    learned = learn(train_of(rows, tested[0]))
    print(built.case.name, learned.why, "strength", learned.strength, flush=True)
    found: dict[str, list[np.ndarray]] = {name: [] for name in (PRODUCT, NO_CASE, *BASELINES)}
    for quarter in tested:
        train, test = train_of(rows, quarter), test_of(built, rows, quarter)
        rates = {name: smoothed_rates(train, test, by) for name, by in BASELINES.items()}
        for name, one in rates.items():
            found[name].append(one)
        for name, without in ((PRODUCT, frozenset[str]()), (NO_CASE, CASE)):
            found[name].append(_by_model(learned, train, test, without, rates["stage x week"]))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _by_model(
    learned: Learned, train: pd.DataFrame, test: pd.DataFrame, without: frozenset[str], rates: np.ndarray
) -> np.ndarray:
    if learned.rung == "rates":
        return rates
    used = from_first_outcomes(train)
    model = fit(used, learned.rung, strength=learned.strength, without=without, ahead=0)
    return model.chances(test)[CHANCES].to_numpy()


def rival_chances(name: str, built: Built, rows: pd.DataFrame) -> Chances:
    """A competitor's chances of the tested landmarks, its settings chosen on the quarter before."""
    tested = tested_quarters(built)
    calendar = built.company.calendar
    before = calendar.shift(calendar.parse(tested[0]), -1).key
    last = rows[(rows["quarter"] == before) & rows["week"].isin(WEEKS)]
    settings = chosen_settings(name, train_of(rows, before), last)
    parts = [
        foretell(name, settings, train_of(rows, quarter), [test_of(built, rows, quarter)])[0]
        for quarter in tested
    ]
    return {name: np.concatenate(parts)}


def tested_rows(built: Built, rows: pd.DataFrame) -> pd.DataFrame:
    """All tested landmarks of a world, in the order of the chances."""
    return pd.concat([test_of(built, rows, quarter) for quarter in tested_quarters(built)], ignore_index=True)


def foretell_world(built: Built, rivals: list[str], *, product: bool = True) -> None:
    """Fill the world's folder with the chances of the product and of `rivals`."""
    rows = built.rows()
    if product:
        kept(built.folder / "chances_product.pickle", lambda: product_chances(built, rows))
    for name in rivals:
        kept(built.folder / f"chances_{name}.pickle", partial(rival_chances, name, built, rows))
