"""The frame: the page registry, the scope controls, then the page. No arithmetic."""

import streamlit as st

from analytics.problems import BadInput
from pages.shared import scope, show

#: The pages that bring data in, and say what came.
WITHOUT_DEALS = ("import_data", "data_loaded")

st.set_page_config(page_title="Plumbline", layout="wide", initial_sidebar_state="collapsed")

# Before anything may stop the run: without it Streamlit would serve pages/ by URL (see DESIGN, pages/).
page = st.navigation(
    {
        "Quarter": [
            st.Page("pages/quarter/quarter_end.py", title="Quarter end", default=True),
            st.Page("pages/quarter/what_changed.py", title="What changed"),
            st.Page("pages/quarter/next_quarters.py", title="Next quarters"),
            st.Page("pages/quarter/what_if.py", title="What if"),
        ],
        "Deals": [
            st.Page("pages/deals/at_risk.py", title="At risk"),
            st.Page("pages/deals/one_deal.py", title="One deal"),
            st.Page("pages/deals/business_case.py", title="Business case"),
            st.Page("pages/deals/answer_changes.py", title="Answer changes"),
            st.Page("pages/deals/warnings.py", title="Warnings"),
            st.Page("pages/deals/blue_sheets.py", title="Blue Sheets"),
        ],
        "Review": [
            st.Page("pages/review/weekly_meeting.py", title="Weekly meeting"),
            st.Page("pages/review/decisions.py", title="Decisions"),
            st.Page("pages/review/calls.py", title="Calls"),
            st.Page("pages/review/post_mortem.py", title="Post-mortem"),
        ],
        "Team": [
            st.Page("pages/team/coaching.py", title="Coaching"),
            st.Page("pages/team/team_overview.py", title="Team overview"),
            st.Page("pages/team/playbook.py", title="Playbook"),
            st.Page("pages/team/playbook_versions.py", title="Playbook versions"),
            st.Page("pages/team/team_feed.py", title="Team feed"),
        ],
        "Trust": [
            st.Page("pages/trust/accuracy.py", title="Accuracy"),
            st.Page("pages/trust/model_card.py", title="Model card"),
            st.Page("pages/trust/data_quality.py", title="Data quality"),
            st.Page("pages/trust/import_data.py", title="Import"),
            st.Page("pages/trust/data_loaded.py", title="Data loaded"),
            st.Page("pages/trust/definitions.py", title="Definitions"),
        ],
    },
    position="top",
)

try:
    scope.choose(needs_deals=page.url_path not in WITHOUT_DEALS)
    page.run()
except BadInput as problem:
    show.problem(problem)
