"""What can be said of how a rep works: the topics, what is measured on each deal, and which way is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.business_case.questions import Question

#: Topics of one family speak of nearly the same thing: three suggestions should not all be of one.
QUESTIONS_FAMILY, ANSWERS, STATED, PEOPLE, STEPS = "questions", "answers", "stated", "people", "next steps"
#: Key of the topic of how deep one question is answered: 'depth_budget'.
DEPTH = "depth_"

#: What a row of the habits says. Ramping: the rep is new, and nothing is said of them yet.
TO_COACH, GOOD, AS_OTHERS = "to coach", "good", "as others"
TOO_FEW, RAMPING = "not enough", "ramping"


@dataclass(frozen=True)
class Topic:
    """One thing measured per deal.

    `better`: 1 if more of it is better, -1 if less is. `matters`: a smaller difference, in `unit`, is not
    spoken of. `settles`: after how many weeks (or other rows) a deal weighs half of what it can at most: few
    for what stays as it is (a level), many for what is counted (pushes).
    """

    key: str
    label: str
    family: str
    unit: str
    better: int
    matters: float
    settles: float
    ask: str = ""  # what to ask in the 1:1; of a question's depth: the question's own follow-up


_FIXED = (
    Topic(
        "empty", "Questions left empty", ANSWERS, "questions of seven", -1, 0.4, 4.0,
        "Which of these could you answer from what you know already? Whom would you ask about the rest?",
    ),
    Topic(
        "shallow", "Depth of the answers given", ANSWERS, "levels of 4", 1, 0.2, 4.0,
        "Which sentence in these answers is the customer's own, and what did they say when you asked why?",
    ),
    Topic(
        "stale", "Age of the latest answer", ANSWERS, "days", -1, 8.0, 4.0,
        "What have you learned about these deals since it was written, and is it still so?",
    ),
    Topic(
        "pushes", "Close dates moved later", STATED, "moves per deal and quarter", -1, 0.15, 26.0,
        "What has to happen at the customer before this date, and who there has said it will?",
    ),
    Topic(
        "commits", "Commits won in their quarter", STATED, "share, over eight quarters", 1, 0.1, 0.5,
        "What did you know in the fifth week about those that slipped? What would you ask next time?",
    ),
    Topic(
        "statements", "What is stated against the evidence", STATED, "said under Forecast", 1, 0.2, 0.5,
        "What do you know about these deals that is not written down? What would make the date firmer?",
    ),
    Topic(
        "people", "People met at the customer", PEOPLE, "people", 1, 0.25, 4.0,
        "Who else there has to agree, and who could bring you to them?",
    ),
    Topic(
        "buyer", "Whoever decides on the money, met", PEOPLE, "share", 1, 0.08, 4.0,
        "Who decides on the money, and what would make it worth their time to meet you?",
    ),
    Topic(
        "no_next_step", "Deals without a next step", STEPS, "share", -1, 0.05, 4.0,
        "What have you agreed with the customer as the next step, and for when?",
    ),
    Topic(
        "old_next_step", "Age of the next step", STEPS, "days", -1, 4.0, 4.0,
        "Has this step been taken? What comes after it, and who at the customer does it?",
    ),
    Topic(
        "contradictions", "Answers that contradict the deal", STEPS, "per deal", -1, 0.1, 4.0,
        "Which of the two is right, the answer or the deal's date, amount or people?",
    ),
)  # fmt: skip


def topics_of(questions: Sequence[Question]) -> list[Topic]:
    """The topics of a company that asks these questions: how deep each of the seven is, then the others."""
    labels: dict[str, str] = {}
    for one in questions:
        labels.setdefault(one.asks, one.label)
    depths = [
        Topic(DEPTH + asks, label, QUESTIONS_FAMILY, "levels of 4", 1, 0.25, 1.0)
        for asks, label in labels.items()
    ]
    return [*depths, *_FIXED]


def asks_of_topic(topic: str) -> str:
    """Which of the seven a topic is about ('' = none)."""
    return topic.removeprefix(DEPTH) if topic.startswith(DEPTH) else ""
