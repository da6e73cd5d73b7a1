"""The same data gives the same picture; other data, or another look, another one."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.figures import drawing
from analytics.figures.hygiene_bars import hygiene_bars

LOOK = {"currency": "USD", "locale": "en_US", "dark": False}


def rows(money: float = 10.0) -> pd.DataFrame:
    return pd.DataFrame({"label": ["no amount"], "money": [money], "deals": [1], "state": ["found"]})


def test_the_same_is_drawn_once() -> None:
    assert hygiene_bars(rows(), **LOOK) is hygiene_bars(rows(), **LOOK)


@pytest.mark.parametrize("change", [{"dark": True}, {"currency": "EUR"}, {"locale": "de_DE"}], ids=str)
def test_another_look_is_drawn_anew(change: dict[str, object]) -> None:
    assert hygiene_bars(rows(), **LOOK).to_json() != hygiene_bars(rows(), **LOOK | change).to_json()


def test_other_data_is_drawn_anew() -> None:
    assert hygiene_bars(rows(10.0), **LOOK).to_json() != hygiene_bars(rows(11.0), **LOOK).to_json()


def test_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST", 3)
    for money in range(9):
        hygiene_bars(rows(float(money)), **LOOK)
    assert len(drawing._kept) == 3
