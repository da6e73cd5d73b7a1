"""The frame: the page registry, the scope controls, then the page. No arithmetic."""

from functools import partial
from typing import Any

import streamlit as st

from analytics import logs, scratch
from analytics.access.rights import has_page
from analytics.access.viewer import Viewer
from analytics.problems import BadInput
from pages.shared import audit_show, clearing, pace, scope, show, signin, uploads

#: The pages that bring data in, and say what came.
WITHOUT_DEALS = ("import_data", "data_loaded", "people", "audit")

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
        "trust/people": "People",
        "trust/audit": "Audit",
        "trust/definitions": "Definitions",
    },
}


def pages_of(viewer: Viewer) -> dict[str, list[Any]]:
    """The pages that a reader has, by section; last, under their name, the way out."""
    found = {
        section: [
            page_at(place, f"pages/{place}.py", title)
            for place, title in titles.items()
            if has_page(viewer, place.split("/")[1])
        ]
        for section, titles in PAGES.items()
    }
    if viewer.email:
        found[signin.label(viewer)] = [page_at("account", signin.account, "Sign out")]
    return {section: pages for section, pages in found.items() if pages}


def page_at(place: str, shown: Any, title: str) -> Any:
    """A page under the last part of its place."""
    return st.Page(shown, title=title, url_path=place.split("/")[-1], default=place == "quarter/quarter_end")


def gate() -> None:
    """One page for those who may see nothing yet; a link to any other shows it too."""
    try:
        viewer, show_it = signin.reader(), signin.ask
    except signin.Refused as problem:
        viewer, show_it = None, partial(signin.refuse, problem)
    uploads.allow(viewer)
    if viewer is None:
        places = [place for titles in PAGES.values() for place in titles]
        # st.navigation comes before anything may stop the run: without it Streamlit would serve pages/ by URL
        asked = st.navigation([page_at(place, show_it, "Plumbline") for place in places], position="hidden")
        signin.keep_link(asked.url_path)
        asked.run()
        st.stop()
    signin.remember(viewer)


def back_to_link(pages: dict[str, list[Any]]) -> None:
    """Whoever has just signed in comes to the page that they had asked for; Streamlit starts on the first."""
    link = signin.kept_link()
    if link and not page.url_path:
        for found in [one for section in pages.values() for one in section if one.url_path == link[0]]:
            st.switch_page(found, query_params=link[1])


logs.start()
scratch.start()
pace.start()
clearing.forbid()
try:  # from the gate on: a run may be stopped wherever it sends something, and then forgets its reader too
    gate()
    pages = pages_of(signin.the_viewer())
    page = st.navigation(pages, position="top")
    back_to_link(pages)
    if page.url_path != "account":
        scope.choose(needs_deals=page.url_path not in WITHOUT_DEALS)
    name = page.url_path or "quarter_end"
    audit_show.begin(name)
    with logs.timed("page", page=name, viewer=st.session_state.get("person_number")):
        page.run()
except BadInput as problem:
    show.problem(problem)
finally:
    signin.forget()
