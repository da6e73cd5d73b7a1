"""People: who may look at Plumbline, in which role, and who is that in the CRM?"""

from analytics.access.people import headline, people_table
from pages.shared import cached, case_forms, exposure, people_show, show, signin

show.answer("People", *headline(cached.the_grants(), signin.admins(), is_on=exposure.has_sign_in()))
case_forms.say_what_was_written()
table = people_table(cached.the_grants())
if len(table):
    show.dataframe(table, hide_index=True, width="stretch", key="people", placeholder="")
    show.download(table, "people with access")
people_show.let_in()
people_show.let_out()
people_show.what_they_see()
