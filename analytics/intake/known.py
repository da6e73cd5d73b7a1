"""What a store knows already and an import must know too: deals, documents, people, what was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analytics.business_case.questions import wordings
from analytics.business_case.sheet_matching import KnownDeals

_DEALS = ["deal_id", "name", "account_name", "is_open", "source", "created_at", "amount"]

#: (source, moment) -> how the deals of the source stood then: the rows of the query `deal_statements`
Statements = Callable[[str, datetime], pd.DataFrame]


def _no_statements(source: str, moment: datetime) -> pd.DataFrame:
    return pd.DataFrame({"deal_id": []})


@dataclass(frozen=True)
class Known:
    """The deals, the documents with the deal of each, and by which names a file may call a question."""

    deals: KnownDeals
    #: document_id -> (since when, deal_id or None, how)
    documents: dict[str, tuple[datetime, str | None, str]] = field(default_factory=dict)
    #: wording or key -> key
    questions: dict[str, str] = field(default_factory=wordings)
    #: source -> row key -> the deal that a person said it is; None = a new one
    matches: dict[str, dict[str, str | None]] = field(default_factory=dict)
    #: name of exactly one person -> person_id
    people: dict[str, str] = field(default_factory=dict)
    statements: Statements = _no_statements
    #: the company's currency, where somebody has set it
    currency: str = ""

    @classmethod
    def none(cls) -> Known:
        """Nothing is known: no deal will match."""
        return cls(KnownDeals(pd.DataFrame(columns=_DEALS)))

    @classmethod
    def of(
        cls,
        deals: pd.DataFrame,
        documents: pd.DataFrame,
        questions: pd.DataFrame,
        matches: pd.DataFrame,
        people: pd.DataFrame,
        statements: Statements,
    ) -> Known:
        """From the rows of known_deals, documents_as_of, questions_as_of, deal_matches and people_as_of."""
        held = {
            str(row["document_id"]): (
                row["valid_at"].to_pydatetime(),
                None if pd.isna(row["deal_id"]) else str(row["deal_id"]),
                str(row["how"]),
            )
            for row in documents.to_dict("records")
        }
        keys = [str(key) for key in questions["question"]]
        own = dict(zip(questions["wording"], keys, strict=True)) | dict(zip(keys, keys, strict=True))
        decided: dict[str, dict[str, str | None]] = {}
        for row in matches.to_dict("records"):
            deal_id = None if pd.isna(row["deal_id"]) else str(row["deal_id"])
            decided.setdefault(str(row["source"]), {})[str(row["row_key"])] = deal_id
        # where a table gave the name as the id, that person is nobody else
        apart = people[people["person_id"] != people["name"]].dropna(subset=["name"])
        single = apart.drop_duplicates("name", keep=False)
        named = {str(row["name"]): str(row["person_id"]) for row in single.to_dict("records")}
        return cls(KnownDeals(deals), held, wordings() | own, decided, named, statements)
