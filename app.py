"""The frame: the page registry, the scope controls, then the page. No arithmetic."""

from functools import partial
from typing import Any

import streamlit as st

from analytics.access.rights import has_page
from analytics.access.viewer import Viewer
from analytics.problems import BadInput
from pages.shared import scope, show, signin

#: The pages that bring data in, and say what came.
WITHOUT_DEALS = ("import_data", "data_loaded")

st.set_page_config(page_title="Plumbline", layout="wide", initial_sidebar_state="collapsed")

#: Where each page stands, and its title; who has it: analytics/access/rights.py.
PAGES = {
    "Quarter": {
        "quarter/quarter_end": "Quarter end",
        "quarter/what_changed": "What changed",
        "quarter/next_quarters": "Next quarters",
        "quarter/what_if": "What if",
    },
    "Deals": {
        "deals/at_risk": "At risk",
        "deals/one_deal": "One deal",
        "deals/business_case": "Business case",
        "deals/answer_changes": "Answer changes",
        "deals/warnings": "Warnings",
        "deals/blue_sheets": "Blue Sheets",
    },
    "Review": {
        "review/weekly_meeting": "Weekly meeting",
        "review/decisions": "Decisions",
        "review/calls": "Calls",
        "review/post_mortem": "Post-mortem",
    },
    "Team": {
        "team/coaching": "Coaching",
        "team/team_overview": "Team overview",
        "team/playbook": "Playbook",
        "team/playbook_versions": "Playbook versions",
        "team/team_feed": "Team feed",
    },
    "Trust": {
        "trust/accuracy": "Accuracy",
        "trust/model_card": "Model card",
        "trust/data_quality": "Data quality",
        "trust/import_data": "Import",
        "trust/data_loaded": "Data loaded",
        "trust/definitions": "Definitions",
    },
}


def pages_of(viewer: Viewer) -> dict[str, list[Any]]:
    """The pages that a reader has, by section."""
    found = {
        section: [
            st.Page(f"pages/{place}.py", title=title, default=place == "quarter/quarter_end")
            for place, title in titles.items()
            if has_page(viewer, place.split("/")[1])
        ]
        for section, titles in PAGES.items()
    }
    return {section: pages for section, pages in found.items() if pages}


def gate() -> None:
    """One page for those who may see nothing yet."""
    try:
        viewer = signin.reader()
    except signin.Refused as problem:
        found, show_it = None, partial(signin.refuse, problem)
    else:
        found, show_it = viewer, signin.ask
    if found is None:
        # st.navigation comes before anything may stop the run: without it Streamlit would serve pages/ by URL
        st.navigation([st.Page(show_it, title="Plumbline", url_path="sign-in")], position="hidden").run()
        st.stop()
    signin.remember(found)


gate()
page = st.navigation(pages_of(signin.the_viewer()), position="top")

try:
    scope.choose(needs_deals=page.url_path not in WITHOUT_DEALS)
    page.run()
except BadInput as problem:
    show.problem(problem)
