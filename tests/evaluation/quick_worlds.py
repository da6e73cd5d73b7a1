"""Sample worlds without prose, for measures that need many of them: the planned depth is the score.

Writing a hundred thousand answers and judging them takes longer than all the rest, and what is measured here
is not the judge of texts. So the wording of answers is replaced by a mark that holds the planned depth, and
the store is given that depth as the score. Copies and bluffs, which are matters of wording, do not occur.
Whole worlds through the real texts are measured apart (`whole_entries`).
"""

from __future__ import annotations

import hashlib
import pickle
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from analytics.business_case.depth.explain import Depth
from analytics.company import company_of
from analytics.playbook.entries import Entries, stage_entries
from analytics.risk.landmarks import landmark_rows
from analytics.sample_company import WorldOptions, build_world
from analytics.sample_company.answers import FACT
from analytics.store.database import Store
from tests.evaluation.worlds import land_world


def quick_entries(options: WorldOptions, folder: Path) -> Entries:
    """The stage entries of a world without prose, from the folder if they are there."""
    return _kept(options, folder, "quick")


def whole_entries(options: WorldOptions, folder: Path) -> Entries:
    """The stage entries of a world whose answers were written out and judged, from the folder if there."""
    return _kept(options, folder, "whole")


def _kept(options: WorldOptions, folder: Path, kind: str) -> Entries:
    kept = folder / f"{kind}_{hashlib.sha256(repr(options).encode()).hexdigest()[:16]}.pickle"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(_entries(options, kind)))
    found: Entries = pickle.loads(kept.read_bytes())
    return found


def _entries(options: WorldOptions, kind: str) -> Entries:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.duckdb")
        if kind == "quick":
            with _marks_for_words(), _marks_as_scores():
                land_world(build_world(options), store, "quick")
        else:
            land_world(build_world(options), store, "whole")
        company = company_of(store)
        rows = landmark_rows(store, company, options.last_day)
        return stage_entries(rows, company, options.last_day)


def _marks_for_words() -> AbstractContextManager[Any]:
    """Answers that hold their planned depth and nothing else."""

    def mark(*given: Any) -> tuple[str, int, str]:
        depth, rng = given[7], given[9]
        assert isinstance(rng, Random)
        return f"{depth} {rng.random()}", depth, FACT

    return patch("analytics.sample_company.answers._wording", mark)


def _marks_as_scores() -> AbstractContextManager[Any]:
    """A judge that reads the planned depth off the mark."""

    def judge(_: list[str], texts: list[str]) -> list[list[Depth]]:
        return [[Depth(int(text[0]), [], "") for text in texts]]

    return patch("analytics.business_case.scores.explain_parts", judge)
