from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.company import Company, company_of
from analytics.risk.landmarks import landmark_rows
from analytics.risk.outcome_model import OutcomeModel, fit
from analytics.risk.rep_bias import shrunken
from analytics.risk.statements import COUNTED, Statements, understatement
from analytics.risk.understated_money import money_between
from analytics.store.database import Store
from tests.risk.stating_owners import AS_OF, Habit, habits, store_of

LATE = Habit(days_later=60, category_lower=True, amount_share=0.8)
EARLY = Habit(days_later=-45, amount_share=1.25)
SLOW = Habit(days=180, team="South")
OWNERS = habits(Late=LATE, Early=EARLY, Slow=SLOW, Slow2=SLOW)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(Store(tmp_path_factory.mktemp("stated") / "store.duckdb"), OWNERS)


@pytest.fixture(scope="module")
def company(store: Store) -> Company:
    return company_of(store)


@pytest.fixture(scope="module")
def rows(store: Store, company: Company) -> pd.DataFrame:
    return landmark_rows(store, company, AS_OF)


@pytest.fixture(scope="module")
def model(rows: pd.DataFrame) -> OutcomeModel:
    return fit(rows, "linear")


@pytest.fixture(scope="module")
def found(rows: pd.DataFrame, company: Company, model: OutcomeModel) -> Statements:
    return understatement(rows, company, AS_OF, model)


def of_owner(found: Statements, owner: str) -> pd.DataFrame:
    return found.deals[found.deals["deal_id"].str.startswith(f"{owner}-")]


def verdict(found: Statements, owner: str) -> str:
    return str(found.owners.set_index("owner_id").loc[owner, "verdict"])


def test_the_owner_who_states_everything_later_is_found(found: Statements) -> None:
    assert verdict(found, "Late") == "states below its evidence"
    assert found.owners.loc[found.owners["score"].idxmax(), "owner_id"] == "Late"
    mine = of_owner(found, "Late")
    others = found.deals.drop(mine.index)
    assert len(mine) >= 2
    assert mine["sandbag_score"].min() > others["sandbag_score"].quantile(0.9)
    assert (mine["statement"] == "below its evidence").any()


def test_the_owner_who_states_everything_sooner_is_found(found: Statements) -> None:
    assert found.owners.loc[found.owners["score"].idxmin(), "owner_id"] == "Early"
    mine = of_owner(found, "Early")
    assert mine["overstated_score"].mean() > 0.8
    assert not (mine["statement"] == "below its evidence").any()


def test_honest_deals_are_not_called(found: Statements) -> None:
    honest = found.deals[~found.deals["deal_id"].str.contains("Late|Early")]
    assert len(honest) >= 20
    assert not (honest["statement"] == "below its evidence").any()
    honest_owners = found.owners[~found.owners["owner_id"].isin(["Late", "Early"])]
    assert not honest_owners["verdict"].isin(["states below its evidence", "above"]).any()


def test_a_territory_that_takes_longer_is_not_called(tmp_path: Path, company: Company) -> None:
    """Alone in its team it states later than such evidence gets, but closes when it said."""
    store = store_of(Store(tmp_path / "store.duckdb"), habits(Slow=SLOW))
    found = understatement(landmark_rows(store, company, AS_OF), company, AS_OF)
    slow = found.owners.set_index("owner_id").loc["Slow"]
    assert slow["bias"] > 0.5
    assert slow["verdict"] != "states below its evidence"
    assert not (of_owner(found, "Slow")["statement"] == "below its evidence").any()


def test_the_counted_parts_add_up_to_the_score(found: Statements) -> None:
    counted = found.parts[found.parts["counted"]]
    assert set(counted["part"]) == set(COUNTED)
    total = counted.groupby("deal_id")["z"].sum()
    score = found.deals.set_index("deal_id")["sandbag_score"]
    np.testing.assert_allclose(np.log(score / (1 - score)), total.reindex(score.index), atol=1e-9)


def test_the_owner_part_does_not_hold_the_deal_itself() -> None:
    """With the deal left out, the owner's mean is that of the other deals, however extreme the deal is."""
    rng = np.random.default_rng(4)
    owners = pd.Series([f"U{at % 8}" for at in range(80)])
    values = pd.Series(3.0 + 2.0 * rng.normal(size=80) + 2.0 * (owners == "U0"))
    weights = pd.Series(rng.uniform(0.5, 1, size=80))
    known = shrunken(values, owners, weights)
    assert known.pull < 100
    rest = (owners == "U0") & (values.index != 0)
    n, total = weights[rest].sum(), (values * weights)[rest].sum() / known.unit
    expected = (total - n * known.centre) / (n + known.pull)
    assert known.without(owners, values, weights)[0] == pytest.approx(expected)


def test_deals_without_an_owner_are_nobodys_habit(rows: pd.DataFrame, company: Company) -> None:
    unowned = rows.assign(owner_id=rows["owner_id"].where(rows["owner_id"] != "Late", ""))
    found = understatement(unowned, company, AS_OF)
    assert "" not in set(found.owners["owner_id"])
    mine = found.deals["deal_id"].str.startswith("Late-")
    assert not (found.deals.loc[mine, "statement"] == "below its evidence").any()


def test_owners_who_differ_by_chance_only_are_drawn_together() -> None:
    rng = np.random.default_rng(3)
    owners = pd.Series([f"U{at % 20}" for at in range(400)])
    weights = pd.Series(1.0, index=owners.index)
    noise = pd.Series(rng.normal(size=400))
    assert shrunken(noise, owners, weights).owners["post"].abs().max() < 0.3
    habit = noise + 2.0 * (owners == "U7")
    post = shrunken(habit, owners, weights).owners["post"]
    assert post.idxmax() == "U7"
    assert post["U7"] > 1.0


def test_money_is_never_negative_and_lies_in_its_range(found: Statements) -> None:
    deals = found.deals
    for name in ("understated", "overstated"):
        low, point, high = (deals[f"{name}_{end}"] for end in ("low", "amount", "high"))
        assert ((low >= 0) & (low <= point) & (point <= high)).all()
    assert (deals[["understated_amount", "overstated_amount"]].min(axis=1) == 0).all()
    assert (deals["understated_high"] > deals["understated_low"]).any()


def test_money_is_what_evidence_adds_to_the_statement(rows: pd.DataFrame) -> None:
    """Here the champion decides and the statement knows nothing of it."""
    coin = np.random.default_rng(5).random(rows["deal_id"].nunique()) < 0.5
    has = pd.Series(coin.astype(float), index=rows["deal_id"].unique())
    rows = rows.assign(has_champion=rows["deal_id"].map(has))
    over = rows["outcome_0"].notna()
    rows.loc[over, "outcome_0"] = np.where(rows.loc[over, "has_champion"] > 0, "won", "open")
    today = rows[rows["landmark"] == pd.Timestamp(AS_OF)].reset_index(drop=True)
    money = money_between(rows, today, fit(rows, "linear"))
    champion = today["has_champion"] > 0
    assert 5 <= champion.sum() <= len(today) - 5
    assert (money.loc[champion, "understated_low"] > 0).all()
    assert (money.loc[~champion, "overstated_low"] > 0).all()
    most = today["amount_company"] * (1 - money["p_stated"])
    assert (money["understated_amount"] <= most + 0.01).all()


def test_quarters_are_named_like_the_company_does(found: Statements) -> None:
    known = found.deals["quarter_if_won"].dropna()
    assert len(known)
    assert set(known) <= {"2025Q3", "2025Q4", "2026Q1", "2026Q2"}
    assert found.deals["stated_quarter"].str.fullmatch(r"\d{4}Q[1-4]").all()


def test_words_name_what_is_stated_and_never_what_was_meant(found: Statements) -> None:
    called = found.deals[found.deals["statement"] == "below its evidence"]
    assert called["words"].str.startswith("Stated below its evidence: ").all()
    assert called["words"].str.contains("where such evidence is usually dated").all()
    every = " ".join([*found.deals["words"], *found.parts["text"], *found.owners["words"]]).lower()
    for word in ("sandbag", "intent", "hiding", "lie ", "dishonest"):
        assert word not in every


def test_nothing_later_is_used(rows: pd.DataFrame, company: Company) -> None:
    day = date(2025, 4, 1)
    assert day in set(rows["landmark"].dt.date)
    cut = rows[rows["landmark"] <= pd.Timestamp(day)].copy()
    later = cut["closed_on"] > pd.Timestamp(day)
    assert later.any()
    cut.loc[later, "closed_won"] = np.nan
    cut.loc[later, ["closed_on", "final_amount_company"]] = [pd.NaT, np.nan]
    over = cut["last_day"] <= pd.Timestamp(day)
    cut["outcome_0"] = cut["outcome_0"].where(over)
    whole, known = understatement(rows, company, day), understatement(cut, company, day)
    pd.testing.assert_frame_equal(whole.deals, known.deals)
    pd.testing.assert_frame_equal(whole.owners, known.owners)
    pd.testing.assert_frame_equal(whole.parts, known.parts)


def test_too_few_deals_say_so(rows: pd.DataFrame, company: Company) -> None:
    few = rows[rows["owner_id"] == "U2"]
    found = understatement(few, company, AS_OF)
    assert found.missing is not None
    assert found.missing.n == few["deal_id"].nunique()
    assert (found.deals["statement"] == "not enough evidence").all()
    assert found.deals["sandbag_score"].isna().all()
    assert found.owners.empty


def test_without_categories_dates_and_owners_still_speak(rows: pd.DataFrame, company: Company) -> None:
    """A source may say nothing of categories; no amount, no close date at all must not fail either."""
    bare = rows.assign(category=None)
    found = understatement(bare, company, AS_OF)
    assert found.owners.loc[found.owners["score"].idxmax(), "owner_id"] == "Late"
    nothing = bare.assign(close_date=pd.NaT, days_to_close=np.nan, amount=np.nan, amount_company=np.nan)
    assert (understatement(nothing, company, AS_OF).deals["statement"] == "not enough evidence").all()


def test_a_called_deal_with_a_thin_case_is_hollow(
    rows: pd.DataFrame, company: Company, model: OutcomeModel
) -> None:
    """Only where the statement alone promises more than all that is known does."""
    today = rows["landmark"] == pd.Timestamp(AS_OF)
    deep = rows.assign(case_depth=3.0)
    thin = deep["case_depth"].where(~today, 0.5)
    hollow = understatement(deep.assign(case_depth=thin), company, AS_OF, model).deals
    called = hollow["deal_id"].map(rows[today].set_index("deal_id")["category"]) == "Commit"
    expected = called & (hollow["overstated_low"] > 0)
    assert (hollow["is_hollow_commit"] == expected).all()
    assert not understatement(deep, company, AS_OF, model).deals["is_hollow_commit"].any()
