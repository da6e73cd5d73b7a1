"""The CRM's stages and forecast categories, and which stage goes with which of the buyer's phases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company.arrays import Ints
from analytics.store.subjects import BEGINNING, CATEGORIES

#: stage, configured probability, forecast category, closed, won
STAGES = (
    ("Discovery", 0.05, "Pipeline", False, False),
    ("Qualification", 0.15, "Pipeline", False, False),
    ("Solution Fit", 0.35, "Pipeline", False, False),
    ("Proposal", 0.55, "Best Case", False, False),
    ("Negotiation", 0.80, "Commit", False, False),
    ("Closed Won", 1.0, "Closed", True, True),
    ("Closed Lost", 0.0, "Omitted", True, False),
)
DISCOVERY, QUALIFICATION, SOLUTION_FIT, PROPOSAL, NEGOTIATION, CLOSED_WON, CLOSED_LOST = range(7)
CLOSED, COMMIT, BEST_CASE, PIPELINE, OMITTED = range(len(CATEGORIES))

#: indexed by the phase: problem, evaluation, champion, economic buyer, security, legal, ready to sign
STAGE_OF_PHASE: Ints = np.array(
    [DISCOVERY, QUALIFICATION, SOLUTION_FIT, SOLUTION_FIT, PROPOSAL, NEGOTIATION, NEGOTIATION]
)


def stage_frame() -> pd.DataFrame:
    """Subject 'stage'."""
    frame = pd.DataFrame(STAGES, columns=["stage", "probability", "forecast_category", "is_closed", "is_won"])
    frame["sort_order"] = np.arange(1, len(frame) + 1)
    frame["valid_at"] = pd.Timestamp(BEGINNING)
    return frame
