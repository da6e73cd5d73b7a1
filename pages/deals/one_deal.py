"""One deal: why should it close, and what happened to it?"""

import streamlit as st

from analytics.case_document import case_document
from analytics.deal_case import case_table
from analytics.figures import deal_timeline
from analytics.problems import BadInput
from analytics.wording import count, day, money, percent, plain
from pages.shared import (
    audit_show,
    cached,
    case_forms,
    case_show,
    overrides_show,
    risk_show,
    scope,
    sheets_show,
    show,
)

company, chosen = cached.the_company(), scope.current()
st.title("One deal", anchor=False)

deal_id = show.choose_deal(cached.the_deal_choices(chosen.as_of), chosen)
if not deal_id:
    st.info("Choose a deal above, or select one in a table of Quarter end or Business case.")
    st.stop()
try:
    found = cached.the_deal(deal_id, chosen.as_of)
except BadInput as problem:
    st.warning(plain(problem))
    st.stop()

case_forms.say_what_was_written()
deal, quarter = found.deal, chosen.quarter
st.markdown(f"### {plain(deal['name'])}: {plain(found.in_words(company, chosen.as_of))}")
st.markdown(plain(found.case.in_words()))

facts = {
    "Amount": money(deal["amount"], deal["currency"], exact=True, locale=company.locale),
    "Stage": deal["stage"],
    "Forecast category": deal["category"],
    "Close date": day(deal["close_date"], locale=company.locale),
    "Stated probability": percent(deal["probability"]),
    "Owner": deal["owner_name"],
    "Next step": deal["next_step"],
    "Last activity": day(deal["last_activity_on"], locale=company.locale),
}
for column, (name, value) in zip(st.columns(4) * 2, facts.items(), strict=True):
    with column:
        st.caption(name)
        st.text(show.or_dash(value))

risk_show.the_deal(deal_id, company, chosen)
overrides_show.the_deal(deal_id, deal, company, chosen)
case_show.the_case(deal_id, found.case, company, scope.parameters(chosen))
with st.container(horizontal=True):
    show.download(case_table(found.case), f"business case {deal_id}")
    audit_show.download_button(
        "Download as Word document",
        lambda: case_document(found, company, chosen.as_of),
        f"business case {deal_id} {chosen.as_of}.docx",
        what=f"business case {deal_id} as Word",
        mime=sheets_show.WORD,
        help="One page: answers with level and source, the next question, people, red flags and actions.",
    )

drawn = (found.versions, chosen.as_of, quarter.last_day)
words = {"stage_order": found.stage_order, "currency": deal["currency"], "locale": company.locale}
show.figure(
    "What happened to it",
    deal_timeline.deal_timeline(*drawn, **words, dark=show.is_dark()),
    deal_timeline.describe(*drawn, **words),
    found.changes,
    file=f"deal {deal_id}",
    note="What the CRM stated, as it changed: stage, close date, amount and forecast category.",
)

st.subheader("From Blue Sheets", anchor=False)
case_show.from_sheets(found.case, scope.parameters(chosen))
sheets_show.of_deal(deal_id, found.case.documents, company, scope.parameters(chosen))

people = found.people
st.subheader(f"Stakeholders: {count(len(people), 'person', 'people')}", anchor=False)
if len(people):
    show.dataframe(people, hide_index=True, width="stretch", placeholder="–", key="stakeholders")
    show.download(people, f"stakeholders {deal_id}")
else:
    st.info("No contact role is recorded on this deal as of this day, and no Blue Sheet names anybody.")
