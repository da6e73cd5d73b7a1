"""Accuracy: how often was the number right, how far was it off, and do its parts earn their keep?"""

import streamlit as st

from analytics.accuracy_view import (
    OURS,
    by_week,
    chance_note,
    chance_title,
    error_title,
    floor_by_week,
    headline,
    held,
    held_note,
    held_title,
    target_words,
    week_at_first,
)
from analytics.figures import calibration_dots, error_by_week, ranges_held
from analytics.problems import NotEnough
from analytics.wording import plain
from pages.shared import accuracy_show, cached, scope, show

company, chosen = cached.the_company(), scope.current()
words = {"currency": company.currency, "locale": company.locale}
dark = show.is_dark()
view = cached.the_accuracy(chosen)
if view.missing:
    show.answer("Accuracy", "How often the number was right cannot be said yet.", f"{view.missing}.")
    st.info("Load more history: each past quarter is foretold from those before it, and then compared.")
    st.stop()

top = st.container()
week = show.choose_week(
    "Week of the quarter",
    view.weeks,
    week_at_first(view, chosen),
    "How far off the number was when a past quarter was in this week.",
)
with top:
    show.answer("Accuracy", *headline(view, week))
    accuracy_show.whose(chosen)
file = f"{chosen.team or 'company'} as of {chosen.as_of}"

table, floor = by_week(view), floor_by_week(view)
show.figure(
    error_title(view),
    error_by_week.error_by_week(table, ours=OURS, floor=floor, dark=dark),
    error_by_week.describe(table, ours=OURS, floor=floor),
    table,
    file=f"error by week {file}",
    note=f"{accuracy_show.ERROR} The shaded part is what each deal's own luck makes of it."
    " The figures beside the names are those of the last week.",
    kinds=dict.fromkeys(("wape", "bias", "ours"), "share"),
)
accuracy_show.methods(view, file)

ranges = held(view, week)
show.figure(
    held_title(view, week),
    ranges_held.ranges_held(ranges, **words, dark=dark),
    ranges_held.describe(ranges, **words),
    ranges,
    file=f"ranges at week {week} {file}",
    note=held_note(view),
    kinds=dict.fromkeys(("p10", "p50", "p90", "actual", "stated", "target"), "money"),
)
st.caption(plain(target_words(view)))
accuracy_show.ranges(view, file)

if isinstance(view.chances, NotEnough):
    st.subheader("Did the chances of deals keep their word?", anchor=False)
    st.info(plain(f"This cannot be said yet: {view.chances}."))
else:
    bins = view.chances.bins
    show.figure(
        chance_title(view.chances),
        calibration_dots.calibration_dots(bins, dark=dark),
        calibration_dots.describe(bins),
        bins,
        file=f"chances of deals {file}",
        note=chance_note(view.chances),
        kinds=dict.fromkeys(("said", "happened", "low", "high", "noise_low", "noise_high"), "share"),
    )

if not chosen.team:
    accuracy_show.teams(view, file)
    accuracy_show.added(view, week, file)
accuracy_show.luck(view, week, file)
accuracy_show.case_worth(chosen, file)
