"""Everything the business-case page shows of the open deals in a scope, in one reading of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd

from analytics.business_case.case import Cases, cases_as_of
from analytics.business_case.contradictions import CHECKS, contradictions
from analytics.business_case.gaps import BARS
from analytics.business_case.questions import labels
from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.deals import dated_in, deals_as_of
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, deal_table
from analytics.store.database import Store
from analytics.terms import label
from analytics.wording import listed

#: The column that says why a deal is in a list.
AGAINST = "What does not fit"


@dataclass(frozen=True)
class CaseView:
    """The cases of some open deals, what does not fit in them, and the names that their ids stand for."""

    cases: Cases
    contradictions: pd.DataFrame  # contradictions()
    people: Mapping[str, str]  # person_id -> name
    sheets: Mapping[str, str]  # document_id -> file
    labels: Mapping[str, str]  # key of a question of any method -> its short name

    @property
    def deals(self) -> pd.DataFrame:
        """The deals, a row each."""
        return self.cases.deals

    @property
    def is_answered(self) -> bool:
        """Whether there is any answer at all."""
        return bool(self.cases.answers["is_answered"].any())

    def of(self, keep: pd.Series[bool]) -> CaseView:
        """The same of fewer deals: those whose row of `deals` is kept."""
        deals = self.deals[keep].reset_index(drop=True)
        answers, against = self.cases.answers, self.contradictions
        return replace(
            self,
            cases=replace(
                self.cases, deals=deals, answers=answers[answers["deal_id"].isin(deals["deal_id"])]
            ),
            contradictions=against[against["deal_id"].isin(deals["deal_id"])],
        )


def case_view(store: Store, company: Company, scope: Scope) -> CaseView:
    """The cases of the deals that are open in this scope at the end of its day."""
    tomorrow, end = scope.as_of + timedelta(days=1), company.calendar.end_of(scope.as_of)
    with store.reading():
        deals = deals_as_of(store, company, scope.as_of, closed_since=tomorrow)
        deals = scope.within(deals[deals["is_open"]]).reset_index(drop=True)
        cases = cases_as_of(store, company, scope.as_of, deals)
        known = store.query("influences_as_of", as_of_end=end)
        people = store.query("people_as_of", as_of_end=end)
        sheets = store.query("documents_as_of", as_of_end=end, deal_id=None)
        names = labels(store, end)
    influences = dict(zip(known["deal_id"], known["influences"], strict=True))
    return CaseView(
        cases=cases,
        contradictions=contradictions(cases, company, scope.as_of, influences),
        people=dict(zip(people["person_id"], people["name"], strict=True)),
        sheets=dict(zip(sheets["document_id"], sheets["file"], strict=True)),
        labels=names,
    )


def in_quarter(view: CaseView, quarter: Quarter) -> CaseView:
    """Only the deals dated in the quarter; the category Omitted is left out, as in the pipeline."""
    return view.of(dated_in(view.deals, quarter))


@dataclass(frozen=True)
class Filter:
    """Which deals a reader asked for; '' asks for all. `question` is a label: those below the bar in it."""

    stage: str = ""
    category: str = ""
    question: str = ""
    bar: str = "explained"

    def of(self, view: CaseView) -> CaseView:
        """The deals that pass."""
        deals = view.deals
        keep = pd.Series(True, index=deals.index)
        if self.stage:
            keep &= deals["stage"] == self.stage
        if self.category:
            keep &= deals["category"] == self.category
        if self.question:
            keep &= deals["deal_id"].isin(below(view.cases, self.question, self.bar))
        return view.of(keep)

    def in_words(self) -> str:
        """In stage Proposal, in Commit, with no explained budget."""
        parts = [f"in stage {self.stage}"] if self.stage else []
        parts += [f"in category {self.category}"] if self.category else []
        parts += [f"with no {self.bar} {self.question.lower()}"] if self.question else []
        return listed(parts)


def below(cases: Cases, question: str, bar: str) -> set[str]:
    """The deals whose answer to a question (by its label) is below the bar."""
    keys = {one.key for one in cases.questions if one.label == question}
    rows = cases.answers
    return set(rows.loc[rows["question"].isin(keys) & (rows["level"] < BARS[bar]), "deal_id"])


def deals_behind_gap(view: CaseView, stage: str, question: str, bar: str) -> DealTable:
    """The deals behind one cell of the gaps; their sum is the cell's missing money."""
    found = Filter(stage=stage, question=question, bar=bar).of(view).deals
    return deal_table(found.sort_values("amount_company", ascending=False, na_position="last"))


def findings(view: CaseView) -> pd.DataFrame:
    """A row per check: key, label, money and number of its deals, state, note (as hygiene_bars wants)."""
    rows = []
    for check in CHECKS:
        found = _deals_of(view, check)
        state = "found" if len(found) else "clear"
        rows.append((check, label(check), total(found["amount_company"].dropna()), len(found), state, ""))
    return pd.DataFrame(rows, columns=["key", "label", "money", "deals", "state", "note"])


def deals_against(view: CaseView, check: str) -> DealTable:
    """The deals that a check names, most money first, each with what does not fit in a sentence."""
    against = view.contradictions
    said = against[against["check"] == check].groupby("deal_id")["text"].agg(" ".join)
    found = _deals_of(view, check).sort_values("amount_company", ascending=False, na_position="last")
    table = deal_table(found)
    rows = table.rows.assign(**{AGAINST: found["deal_id"].map(said).to_numpy()})
    first = ["Deal", AGAINST]
    rows = rows[[*first, *(name for name in rows if name not in first)]]
    return replace(table, rows=rows, kinds=table.kinds | {AGAINST: "text"})


def _deals_of(view: CaseView, check: str) -> pd.DataFrame:
    against = view.contradictions
    return view.deals[view.deals["deal_id"].isin(against.loc[against["check"] == check, "deal_id"])]
