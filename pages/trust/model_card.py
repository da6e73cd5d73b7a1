"""Model card: what do the chances rest on, and how often were they right?"""

import streamlit as st

from analytics.figures import calibration_dots, skill_dots
from analytics.model_card import CALIBRATED, LIMITS, OURS, drift_note, headline
from analytics.terms import explain
from analytics.wording import plain
from pages.shared import cached, scope, show

company, chosen = cached.the_company(), scope.current()
card = cached.the_card(chosen.as_of)
show.answer("Model card", *headline(card))

dark = show.is_dark()
show.figure(
    "Each past quarter, foretold from those before it",
    skill_dots.skill_dots(card.losses, OURS, dark=dark),
    skill_dots.describe(card.losses, OURS),
    card.losses.reset_index(names="quarter"),
    file="model card quarters",
    note=f"A dot is a quarter; the bar its mean with two standard errors. {explain('log_loss')}",
)
show.dataframe(
    card.pooled,
    hide_index=True,
    width="stretch",
    placeholder="–",
    key="pooled",
    column_config={
        "method": "Method",
        "log_loss": st.column_config.NumberColumn("Log loss", format="%.3f"),
        "gain": st.column_config.NumberColumn("The model's is lower by", format="%+.3f"),
        "error": st.column_config.NumberColumn("Standard error over quarters", format="%.3f"),
    },
)
show.download(card.pooled, "model card methods")

show.figure(
    "Did the chances keep their word?",
    calibration_dots.calibration_dots(card.calibration, dark=dark),
    calibration_dots.describe(card.calibration),
    card.calibration,
    file="model card calibration",
    note=CALIBRATED.format(card=card) if len(card.calibration) else "",
    kinds={"said": "share", "happened": "share", "low": "share", "high": "share"},
)

st.subheader("Quarter by quarter", anchor=False)
if note := drift_note(card):
    st.warning(plain(note))
show.dataframe(
    card.drift,
    hide_index=True,
    width="stretch",
    placeholder="–",
    key="drift",
    column_config={
        "quarter": "Quarter",
        "said": st.column_config.NumberColumn("Said to be won", format="percent"),
        "happened": st.column_config.NumberColumn("Was won", format="percent"),
        "off": st.column_config.NumberColumn("Off (logits, + = too much)", format="%.2f"),
    },
)

st.subheader("What it looks at", anchor=False)
if card.alarms:
    st.error(
        plain(f"Too good to be true alone (AUC above 0.9): {', '.join(card.alarms)}. Check how it is loaded.")
    )
else:
    st.caption("No single fact reaches an AUC above 0.9: none seems to know the end.")
show.dataframe(card.features, hide_index=True, width="stretch", key="features")
show.download(card.features, "model card facts")

st.subheader("What it cannot do", anchor=False)
st.markdown("\n".join(f"- {plain(limit)}" for limit in LIMITS))
