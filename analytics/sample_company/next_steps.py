"""What reps write into the next-step field."""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import Dates, Ints, Words, words

#: per phase believed; '{d}' becomes a day a week or two ahead
_TEXTS: tuple[tuple[str, ...], ...] = (
    (
        "Intro call {d}",
        "follow up",
        "discovery w/ ops team {d}",
        "send deck + case study",
        "Qualify budget & timing",
        "2nd call, bring SE",
        "waiting for reply",
        "map the org",
        "Erstgespräch {d}",
        "left vm, try again {d}",
        "agree agenda for discovery",
        "find out who else is affected",
    ),
    (
        "Demo {d}",
        "tailored demo for process owner {d}",
        "send success criteria draft",
        "site visit {d}",
        "get sample data from their IT",
        "workshop w/ team leads {d}",
        "follow up on demo",
        "check in",
        "questionnaire back by {d}",
        "Démo avec l'équipe {d}",
        "compare with incumbent tool",
        "ref call to arrange",
    ),
    (
        "POC review {d}",
        "business case session w/ champion {d}",
        "build ROI sheet together",
        "get intro to CFO",
        "validate numbers with controlling {d}",
        "exec summary for champion",
        "follow up",
        "ref call {d}",
        "align on success criteria",
        "champion to book exec slot",
        "test script sign-off {d}",
    ),
    (
        "Exec meeting {d}",
        "CFO readout {d}",
        "proposal walk-through {d}",
        "confirm budget owner",
        "send proposal v2",
        "present business case to steering committee {d}",
        "budget round - check result {d}",
        "wait for exec feedback",
        "Angebot nachfassen {d}",
        "agree on scope of phase 1",
        "mutual plan draft to champion",
    ),
    (
        "Security questionnaire due {d}",
        "CISO call {d}",
        "pen test report to IT",
        "DPA redlines",
        "follow up on security",
        "data residency answer by {d}",
        "architecture review {d}",
        "SSO clarification w/ SE",
        "wait for infosec sign-off",
    ),
    (
        "Redlines back {d}",
        "legal call {d}",
        "MSA turn 2",
        "procurement onboarding form",
        "price call w/ procurement {d}",
        "supplier registration",
        "order form to legal {d}",
        "waiting on legal",
        "chase redlines",
        "Vertragsentwurf zurück {d}",
    ),
    (
        "Signature {d}",
        "DocuSign out, chase",
        "PO expected {d}",
        "final approval CFO {d}",
        "get signature",
        "kick-off date {d}",
        "countersign",
        "signatory back from leave {d}",
    ),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def next_step_texts(codes: Ints, valid_at: Dates) -> Words:
    """A text per code (phase * 1000 + chance); code -1 is an empty field."""
    days = valid_at.astype("datetime64[D]")
    phase, chance = codes // 1000, codes % 1000
    ahead = days + (3 + chance % 14).astype("timedelta64[D]")
    month = ahead.astype("datetime64[M]")
    day = (ahead - month.astype("datetime64[D]")).astype(np.int64) + 1
    texts = np.full(len(codes), None, dtype=object)
    due = _due_texts(day, month.astype(np.int64) % 12, chance)
    for number, pool in enumerate(_TEXTS):
        here = (codes >= 0) & (phase == number)
        texts[here] = words(pool)[chance[here] % len(pool)]
    dated = np.array([text is not None and "{d}" in text for text in texts], dtype=bool)
    texts[dated] = [text.replace("{d}", d) for text, d in zip(texts[dated], due[dated], strict=True)]
    return texts


def _due_texts(day: Ints, month: Ints, chance: Ints) -> Words:
    """A day as somebody would write it; each of the 366 days is put together once per way of writing."""
    ways = np.array(
        [
            [(f"{d} {m}", f"{n}/{d}", f"{m} {d}")[way] for way in range(3)]
            for n, m in enumerate(_MONTHS, 1)
            for d in range(1, 32)
        ],
        dtype=object,
    )
    return np.asarray(ways[month * 31 + day - 1, chance % 3])
