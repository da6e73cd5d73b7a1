"""Import: bring an export of any CRM in, see what it would do, load it."""

import streamlit as st

from pages.shared import (
    cached,
    first_run,
    import_columns,
    import_company,
    import_load,
    import_matches,
    import_meanings,
    import_result,
    import_state,
    import_uploads,
    show,
)

state = import_state.current()
show.answer(
    "Import",
    "From an export of your CRM to the quarter-end view.",
    "Give the files as they are. Plumbline says what it takes them for; you correct it where it is wrong, "
    "see what would change, and load them. Nothing of the files is loaded before the last step, and an "
    "import can be undone; the company's settings are saved in step 4.",
)
import_result.last(state)

seen = import_uploads.step(state)
look = state.look
if (
    seen
    and look is not None
    and import_columns.step(state, look)
    and import_meanings.step(state, look)
    and import_company.step(state, look)
    and import_matches.step(state, look)
    and import_load.open_points(state, look)
    and import_load.trial(state)
):
    import_load.loading(state)
if not cached.has_deals() and state.look is None:
    with st.expander("No export at hand?"):
        first_run.sample()
