"""The learned numbers as a file of plain arrays: nothing in it can run, and reading it takes no training."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from analytics.business_case.depth.model import DepthModel, Linear, Scale, vectorizer

FITTED = Path(__file__).with_name("fitted.npz")


def save(model: DepthModel, path: Path) -> None:
    """Write the numbers of a model."""
    learned = {"topic": model.topic, "gate": model.gate, "depth": model.depth}
    np.savez_compressed(
        path,
        terms=model.scale.terms.get_feature_names_out().astype(str),
        rarity=model.scale.terms.idf_,
        middle=model.scale.middle,
        spread=model.scale.spread,
        cuts=model.cuts,
        **{f"{name}_weights": one.weights for name, one in learned.items()},
        **{f"{name}_start": one.start for name, one in learned.items()},
    )


def read(path: Path) -> DepthModel:
    """A model from the numbers of a file."""
    with np.load(path, allow_pickle=False) as numbers:
        terms = vectorizer(vocabulary=[str(term) for term in numbers["terms"]])
        terms.idf_ = numbers["rarity"]
        learned = {
            name: Linear(numbers[f"{name}_weights"], numbers[f"{name}_start"])
            for name in ("topic", "gate", "depth")
        }
        scale = Scale(terms, numbers["middle"], numbers["spread"])
        return DepthModel(scale=scale, cuts=numbers["cuts"], **learned)


@lru_cache(maxsize=1)
def shipped() -> DepthModel:
    """The model of this project, learned from all answers in the repository by `train`."""
    return read(FITTED)
