"""Audit: who looked at what, took what out, and changed what?"""

import streamlit as st

from analytics.access.rights import PAGES
from analytics.audit.listing import MOST, Asked, listing
from analytics.audit.trail import Action, trail_of
from analytics.wording import count, day
from pages.shared import cached, case_forms, erasure_show, show

_WIDTHS = {"Who": 190, "Did": 90, "Page": 110, "Deal": 95, "What": 260, "Looked at": 180}

if not cached.everything().exists:
    show.answer("Audit", "Nothing is loaded yet, so there is nothing to look at.")
    show.page_link("pages/trust/import_data.py", label="Import files", **show.ARROW)
    st.stop()

company, trail = cached.the_company(), trail_of(cached.everything().path)
top = st.container()
case_forms.say_what_was_written()
columns = st.columns([2, 2, 2, 2, 2])
person = columns[0].text_input("Person", key="who", bind="query-params", placeholder="Name, address")
action = columns[1].selectbox(
    "Did", [one.value for one in Action], index=None, key="did", bind="query-params", placeholder="Anything"
)
page = columns[2].selectbox(
    "Page", sorted(PAGES), index=None, key="on_page", bind="query-params", placeholder="Any"
)
deal = columns[3].text_input("Deal", key="of_deal", bind="query-params", placeholder="Its id")
days = columns[4].date_input("Days", value=(), key="audit_days", help="From one day to another.")
first, last = (days[0], days[-1]) if isinstance(days, tuple) and days else (None, None)

asked = Asked(person or "", action or "", page or "", deal or "", first, last)
rows = listing(cached.everything(), company, trail, asked)
with top:
    if rows.empty:
        show.answer("Audit", "Nothing was noted that fits.", "Leave out a condition to see more.")
    else:
        people = rows.loc[rows["Who"] != "", "Who"].nunique()
        said = [day(rows["At (UTC)"].iloc[at], locale=company.locale) for at in (-1, 0)]
        days_said = f"{said[0]} to {said[1]}" if said[0] != said[1] else f"on {said[0]}"
        size = f"The newest {MOST:,} events" if len(rows) == MOST else count(len(rows), "event")
        show.answer("Audit", f"{size} by {count(people, 'person', 'people')}, {days_said}.")
if not rows.empty:
    show.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=560,
        column_config={
            "At (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=150),
            **{name: st.column_config.TextColumn(width=pixels) for name, pixels in _WIDTHS.items()},
        },
        key="audit",
    )
    show.download(rows, "audit")
st.caption(
    "Looking at a page and saving a file are noted in a file beside the store; imports and all that is"
    " written are in the store itself. A table's own menu saves what is on the screen without a note."
)
if st.button("Check that nothing was changed or taken out", key="audit check"):
    problems = trail.problems()
    for problem in problems:
        st.error(problem)
    if not problems:
        st.success(
            f"{count(int(trail.head().split(':')[0]), 'event')}, and each follows from the one before."
        )
erasure_show.form()
