"""Data quality: what in the data makes the number wrong, how much money is behind it, and who can fix it?"""

import streamlit as st

from analytics.quality.checks import CHECK
from analytics.quality_page import headline
from pages.shared import cached, cached_quality, case_forms, quality_show, scope, show

show.come_back("pages/trust/data_quality.py")
company, chosen = cached.the_company(), scope.current()
view = cached_quality.the_quality(chosen)

show.answer("Data quality", *headline(view, company))
case_forms.say_what_was_written()
if not view.open_deals:
    st.info("No deal is open here. Choose another team or owner, or an earlier date.")

quality_show.found(view)
code = show.from_url("check", tuple(CHECK))
if code:
    quality_show.one(view.of(code), company, chosen)
quality_show.others(view)
quality_show.trend(cached_quality.the_quality_trend(chosen), view, company, code)
