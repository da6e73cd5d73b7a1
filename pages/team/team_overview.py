"""Team overview: how deep does each team dig, and where does it move?"""

import streamlit as st

from analytics import team_page, team_words
from analytics.problems import NotEnough
from analytics.wording import plain
from pages.shared import cached, cached_team, scope, show, team_show

company, chosen = cached.the_company(), scope.current()
team_show.leave_for_rep(chosen)
show.come_back("pages/team/team_overview.py")
view = cached_team.the_team(chosen)
if isinstance(view, NotEnough):
    show.answer("Team overview", f"There is nothing to compare yet. {view}")
    st.info("Load a history of deals with their stages and owners, or choose a later day above.")
    st.stop()

whose = f"team {view.team}" if view.team else company.name or "the company"
show.answer("Team overview", *team_words.headline(view, whose))
st.caption(plain(team_words.counted_in_words(view, company)))
if chosen.owner_id:
    st.caption(plain(f"{scope.name(chosen)} is chosen above; shown is {whose}."))
if view.depth.deals.empty:
    st.info("Choose another team, or an earlier day.")
    st.stop()

team_show.to_playbook(chosen)
team_show.spread(view)
if not view.team and view.teams:
    teams = team_page.team_cells(view)
    team_show.heat_map(team_words.teams_in_words(teams), teams, f"teams by questions {view.as_of}")
cells = team_page.rep_cells(view)
team_show.heat_map(
    team_words.heat_in_words(cells, "rep"), cells, f"reps by questions {view.as_of}", team_words.HEAT_NOTE
)
team_show.cell(view, company, chosen)
team_show.movement(view)
team_show.reps(view, chosen)
