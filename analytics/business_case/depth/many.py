"""Explains very many answers on all processors."""

from __future__ import annotations

import os
from collections.abc import Iterator

from joblib import Parallel, delayed

from analytics.business_case.depth.explain import Depth, explain_all

_PART = 1_000


def explain_parts(questions: list[str], answers: list[str]) -> Iterator[list[Depth]]:
    """Parts of what `explain_all` gives, in order, as they are ready. Short lists stay in this process."""
    starts = range(0, len(answers), _PART)
    parts = ((questions[start : start + _PART], answers[start : start + _PART]) for start in starts)
    if len(answers) <= 3 * _PART:
        yield from (explain_all(*part) for part in parts)
        return
    run = Parallel(n_jobs=os.cpu_count() or 1, return_as="generator")
    yield from run(delayed(explain_all)(*part) for part in parts)
