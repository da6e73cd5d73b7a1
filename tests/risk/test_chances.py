"""Chances and statements as of a day are those of a store that ends on it; score writes them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.at_risk import at_risk
from analytics.commands import main
from analytics.company import Company, Scope, company_of
from analytics.deal_risk import of_deal
from analytics.forecast.basis import basis_of
from analytics.forecast.quarter_forecast import forecast
from analytics.risk import ladder
from analytics.risk.chances import history_of
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.store.test_cut_store import cut, plain

DAY = date(2026, 9, 20)


def test_a_model_knows_nothing_later_than_its_day(
    small_world: Store, small_company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ladder.FROM_CLOSED, "linear", 20)
    monkeypatch.setattr(ladder, "better_by", lambda losses, new, old: (1.0, 0.0))  # take the model whatever
    past = cut(small_world, DAY, tmp_path)
    quarter = small_company.calendar.quarter_of(DAY)
    scope = Scope(DAY, quarter)
    found = []
    for store in (small_world, past):
        company = company_of(store)
        history = history_of(store, company, DAY)
        assert history.learned.model is not None, "the test's premise"
        seen = at_risk(store, company, scope, history)
        deal_id = str(seen.deals["deal_id"].iloc[0])
        deal = of_deal(seen.chances, seen.statements, company, deal_id)
        assert deal is not None
        told = forecast(store, company, scope, basis_of(store, company, DAY, history))
        number = (told.expected, told.p10, told.p90, told.p_target, told.lines, told.draws)
        found.append(
            (seen.deals, seen.chances.reasons, seen.statements.owners, deal.history, deal.similar, number)
        )
    for here, there in zip(*found, strict=True):
        assert plain(here) == plain(there)


def test_score_adds_up_and_names_its_method(
    small_world: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.csv"
    assert main(["--store", str(small_world.path), "score", "--as-of", str(TODAY), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert (table["p_won"] + table["p_lost"] + table["p_slip"] - 1).abs().max() < 1e-9
    assert table["sandbag_score"].dropna().between(0, 1).all()
    assert table["sandbag_score"].notna().any()
    assert (table["understated_amount"].dropna() >= 0).all()
    assert table["reasons"].str.len().min() > 10
    assert "Status:" in capsys.readouterr().err
