"""Answer changes: who learned what, in which deal?"""

import streamlit as st

from analytics.business_case.feed import DIRECTIONS, LIMIT, filtered, in_words
from analytics.change_list import changes_table
from analytics.wording import day, listed, plain
from pages.shared import cached, case_lists, scope, show

company, chosen = cached.the_company(), scope.current()
PAGE = "changes_page"
DAYS = ("7", "14", "30", "90")

top = st.container()
with st.container(horizontal=True):
    days = int(case_lists.pick("days", "Days back", DAYS, every=False, start="14", resets=PAGE))
    read = cached.the_changes(chosen.as_of, days)
    scoped = filtered(read.rows, team=chosen.team, owner=chosen.owner_id)
    labels = {words: key for key, words in DIRECTIONS.items() if key}
    direction = case_lists.pick("direction", "Direction", list(labels), resets=PAGE)
    question = case_lists.pick("question", "Question", sorted(set(scoped["label"])), resets=PAGE)
    author = case_lists.pick("author", "Author", sorted(set(scoped["author_name"])), resets=PAGE)
rows = filtered(scoped, direction=labels.get(direction, ""), question=question, author=author)
with top:
    show.answer("Answer changes", f"{'At least ' if read.is_cut else ''}{in_words(rows, days)}")
filters = [one for one in (direction, question, f"by {author}" if author else "") if one]
if filters:
    st.caption(plain(f"Only {listed(filters)}: {len(rows):,} of {len(scoped):,} changes."))
if read.is_cut:
    back_to = day(read.rows["day"].iloc[-1], locale=company.locale)
    cut = f"More than {LIMIT:,} answers of the company changed in these {days} days. Shown are the latest"
    st.warning(plain(f"{cut} {LIMIT:,}, back to {back_to}. Choose fewer days to see all."))
if rows.empty:
    st.info("Choose more days, another team or owner, or fewer filters above.")
    st.stop()

for row in case_lists.paged(rows, "change", PAGE).itertuples():
    case_lists.change(row, company, scope.parameters(chosen), DIRECTIONS[row.direction])
show.download(changes_table(rows), f"answer changes {chosen.as_of}")
