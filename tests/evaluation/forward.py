"""Each tested quarter of a world foretold from the quarters before it, by the product and by its rivals."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.risk.baselines import BASELINES, smoothed_rates
from analytics.risk.features import REASONS
from analytics.risk.forward import known_before
from analytics.risk.ladder import FROM_CLOSED, RATES, STRENGTHS, _choice, _name
from analytics.risk.outcome_model import Rung, fit, fit_each
from tests.evaluation.competitors import COMPETITORS, chosen_settings, foretell
from tests.evaluation.scores import CLASSES, log_loss
from tests.evaluation.worlds import WEEKS, Built

Chances = dict[str, np.ndarray]
#: Quarters that are foretold, and those before them on which rungs and settings are chosen.
TESTED, BEFORE = 4, 2
#: Everybody learns from every third week: a deal's weeks resemble each other, and rivals are slow.
EVERY = 3
PRODUCT, NO_CASE = "Plumbline", "Plumbline without the business case"
CASE = frozenset(reason.key for reason in REASONS if reason.family == "business case")
COLUMNS = ["p_won", "p_lost", "p_slip"]
_CODE = {word: at for at, word in enumerate(CLASSES)}


def happened(rows: pd.DataFrame) -> np.ndarray:
    """What happened by the quarter's end, as an index into CLASSES."""
    return np.asarray(rows["outcome_0"].map(_CODE), dtype=int)


def quarters_of(built: Built) -> tuple[list[str], list[str]]:
    """The quarters that are tested, and the ones before them that choose."""
    company = built.company
    tested = [quarter.key for quarter in built.tested_quarters()][-TESTED:]
    first = company.calendar.parse(tested[0])
    return tested, [company.calendar.shift(first, -back).key for back in range(BEFORE, 0, -1)]


def train_of(rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """What everybody learns from before a quarter."""
    return known_before(rows[rows["week"] % EVERY == 0], quarter)


def test_of(built: Built, rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """The tested landmarks of a quarter with the truth's chances as true_won, true_lost, true_slip."""
    names = {name: name.replace("p_", "true_") for name in COLUMNS}
    truth = built.truth("oracle").rename(columns=names).drop(columns="quarter")
    mine = rows[(rows["quarter"] == quarter) & rows["week"].isin(WEEKS)]
    return mine.merge(truth, on=["deal_id", "landmark"], how="inner")


def kept(path: Path, make: Callable[[], Chances]) -> Chances:
    """What `make` returns, from the file if it is there."""
    if not path.exists():
        path.write_bytes(pickle.dumps(make()))
    return dict(pickle.loads(path.read_bytes()))


def product_chances(built: Built, rows: pd.DataFrame) -> Chances:
    """Per tested quarter, stacked: the product with and without the business case, and smoothed rates.

    The rung and its strength are chosen by the product's own rule, from the quarters before the tested one.
    """
    tested, before = quarters_of(built)
    losses: list[pd.Series] = []
    found: dict[str, list[np.ndarray]] = {name: [] for name in (PRODUCT, NO_CASE, *BASELINES)}
    for quarter in [*before, *tested]:
        train, here = train_of(rows, quarter), rows[rows["quarter"] == quarter]
        asked = here[here["week"] % EVERY == 0]
        test = test_of(built, rows, quarter)
        closed = train.loc[train["outcome_0"] != "open", "deal_id"].nunique()
        rungs: list[Rung] = [rung for rung, fewest in FROM_CLOSED.items() if closed >= fewest][-2:]
        chances = {
            _name(rung, strength): (model.chances(asked), model.chances(test))
            for rung in rungs
            for strength, model in fit_each(train, rung, STRENGTHS, ahead=0).items()
        }
        by_rates = {name: smoothed_rates(train, test, by) for name, by in BASELINES.items()}
        if quarter in tested:
            rung, strength, why = _choice(pd.DataFrame(losses), rungs, closed)
            print(built.case.name, quarter, why, "strength", strength, flush=True)
            if rung == "rates":
                found[PRODUCT].append(by_rates[RATES])
                found[NO_CASE].append(by_rates[RATES])
            else:
                found[PRODUCT].append(chances[_name(rung, strength)][1][COLUMNS].to_numpy())
                without = fit(train, rung, strength=strength, without=CASE, ahead=0)
                found[NO_CASE].append(without.chances(test)[COLUMNS].to_numpy())
            for name, one in by_rates.items():
                found[name].append(one)
        code = happened(asked)
        loss = {
            name: float(log_loss(code, one[COLUMNS].to_numpy()).mean()) for name, (one, _) in chances.items()
        }
        loss[RATES] = float(log_loss(code, smoothed_rates(train, asked, BASELINES[RATES])).mean())
        losses.append(pd.Series(loss, name=quarter))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def rival_chances(name: str, built: Built, rows: pd.DataFrame) -> Chances:
    """A competitor's chances of the tested landmarks, its settings chosen on the quarter before."""
    tested, before = quarters_of(built)
    last = rows[(rows["quarter"] == before[-1]) & rows["week"].isin(WEEKS)]
    settings = chosen_settings(name, train_of(rows, before[-1]), last)
    parts = [
        foretell(name, settings, train_of(rows, quarter), [test_of(built, rows, quarter)])[0]
        for quarter in tested
    ]
    return {name: np.concatenate(parts)}


def tested_rows(built: Built, rows: pd.DataFrame) -> pd.DataFrame:
    """All tested landmarks of a world, in the order of the chances."""
    tested, _ = quarters_of(built)
    return pd.concat([test_of(built, rows, quarter) for quarter in tested], ignore_index=True)


def foretell_world(built: Built, rivals: list[str]) -> None:
    """Fill the world's folder with the chances of the product and of `rivals`."""
    rows = built.rows()
    kept(built.folder / "chances_product.pickle", lambda: product_chances(built, rows))
    for name in rivals:
        kept(built.folder / f"chances_{name}.pickle", lambda name=name: rival_chances(name, built, rows))  # type: ignore[misc]


__all__ = ["COMPETITORS", "foretell_world", "tested_rows"]
