"""What if: where would the quarter end if these deals were won, slipped, lost, or came at another amount?"""

import streamlit as st

from analytics.figures import next_quarters as picture
from analytics.forecast.what_if import what_if
from analytics.problems import NotEnough
from analytics.what_if_view import EFFECTS, KINDS, effects_table, headline, offered, presets, side_by_side
from analytics.wording import plain
from pages.shared import cached, overrides_show, scope, show, what_if_show

PAGE = "pages/quarter/what_if.py"
show.come_back(PAGE)
company, chosen = cached.the_company(), scope.current()
words = {"currency": company.currency, "locale": company.locale}
if chosen.quarter.last_day < chosen.as_of:
    show.answer("What if", f"{chosen.quarter} was over on {chosen.as_of}.")
    st.info("Choose an as-of date within that quarter, or a later quarter.")
    st.stop()
found = cached.the_forecast(chosen)
if isinstance(found.expected, NotEnough):
    show.answer("What if", f"{chosen.quarter} cannot be foretold yet, so nothing can be assumed of it.")
    st.info(plain(f"{found.expected}. Load more history: chances need complete quarters with their ends."))
    st.stop()

hangs = cached.the_number(chosen).hangs
asked = what_if_show.from_url()
scenario = what_if(company, found, asked.changes)
show.answer("What if", *headline(found, asked.changes, scenario, company))
st.caption("A scenario lives in this page's address only: nothing is written into the data.")
overrides_show.note(company, chosen)
if left_out := [*asked.problems, *scenario.problems]:
    st.warning(plain(f"Left out of the scenario: {'; '.join(left_out)}."))
what_if_show.before_and_after(found, scenario, company)

what_if_show.name_and_keep(asked)

st.subheader("What do you assume?", anchor=False)
rows = st.container(gap="small")
also = what_if_show.another_deal(found)
with rows:
    for _, deal in offered(found, hangs, asked.changes, also).iterrows():
        what_if_show.controls(deal, asked.changes, hangs, company)

if len(scenario.deals):
    st.subheader("What each assumption moves", anchor=False)
    shown = effects_table(scenario)
    formats = show.column_formats(dict(EFFECTS.values()))
    show.dataframe(shown, hide_index=True, width="stretch", column_config=formats, key="effects")
    st.caption(
        "A deal assumed won counts with what such deals close at, which can differ from what is stated. Set"
        " an amount to count exactly that."
    )
    show.download(shown, f"what if {chosen.quarter} {chosen.as_of}")

scenarios = [*presets(found, hangs), *asked.kept, *what_if_show.current(asked)]
compared = side_by_side(company, found, scenarios)
drawn = compared.rename(columns={"scenario": "quarter"})
show.figure(
    "Scenarios side by side",
    picture.next_quarters(drawn, **words, dark=show.is_dark()),
    picture.describe(drawn, **words),
    compared,
    file=f"scenarios {chosen.quarter} {chosen.as_of}",
    note=f"Each for {chosen.quarter}. Top: the first of the list above, on which the number hangs most.",
    kinds=KINDS,
)
what_if_show.links(PAGE, scenarios, asked, scope.parameters(chosen))
