"""What the weekly meeting asks of the store beside the review itself."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.company import Company, Scope
from analytics.store.database import Store
from analytics.weekly_meeting import Step, steps_of
from analytics.weekly_review import WeeklyReview, last_review
from pages.shared import cached
from pages.shared.cached_review import the_review


@st.cache_data(max_entries=16, show_spinner=False)
def _since(store: Store, version: str, company: Company, as_of: date) -> date:
    return last_review(store, company, as_of)


def the_meeting(chosen: Scope) -> tuple[WeeklyReview, list[Step]]:
    """The review against the last one, and its steps. Raises BadInput if the quarter is over at the day."""
    version = cached.versions().facts
    since = _since(cached.store(), version, cached.the_company(), chosen.as_of)
    review = the_review(chosen, since)
    return review, steps_of(review.agenda)


def can_decide(chosen: Scope) -> bool:
    """Whether the day looked at is the last one: decisions are never dated back."""
    return chosen.as_of >= cached.the_span().last_day
