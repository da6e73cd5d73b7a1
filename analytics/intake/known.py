"""What a store knows already and an import must know too: deals, documents, the company's questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analytics.business_case.questions import wordings
from analytics.business_case.sheet_matching import KnownDeals


@dataclass(frozen=True)
class Known:
    """The deals, the documents with the deal of each, and by which names a file may call a question."""

    deals: KnownDeals
    #: document_id -> (since when, deal_id or None, how)
    documents: dict[str, tuple[datetime, str | None, str]] = field(default_factory=dict)
    #: wording or key -> key
    questions: dict[str, str] = field(default_factory=wordings)

    @classmethod
    def none(cls) -> Known:
        """Nothing is known: no deal will match."""
        return cls(KnownDeals(pd.DataFrame(columns=["deal_id", "name", "account_name", "is_open"])))

    @classmethod
    def of(cls, deals: pd.DataFrame, documents: pd.DataFrame, questions: pd.DataFrame) -> Known:
        """From the rows of the queries `known_deals`, `documents_as_of` and `questions_as_of`."""
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
        return cls(KnownDeals(deals), held, wordings() | own)
