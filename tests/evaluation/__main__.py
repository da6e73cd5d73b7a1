"""`python -m tests.evaluation FOLDER`: how good models and forecasts are, on worlds whose truth is known.

Worlds, their landmarks, everybody's chances and the quarters' forecasts are kept in FOLDER; delete a world's
`chances_*.pickle`, `record_*.pickle` and `quarters.pickle` to have them made anew. All of it takes about two
and a half hours on two cores. Needs `pip install -r
requirements-evaluation.txt`.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import pandas as pd

from tests.evaluation.competitors import COMPETITORS
from tests.evaluation.forward import foretell_world
from tests.evaluation.outside import DATA, answers_table, maven
from tests.evaluation.quarter_tables import quarter_report
from tests.evaluation.quarters import foretold
from tests.evaluation.sandbagging import judged, sandbag_table
from tests.evaluation.tables import predictions, report
from tests.evaluation.worlds import CASES, Built, build

PARTS = ("models", "sandbagging", "quarters", "outside")
#: Rivals are slow: they foretell the three families, not the worlds that lack a mechanism.
_WITH_RIVALS = ("queue", "proportional", "threshold")


def main() -> None:
    """Build what is missing, measure, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("folder", type=Path, help="where worlds and results are kept")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--worlds", nargs="+", default=[""], help="only worlds whose names begin so")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # the rivals' own
    wanted = [case for case in CASES if case.name.startswith(tuple(given.worlds))]
    worlds = [build(case, given.folder) for case in wanted] if given.parts != ["outside"] else []
    if "models" in given.parts:
        _models(worlds)
    if "sandbagging" in given.parts:
        print(sandbag_table(*judged(worlds)).round(3).set_index("worlds").T.to_string())
    if "quarters" in given.parts:
        print(quarter_report([(built.case.group, foretold(built)) for built in worlds]))
    if "outside" in given.parts and DATA.exists():
        print(answers_table().round(3).to_string())
        print(pd.Series(maven(given.folder)).to_string())


def _models(worlds: list[Built]) -> None:
    for built in worlds:
        foretell_world(built, list(COMPETITORS) if built.case.group in _WITH_RIVALS else [])
    print(report(predictions(worlds)))


if __name__ == "__main__":
    main()
