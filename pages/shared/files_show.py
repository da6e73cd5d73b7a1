"""The review's files: a pre-read before the meeting, minutes after it."""

from __future__ import annotations

import streamlit as st

from analytics.brief import BriefKind, brief_files
from analytics.store.database import Store
from analytics.weekly_review import WeeklyReview
from pages.shared import audit_show, cached

_TYPES = {
    "html": ("Page (HTML)", "text/html", "One page that prints well; it opens without a network."),
    "xlsx": (
        "Workbook (Excel)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Every deal, change, decision and call, with filters; sums follow the filter.",
    ),
    "pptx": (
        "Slides (PowerPoint)",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "With charts that can be edited.",
    ),
}


def files(review: WeeklyReview, kind: BriefKind) -> None:
    """Buttons that save the review; its numbers are those of the screen."""
    store = cached.store()  # as this reader may see it: the button is pressed outside of a run
    st.markdown(f"**Download the {kind}**")
    with st.container(horizontal=True):
        for ending, (label, mime, help_text) in _TYPES.items():
            audit_show.download_button(
                label,
                lambda ending=ending: _made(store, review, kind)[ending],
                f"{kind} {review.scope.as_of} {review.whose}.{ending}",
                what=f"{kind} as {ending}",
                mime=mime,
                help=help_text,
                key=f"{kind} {ending}",
            )


def _made(store: Store, review: WeeklyReview, kind: BriefKind) -> dict[str, bytes]:
    """Ending -> content; made once for all three buttons."""
    return _files(store, cached.versions().facts, kind, review.mark, review)


@st.cache_resource(max_entries=8, show_spinner=False)
def _files(store: Store, facts: str, kind: BriefKind, mark: str, _review: WeeklyReview) -> dict[str, bytes]:
    made = brief_files(_review, kind, cached.the_span())
    return {name.rsplit(".", 1)[-1]: content for name, content in made.items()}
