"""Warnings: which signs are worth acting on here, what did they go with, and which deals show them now?"""

import streamlit as st

from analytics.access.rights import Deed
from analytics.figures import warning_effects
from analytics.risk.warning_rules import RULE
from analytics.terms import explain
from analytics.warning_list import (
    about,
    deals_now,
    deals_past,
    figure_table,
    headline,
    open_deals,
    title_of,
    warning_table,
)
from analytics.wording import count, plain
from pages.shared import cached, scope, show, signin, warnings_show

show.come_back("pages/deals/warnings.py")
company, chosen = cached.the_company(), scope.current()
link = scope.parameters(chosen)
THIS, ALL = "This quarter", "All open"

top = st.container()
which = st.segmented_control(
    "Deals",
    [THIS, ALL],
    default=THIS,
    required=True,
    key="dated",
    bind="query-params",
    help="Open deals of the scope dated in its quarter (without Omitted), or all of its open deals.",
)
view = cached.the_warnings(chosen.as_of)
deals = open_deals(view, chosen, this_quarter=which != ALL)
table = warning_table(view, deals)
with top:
    show.answer(
        "Warnings", *headline(view, deals, f"dated in {chosen.quarter}" if which != ALL else "", company)
    )
warnings_show.say_saved()
if deals.empty:
    st.info("No deal is open here. Choose all open deals above, another team or owner, or an earlier date.")

warnings_show.table(table)
key = show.from_url("warning", tuple(RULE))
if key:
    st.subheader(plain(RULE[key].label(view.limits[key].value)), anchor=False)
    st.caption(plain(about(view, key)))
    now, past = deals_now(view, deals, key), deals_past(view, key)
    open_tab, past_tab = st.tabs(
        [f"{count(now.n, 'open deal')} now", f"{count(past.n, 'past deal')} behind it"]
    )
    with open_tab:
        show.deals(now, company, file=f"warning {key} {chosen.as_of}", parameters=link)
    with past_tab:
        show.deals(past, company, file=f"warning {key} past {chosen.as_of}", parameters=link)
    show.closer("warning")

show.figure(
    title_of(table),
    warning_effects.warning_effects(table, dark=show.is_dark()),
    warning_effects.describe(table),
    figure_table(table),
    file=f"warning effects {chosen.as_of}",
    note=explain("warning_effect"),
)
if signin.can(Deed.LIMIT):
    with st.expander("Change the limits"):
        warnings_show.form(view.limits)
