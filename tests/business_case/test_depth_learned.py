"""How the depth scorer is learned, how well it agrees, and that what is shipped is what learning gives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from analytics.business_case.depth.evaluate import described, worst
from analytics.business_case.depth.features import QUESTIONS, Measured, measure
from analytics.business_case.depth.fitted import read, save, shipped
from analytics.business_case.depth.learn import learn
from analytics.business_case.depth.model import DepthModel
from analytics.business_case.depth.training import load


@lru_cache(maxsize=1)
def learned() -> DepthModel:
    return learn(load())


@lru_cache(maxsize=1)
def measured() -> list[Measured]:
    return [measure(text) for text in load()["answer"]]


def levels(model: DepthModel) -> list[int]:
    return list(model.judge(list(load()["question"]), measured())[0])


def test_the_training_answers_are_complete() -> None:
    every = load()
    assert every["id"].is_unique
    assert not every.duplicated(["question", "answer"])[every["answer"].str.len() > 25].any()
    assert set(every["level"]) == {0, 1, 2, 3, 4}
    assert set(every["question"]) == set(QUESTIONS)


def test_the_shipped_numbers_are_what_learning_gives_today() -> None:
    """Where this fails: `python -m analytics.business_case.depth.train`, and commit fitted.npz."""
    assert levels(shipped()) == levels(learned())


def test_the_file_holds_plain_arrays_and_brings_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "fitted.npz"
    save(learned(), path)
    assert levels(read(path)) == levels(learned())
    with np.load(path, allow_pickle=False) as numbers:
        assert all(numbers[name].dtype.kind in "fU" for name in numbers.files)


def test_learning_needs_two_authors() -> None:
    with pytest.raises(ValueError, match="two authors"):
        learn(load("examples.csv").head(60))


def test_an_evaluation_names_the_figures_and_the_worst() -> None:
    found = load("examples.csv").assign(
        found=lambda rows: rows["level"], expected=lambda rows: rows["level"] + 0.0
    )
    assert "210 answers, kappa 1.000, same level 1.00" in described("all", found)
    found.loc[found["id"] == "a041", ["found", "expected"]] = [0, 0.3]
    assert "kappa 0.9" in described("one wrong", found)
    assert worst(found, 1).startswith("a041 budget: by hand 4, judged 0 (0.3): Council decision")
