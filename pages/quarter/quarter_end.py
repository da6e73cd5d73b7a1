"""Quarter end: where will the quarter end, how sure is that, and where does it stand?"""

import streamlit as st

from analytics.pipeline.sentence import sentence
from analytics.pipeline.tables import currency_note
from analytics.wording import plain
from pages.shared import cached, number_show, scope, show, standing_show

show.come_back("pages/quarter/quarter_end.py")
company, chosen = cached.the_company(), scope.current()
look = {"currency": company.currency, "locale": company.locale, "dark": show.is_dark()}
data = cached.the_home(chosen)
stands, rest = sentence(company, data.view, data.findings, data.pace, scope.name(chosen))
is_over = chosen.quarter.last_day < chosen.as_of
is_learned = not is_over and cached.has_whole(chosen.as_of, chosen.quarter)

st.title("Quarter end", anchor=False)
waiting, until_then = st.container(), st.empty()
answer, standing = st.container(), st.container()
with standing:
    st.header("Where it stands", anchor=False)
    in_words = st.empty()


def show_standing() -> None:
    """What is won and stated: nothing here has to be learned."""
    in_words.markdown(plain(rest if is_over else stands))
    with standing:
        if note := currency_note(company, data.view):
            st.warning(plain(note))
        standing_show.numbers(data.view, company, chosen)
        standing_show.pictures(data, company, chosen, look)
        standing_show.split(data, chosen, look)
        standing_show.checks(data, company, chosen, look)


if not is_learned:
    with until_then.container():
        number_show.stands(stands, data.view, company, chosen, is_over=is_over)
    show_standing()
if is_over:
    st.stop()

with waiting:
    number = cached.the_number(chosen)
until_then.empty()
with answer:
    if number.missing is None:
        number_show.answer(number, company, chosen)
        number_show.its_range(number, company, chosen, look)
        number_show.the_bridge(number, company, chosen, look)
        number_show.what_it_hangs_on(number, company, chosen, look)
        number_show.its_parts(number, chosen, look)
    else:
        number_show.cannot(chosen, number.missing)
if is_learned:
    show_standing()
if number.missing is not None:
    in_words.markdown(plain(f"{stands} {rest}"))
