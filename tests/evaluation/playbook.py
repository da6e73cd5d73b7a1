"""`python -m tests.evaluation.playbook FOLDER`: does the playbook find what matters, and only that?

Worlds are kept in FOLDER. Three measures: how often anything is claimed where nothing matters; what is
claimed, in which order and with which intervals, where some questions matter by construction; and the same
in one whole world of each kind, whose answers were written out and judged. About an hour on one core the
first time.

The difference that an interval should cover is not known from the construction (answers report the hidden
facts dimly, and late). It is estimated from other worlds of the same kind, weighted by how exact each of them
is: what one would get from a company some forty times as large.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from analytics.playbook.effects import ERROR_RATE, Effects, question_effects
from analytics.problems import NotEnough
from analytics.sample_company import WorldOptions
from analytics.store.subjects import QUESTIONS
from tests.evaluation.playbook_cases import FIRST_SEED, MATTERS, NULLS, null_seeds, pooled_seeds, tested_seeds
from tests.evaluation.quick_worlds import quick_entries, whole_entries

_Z = 1.96
_PARTS = ("null", "matters", "whole")
_EVERY = {**MATTERS, **NULLS}
#: the outcome that the construction acts on
ACTS_ON = {"matters-cause": "won", "matters-people": "won", "matters-dates": "kept"}


def effects(options: WorldOptions, seed: int, folder: Path, whole: bool = False) -> pd.DataFrame:
    """The questions' rows of one world, with `in_stages`: claims of the question at single stages."""
    make = whole_entries if whole else quick_entries
    found: Effects | NotEnough = question_effects(make(options.but(seed=seed), folder))
    if isinstance(found, NotEnough):
        raise ValueError(f"seed {seed} is too small to measure: {found}")
    stages = found.stages[found.stages["claimed"]].groupby(["question", "outcome"]).size()
    keys = pd.MultiIndex.from_frame(found.questions[["question", "outcome"]])
    return found.questions.assign(seed=seed, in_stages=stages.reindex(keys).fillna(0).to_numpy())


def all_effects(options: WorldOptions, seeds: range, folder: Path) -> pd.DataFrame:
    """The rows of many worlds, with each question's weight in the construction."""
    table = pd.concat([effects(options, seed, folder) for seed in seeds], ignore_index=True)
    return with_weights(table, options)


def with_weights(table: pd.DataFrame, options: WorldOptions) -> pd.DataFrame:
    """`weight`: what the question does to the buyer, 0 = nothing."""
    both = np.zeros(len(QUESTIONS))
    for weights in (options.matters, options.matters_dates):
        both += np.zeros(len(QUESTIONS)) if weights is None else np.array(weights)
    return table.assign(weight=table["question"].map(dict(zip(QUESTIONS, both, strict=True))))


def share(hits: int, n: int) -> str:
    """'3 of 50, 6 % (1-17)': with the exact 95 % interval."""
    if n == 0:
        return "-"
    reach = binomtest(hits, n).proportion_ci(0.95)
    return f"{hits} of {n}, {hits / n:.0%} ({reach.low:.0%}-{reach.high:.0%})"


def null_table(folder: Path) -> pd.DataFrame:
    """A row per kind of world in which nothing matters."""
    rows = []
    for name, options in NULLS.items():
        table = all_effects(options, null_seeds(), folder)
        covers = (table["low"] <= 0) & (table["high"] >= 0)
        claims = table.groupby("seed")["claimed"].any()
        known = table["effect"].notna()
        by_outcome = {one: covers[known & (table["outcome"] == one)].mean() for one in ("won", "kept")}
        rows.append(
            {
                "worlds": name,
                "with any claim": share(int(claims.sum()), len(claims)),
                "stated at most": f"{ERROR_RATE:.0%}",
                "intervals over 0, won": f"{by_outcome['won']:.1%}",
                "intervals over 0, kept": f"{by_outcome['kept']:.1%}",
                "mean effect, won": table.loc[table["outcome"] == "won", "effect"].mean(),
                "mean effect, kept": table.loc[table["outcome"] == "kept", "effect"].mean(),
                "spread / stated error": _calibration(table),
                "not measured": f"{(~known).mean():.1%}",
            }
        )
    return pd.DataFrame(rows)


def _calibration(table: pd.DataFrame) -> float:
    """How much the effects spread over worlds, against what their intervals say: 1 = as stated."""
    z = table["effect"] / ((table["high"] - table["low"]) / (2 * _Z))
    return float(np.sqrt((z**2).mean()))


def pooled(table: pd.DataFrame) -> pd.DataFrame:
    """question, outcome -> truth, truth_error: the mean over worlds, weighted by how exact each is."""
    exact = 1 / (table["high"] - table["low"]) ** 2
    sums = table.assign(exact=exact, total=table["effect"] * exact).groupby(["question", "outcome"])
    spread: pd.Series = sums["effect"].std() / np.sqrt(sums.size())
    return pd.DataFrame({"truth": sums["total"].sum() / sums["exact"].sum(), "truth_error": spread})


def with_truth(tested: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Each tested world's rows beside what all other worlds, the tested ones among them, show on average."""
    parts = []
    for seed, world in tested.groupby("seed"):
        truth = pooled(pd.concat([tested[tested["seed"] != seed], others]))
        parts.append(world.join(truth, on=["question", "outcome"]))
    return pd.concat(parts)


def question_table(tested: pd.DataFrame) -> pd.DataFrame:
    """A row per question and outcome: truth, how often claimed, how often the interval covers the truth."""
    tested = tested.assign(
        covered=(tested["low"] <= tested["truth"]) & (tested["truth"] <= tested["high"]),
        wrong_way=tested["claimed"] & (np.sign(tested["effect"]) != np.sign(tested["truth"])),
    )
    found = tested.groupby(["outcome", "question"], sort=False).agg(
        weight=("weight", "first"), truth=("truth", "mean"), truth_error=("truth_error", "mean"),
        estimate=("effect", "mean"), claimed=("claimed", "sum"), in_stages=("in_stages", "sum"),
        wrong_way=("wrong_way", "sum"), covered=("covered", "sum"), worlds=("seed", "nunique"),
    )  # fmt: skip
    return found.round(4)


def summary(name: str, tested: pd.DataFrame) -> dict[str, object]:
    """One kind of world in a line; order and finds are of the outcome that the construction acts on."""
    outcome = ACTS_ON[name]
    covered = (tested["low"] <= tested["truth"]) & (tested["truth"] <= tested["high"])
    claimed = tested[tested["claimed"]]
    nothing = tested[tested["weight"] == 0]
    false = nothing.groupby("seed")["claimed"].any()
    whole = tested[tested["outcome"] == outcome]
    real = whole[whole["weight"] > 0]
    firsts = [_first(world) for _, world in whole.groupby("seed")]
    orders = [_order(world) for _, world in real.groupby("seed")]
    pairs = [_pairs(world) for _, world in whole.groupby("seed")]
    return {
        "worlds": name,
        "with a false claim": share(int(false.sum()), len(false)),
        "outcome": outcome,
        "all that matter claimed": share(int(real.groupby("seed")["claimed"].all().sum()), len(orders)),
        "first claim is the true first": share(sum(firsts), len(firsts)),
        "claimed ones in true order": share(sum(orders), len(orders)),
        "pairs of questions in true order": f"{np.mean(pairs):.1%}",
        "intervals over the truth": share(int(covered.sum()), len(covered)),
        "of those claimed": share(int(covered[claimed.index].sum()), len(claimed)),
    }  # fmt: skip


def _order(world: pd.DataFrame) -> bool:
    """Whether those claimed of the questions that matter stand in the order of their weights."""
    claimed = world[world["claimed"]].sort_values("order")
    return bool(claimed["weight"].is_monotonic_decreasing)


def _pairs(world: pd.DataFrame) -> float:
    """Of all pairs of questions of unlike weight, those whose effects stand the same way, claimed or not."""
    effect, weight = world["effect"].to_numpy(float), world["weight"].to_numpy(float)
    above = weight[:, None] > weight
    return float((effect[:, None] > effect)[above].mean())


def _first(world: pd.DataFrame) -> bool:
    """Whether the first of what is claimed is the question with the largest weight."""
    claimed = world[world["claimed"]].sort_values("order")
    return bool(len(claimed)) and bool(claimed["weight"].iloc[0] == world["weight"].max())


def _print_matters(folder: Path) -> None:
    lines = []
    for name, options in MATTERS.items():
        tested, others = (all_effects(options, seeds, folder) for seeds in (tested_seeds(), pooled_seeds()))
        tested = with_truth(tested, others)
        print(name, question_table(tested).to_string(), sep="\n", end="\n\n")
        lines.append(summary(name, tested))
    print(pd.DataFrame(lines).set_index("worlds").T.to_string(), end="\n\n")


def _print_whole(names: list[str], folder: Path) -> None:
    shown = [*("question", "outcome", "weight", "effect", "low", "high", "p_adjusted", "claimed", "order")]
    for name in names:
        options = _EVERY[name]
        table = with_weights(effects(options, FIRST_SEED + 400, folder, whole=True), options)
        print(name, table[shown].round(4).to_string(), sep="\n", end="\n\n")


def main() -> None:
    """Build what is missing, measure, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.playbook", description=__doc__)
    parser.add_argument("folder", type=Path, help="where worlds are kept")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS)
    parser.add_argument("--whole", nargs="+", choices=[*_EVERY], default=[*_EVERY], help="which whole worlds")
    given = parser.parse_args()
    pd.set_option("display.width", 200, "display.max_columns", 30)
    if "null" in given.parts:
        print(null_table(given.folder).set_index("worlds").T.to_string(), end="\n\n")
    if "matters" in given.parts:
        _print_matters(given.folder)
    if "whole" in given.parts:
        _print_whole(given.whole, given.folder)


if __name__ == "__main__":
    main()
