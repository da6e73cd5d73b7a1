"""What one Blue Sheet says: its paragraphs, the facts found in them, and what found no place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ANSWER = "answer"
INFLUENCE = "influence"
RED_FLAG = "red_flag"
STRENGTH = "strength"
ACTION = "action"
INFORMATION_NEEDED = "information_needed"
COMPETITION = "competition"
OBJECTIVE = "objective"
IDEAL_CUSTOMER = "ideal_customer"
POSITION = "position"
WIN_RESULT = "win_result"
DECISION_CRITERIA = "decision_criteria"
DECISION_PROCESS = "decision_process"

#: Every kind that a fact can have.
KINDS = (
    ANSWER,
    INFLUENCE,
    RED_FLAG,
    STRENGTH,
    ACTION,
    INFORMATION_NEEDED,
    COMPETITION,
    OBJECTIVE,
    IDEAL_CUSTOMER,
    POSITION,
    WIN_RESULT,
    DECISION_CRITERIA,
    DECISION_PROCESS,
)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph that holds text, wherever in the document it stands."""

    #: from 1, in document order; paragraphs without text have no number
    number: int
    text: str
    #: in words: "body", "table 2, row 3, column 1", "text box 1", "header", "comment"
    where: str


@dataclass(frozen=True)
class Fact:
    """One thing the sheet says, in its own words."""

    kind: str
    #: verbatim; parts from several paragraphs or cells are joined by a line break
    text: str
    paragraph: int
    last_paragraph: int
    #: for answers: the key of the question
    question: str = ""
    #: influence: name, title, role, influence, mode, rating, win_result; action: owner, due.
    #: Other columns of a table row come along under their headings.
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """One document as read. Head data are as stated in it, '' where it does not say."""

    file: str
    sha256: str
    paragraphs: list[Paragraph]
    facts: list[Fact]
    deal_id: str
    account: str
    deal_name: str
    owner: str
    amount: str
    close_date: str
    #: the sheet's own date, else when Word last saved or created it
    dated: date | None
    #: numbers of paragraphs that are, as a whole or in part, neither fact nor label nor head data
    unplaced: list[int]
