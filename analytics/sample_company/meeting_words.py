"""What managers and reps say in the weekly review: actions, notes, and reasons for another number."""

from __future__ import annotations

#: indexed by the phase that the manager believes the buyer to be in
ACTIONS: tuple[tuple[str, ...], ...] = (
    ("Find out who owns the problem", "Qualify or let go", "Get the ops lead into the next call"),
    ("Agree success criteria in writing", "Demo for the process owner", "Get their sample data"),
    ("Have the champion name the economic buyer", "Test the champion: ask for the org chart", "ROI workshop"),
    (
        "Meeting with the economic buyer",
        "Confirm the budget and its date",
        "Send the business case to the CFO",
    ),
    ("Send the security questionnaire back", "Call with their CISO", "Get the date of the security review"),
    ("Ask legal for the place in the queue", "Redlines back to procurement", "Mutual close plan, both sides"),
    ("Get the signature day from the signer", "Find out who signs while she is away", "Countersign the DPA"),
)

#: what is said where nobody digs
VAGUE_ACTIONS = (
    "Follow up",
    "Check in with the champion",
    "Push for the signature",
    "Stay close to it",
    "Nudge",
)

NOTES = {
    "keep": (
        "Rep is sure, date stays.",
        "Looks fine.",
        "Paper is out, keep.",
        "Heard it from the buyer.",
        "",
    ),
    "move date": (
        "Date had gone by.",
        "Legal needs longer.",
        "No way this month.",
        "Budget comes later.",
        "",
    ),
    "move category": (
        "Not proven yet.",
        "Nobody has seen the signer.",
        "Verbal yes, paper is with them.",
        "",
    ),
    "action": ("", "", "Nothing new for weeks.", "Need this before next Monday.", "Again."),
    "close out": ("No answer since forever.", "They went with somebody else, it seems.", "Take it off.", ""),
}

LOWER_REASONS = (
    "Date is wishful, no paper out yet",
    "Champion has gone quiet",
    "Economic buyer not met so far",
    "Third push, I do not see it this quarter",
    "Security review has not started",
)
HIGHER_REASONS = (
    "Spoke to the signer myself",
    "Order form is with procurement",
    "Rep plays it down, buyer wants it live",
    "Budget is released, saw the mail",
)
AMOUNT_REASONS = (
    "Will land smaller, second site drops out",
    "Discount is asked for and we will give it",
    "They take one module first",
)
TAKEN_BACK = ("Taken back, the CRM has it right now", "Withdrawn after the call with the rep")
REPORTS = {
    "done": ("", "", "Done, next meeting is set.", "Sent, waiting for them.", "Spoke to her, she confirms."),
    "not done": ("No answer.", "Not got to it.", "They moved the meeting.", ""),
    "dropped": ("Deal is over.", "No longer needed."),
}
