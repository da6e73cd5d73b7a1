"""Next quarters: where will this quarter and the next ones end, and where is each dated dollar expected?"""

import streamlit as st

from analytics.figures import next_quarters as picture
from analytics.next_quarters import (
    KINDS,
    asked_for,
    dated_quarter,
    deal_table,
    flow_table,
    headline,
    notes,
    title,
)
from analytics.wording import DASH, plain
from pages.shared import cached, scope, show

show.come_back("pages/quarter/next_quarters.py")
company, chosen = cached.the_company(), scope.current()
words = {"currency": company.currency, "locale": company.locale}
view = cached.the_next_quarters(chosen)
dated = dated_quarter(view, chosen)

show.answer("Next quarters", *headline(view, chosen, company))
if note := asked_for(view, chosen):
    st.info(plain(note))
if view.missing:
    st.info("Load more history: chances need complete quarters with their ends. What is stated is shown.")

show.figure(
    title(view),
    picture.next_quarters(view.table, **words, dark=show.is_dark()),
    picture.describe(view.table, **words),
    view.table,
    file=f"next quarters {chosen.as_of}",
    note="Won is solid, what the CRM states is outlined. A deal is won in at most one quarter: what slips out"
    " of one may be won in the next, and is counted there only.",
    kinds=KINDS,
)
with st.container(horizontal=True, gap="small"):
    for quarter in view.quarters:
        if st.button(
            f"Open {quarter}", on_click=scope.go_to_quarter, args=(quarter, view.quarters[0]), **show.ARROW
        ):
            query = scope.parameters(chosen) | {"quarter": quarter.key}
            st.switch_page("pages/quarter/quarter_end.py", query_params=query)
for note in notes(view):
    st.caption(plain(note))

if not view.missing:
    st.subheader("Where the money is expected: every dollar once", anchor=False)
    st.caption(
        "A row is where the money is dated, a column where it is expected to go. Across, a row adds up to its"
        " stated amount; down, a quarter adds up to what is expected of it. Less at close: what"
        " won deals close below their stated amount."
    )
    rows = flow_table(view)
    show.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        placeholder=DASH,
        key="flow",
        column_config=show.column_formats(
            dict.fromkeys(rows, "money") | {"Dated in": "text", "Deals": "number"}
        )
        | {"Dated in": st.column_config.TextColumn(pinned=True, width=160)},
    )
    show.download(rows, f"where the money is expected {chosen.as_of}")

    st.subheader(plain(f"The deals dated in {dated}, and where their money is expected"), anchor=False)
    st.caption("Each deal's columns add up to its stated amount. Choose another fiscal quarter above.")
    show.deals(
        deal_table(view, dated),
        company,
        file=f"dated in {dated} as of {chosen.as_of}",
        parameters=scope.parameters(chosen),
    )
