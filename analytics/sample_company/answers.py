"""The business case, answered over time (to come)."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.crm import Crm
from analytics.sample_company.history import Stage


def write_answers(
    stage: Stage, crm: Crm, accounts: Accounts, changes: pd.DataFrame, tell: Callable[[float], None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Subject 'answer' and the truth about it."""
    columns = ["deal_id", "question", "valid_at"]
    return pd.DataFrame(columns=columns), pd.DataFrame(columns=[*columns, "depth", "basis"])
