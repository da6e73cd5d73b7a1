"""Everything the quarter-end page shows, derived in one reading of the store."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.breakdown import BY, breakdown
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.hygiene import Finding, findings
from analytics.pipeline.pace import Pace, first_quarter, pace
from analytics.pipeline.quarter_end import QuarterEnd, quarter_end
from analytics.pipeline.stage_rates import landmarks, stage_rates
from analytics.store.database import Store


@dataclass(frozen=True)
class Home:
    """The quarter-end page's data for one scope and one state of the store."""

    view: QuarterEnd
    pace: Pace
    stages: pd.DataFrame  # stage_rates()
    history_quarters: list[str]  # the past quarters that the measured rates come from
    findings: list[Finding]
    breakdowns: dict[str, pd.DataFrame]


def home(store: Store, company: Company, scope: Scope) -> Home:
    """Read and derive; all parts see the same state of the store."""
    with store.reading():
        first_day = first_quarter(company, scope).first_day
        deals = deals_as_of(store, company, scope.as_of, closed_since=first_day)
        view = quarter_end(store, company, scope, deals)
        past = landmarks(store, company, scope.as_of, scope.quarter)
        configured = store.query("stages_as_of", as_of_end=company.calendar.end_of(scope.as_of))
        return Home(
            view=view,
            pace=pace(store, company, scope, deals),
            stages=stage_rates(view.open_in_quarter, past, configured),
            history_quarters=[quarter.key for quarter in past.quarters],
            findings=findings(store, company, view),
            breakdowns={by: breakdown(view, by) for by in BY},
        )
