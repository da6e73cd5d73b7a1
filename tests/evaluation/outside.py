"""Data that nobody here made: deals whose fields do not tell winning, and answers that do."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from analytics.company import company_of
from analytics.intake import stage_files
from analytics.risk.chances import history_of
from analytics.risk.forward import forward_test
from analytics.risk.landmarks import landmark_rows
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import land
from tests.evaluation.scores import auc_within, interval

DATA = Path(__file__).parents[3] / "shared" / "data"
MAPPING = Path(__file__).parents[2] / "data" / "maven_crm.toml"
MAVEN_ENDS = date(2017, 12, 31)
_FOLDS, _REPEATS = 10, 10

#: How much each answer tells: 0 unknown or against the deal, 1 vague, 2 definite.
DEPTH: dict[str, dict[str, int]] = {
    "Authority": {"Low": 0, "Mid": 1, "High": 2},
    "Budgt_alloc": {"Unknown": 0, "No": 1, "Yes": 2},
    "Competitors": {"Unknown": 0, "Yes": 1, "No": 2},
    "Purch_dept": {"Unknown": 0, "Yes": 1, "No": 2},
    "Growth": {"Unknown": 0, "Slow down": 0, "Stable": 1, "Growth": 2},
    "Posit_statm": {"No": 0, "Neutral": 1, "Yes": 2},
    "Scope": {"Low": 0, "Few questions": 1, "Clear": 2},
    "Needs_def": {"No": 0, "Poor": 0, "Info gathering": 1, "Yes": 2},
    "Strat_deal": {"Unimportant": 0, "Average important": 1, "Very important": 2},
    "Att_t_client": {"Bad client": 0, "First deal": 0, "Normal": 1, "Strategic account": 2},
    "Client": {"New": 0, "Past": 1, "Current": 2},
}


def maven(folder: Path) -> dict[str, str]:
    """Whether anything tells won from lost there, and what the product says."""
    store = Store(folder / "maven.duckdb")
    if not store.exists:
        staging = stage_files([DATA / "maven_crm"], kind="auto", mapping=MAPPING, known=known_of(store))
        land(store, staging, kind="table")
    company = company_of(store)
    rows = landmark_rows(store, company, MAVEN_ENDS)
    tested = forward_test(rows, {"model": ("splines", 0.003)}, quarters=4, every=3)
    won, lost = tested.chances["model"][:, 0], tested.chances["model"][:, 1]
    decided = tested.rows["outcome_0"].isin(["won", "lost"]).to_numpy()
    here = tested.rows[decided].reset_index(drop=True)
    is_won, score = (here["outcome_0"] == "won").to_numpy(), (won / (won + lost))[decided]
    auc = auc_within(here, is_won, score, ["quarter", "week"])
    return {
        "won against lost, AUC": f"{auc:.3f}",
        "what the product says": history_of(store, company, MAVEN_ENDS).learned.why,
    }


def answers_table(folder: Path = DATA / "b2b_qualitative") -> pd.DataFrame:
    """AUC of three ways to read 22 answers per deal; equal rows are never in two folds."""
    deals = pd.read_csv(folder / "B2B_dataset.csv", keep_default_na=False)
    answers, is_won = deals.drop(columns="Status"), (deals["Status"] == "Won").to_numpy()
    groups = deals.groupby(list(answers.columns), sort=False).ngroup().to_numpy()
    unknown = (answers == "Unknown").sum(axis=1)
    codes = pd.DataFrame({name: answers[name].map(code) for name, code in DEPTH.items()})
    codes["unknown"] = unknown
    logistic = LogisticRegression(C=0.3, max_iter=2000)
    ways = {
        "depth-like codes, logistic": (codes, make_pipeline(StandardScaler(), logistic)),
        "all answers one-hot, logistic": (
            answers,
            make_pipeline(OneHotEncoder(handle_unknown="ignore", min_frequency=3), logistic),
        ),
    }
    scores = {"number of Unknown answers": -unknown.to_numpy(float)} | {
        name: _out_of_fold(table, is_won, groups, model) for name, (table, model) in ways.items()
    }
    rows = []
    for name, chance in scores.items():
        low, high = interval(
            groups, lambda weight, chance=chance: float(roc_auc_score(is_won, chance, sample_weight=weight))
        )
        rows.append({"way": name, "AUC": roc_auc_score(is_won, chance), "low": low, "high": high})
    return pd.DataFrame(rows)


def _out_of_fold(table: pd.DataFrame, is_won: np.ndarray, groups: np.ndarray, model: object) -> np.ndarray:
    """Chances of rows that the model did not see, averaged over repeated grouped folds."""
    total = np.zeros(len(table))
    for seed in range(_REPEATS):
        for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=seed).split(table, is_won, groups):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a rare answer that a fold does not know
                model.fit(table.iloc[train], is_won[train])  # type: ignore[attr-defined]
            total[test] += model.predict_proba(table.iloc[test])[:, 1]  # type: ignore[attr-defined]
    return total / _REPEATS
