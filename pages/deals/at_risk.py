"""At risk: where do the CRM and the evidence disagree, on how much money, and what should be asked?"""

import streamlit as st

from analytics.at_risk import KINDS, SORTS, Filters, headline, risk_table
from analytics.figures import stated_against_evidenced as picture
from analytics.terms import explain
from analytics.wording import count, money, plain
from pages.shared import cached, case_lists, risk_lists, scope, show

show.come_back("pages/deals/at_risk.py")
company, chosen = cached.the_company(), scope.current()
words = {"currency": company.currency, "locale": company.locale}
if chosen.quarter.last_day < chosen.as_of:
    show.answer("At risk", f"{chosen.quarter} was over on {chosen.as_of}.")
    st.info("Choose an as-of date within that quarter, or a later quarter.")
    st.stop()

found = cached.the_risk(chosen)
show.answer("At risk", *headline(found, company, str(chosen.quarter)))
st.caption(plain(f"Method: {found.chances.status}"))
if found.deals.empty:
    st.info("Choose another team or owner, or another date: no deal is open here.")
    st.stop()

risk_lists.saved_views(scope.parameters(chosen))
with st.container(horizontal=True):
    kind = case_lists.pick("kind", "Kind", list(KINDS))
    category = case_lists.pick("category", "Forecast category", sorted(set(found.deals["category"])))
    least = st.number_input(
        "Amount at least", min_value=0, step=10_000, key="least", bind="query-params", width=190
    )
    typed = st.text_input("Deal, account, owner or id", key="words", bind="query-params", width=220)
    sort = case_lists.pick("sort", "Sort by", list(SORTS), every=False)
filters = Filters(kind, category, float(least or 0), typed or "")
deals = filters.of(found.deals)
if said := filters.in_words(company):
    st.caption(plain(f"Only deals: {said}. {len(deals):,} of {len(found.deals):,}."))
if deals.empty:
    st.info("No deal is left. Choose fewer filters above.")
    st.stop()

table = risk_table(deals, sort)
show.figure(
    risk_lists.title(deals, company),
    picture.stated_against_evidenced(deals, **words, dark=show.is_dark()),
    picture.describe(deals, **words),
    table.rows,
    file=f"at risk {chosen.as_of}",
    note="On the dotted line both agree. Stated: the CRM's probability of deals dated in the quarter, "
    "else 0.",
    kinds=dict(table.kinds),
)
risk_lists.table_with_deal(table, deals, company, chosen)
summed = money(table.total, company.currency, exact=True, locale=company.locale)
st.caption(plain(f"{count(table.n, 'deal')}, {summed} at stake. {explain('at_stake')}"))

st.subheader("How each owner's deals are stated against their evidence", anchor=False)
risk_lists.owners(found.statements, chosen)
