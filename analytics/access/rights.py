"""Which pages a role has, and what it may do there. What is not named is not allowed."""

from __future__ import annotations

from enum import StrEnum

from analytics.access.viewer import Role, Viewer
from analytics.problems import BadInput


class NotAllowed(BadInput):
    """Somebody asked for what their role, or whose deals they see, does not allow."""


_ALL = frozenset(Role)
_LEADERS = frozenset({Role.VP, Role.REVOPS, Role.MANAGER})
_COMPANY = frozenset({Role.VP, Role.REVOPS})
_REVOPS = frozenset({Role.REVOPS})

#: The pages, by the last part of their address, and who has them.
PAGES: dict[str, frozenset[Role]] = {
    "quarter_end": _ALL,
    "what_changed": _ALL,
    "next_quarters": _ALL,
    "what_if": _ALL,
    "at_risk": _ALL,
    "one_deal": _ALL,
    "business_case": _ALL,
    "answer_changes": _ALL,
    "warnings": _LEADERS,
    "blue_sheets": _ALL,
    "weekly_meeting": _LEADERS,
    "decisions": _LEADERS,
    "calls": _LEADERS,
    "post_mortem": _LEADERS,
    "coaching": _ALL,
    "team_overview": _LEADERS,
    "playbook": _LEADERS,
    "playbook_versions": _COMPANY,
    "team_feed": _LEADERS,
    "accuracy": _COMPANY,
    "model_card": _COMPANY,
    "data_quality": _LEADERS,
    "import_data": _REVOPS,
    "data_loaded": _REVOPS,
    "definitions": _ALL,
    "people": _REVOPS,
    "audit": _REVOPS,
}


class Deed(StrEnum):
    """What changes something for others; the value says it in words."""

    ANSWER = "write a business-case answer"
    OVERRULE = "set the level of an answer"
    LINK = "say which deal a Blue Sheet is about"
    DECIDE = "decide about a deal"
    OVERRIDE = "override a chance"
    REPORT = "report on an action"
    CALL = "submit a call"
    REPLY = "reply on a coaching page"
    SUBSCRIBE = "subscribe to a digest"
    LIMIT = "change a warning's limits"
    TEXT = "change the playbook"
    LOAD = "load data, or undo it"
    IGNORE = "ignore a check"
    SETTING = "change the company's settings"
    ADMIT = "let people in"
    ERASE = "erase a person"


_MAY: dict[Deed, frozenset[Role]] = {
    Deed.ANSWER: _ALL,
    Deed.OVERRULE: _LEADERS,
    Deed.LINK: _ALL,
    Deed.DECIDE: _LEADERS,
    Deed.OVERRIDE: _LEADERS,
    Deed.REPORT: _LEADERS,
    Deed.CALL: _LEADERS,
    Deed.REPLY: _ALL,
    Deed.SUBSCRIBE: _LEADERS,
    Deed.LIMIT: _COMPANY,
    Deed.TEXT: _COMPANY,
    Deed.LOAD: _REVOPS,
    Deed.IGNORE: _REVOPS,
    Deed.SETTING: _REVOPS,
    Deed.ADMIT: _REVOPS,
    Deed.ERASE: _REVOPS,
}


def has_page(viewer: Viewer, page: str) -> bool:
    """Whether a reader has a page; one that nobody has thought of, nobody has."""
    return viewer.role in PAGES.get(page, frozenset())


def may(viewer: Viewer, deed: Deed) -> bool:
    """Whether a reader may do something, to the deals that they see."""
    return viewer.role in _MAY[deed]


def must(viewer: Viewer, deed: Deed) -> None:
    """Raises NotAllowed where a reader may not do it."""
    if not may(viewer, deed):
        allowed = ", ".join(role.label for role in Role if role in _MAY[deed])
        raise NotAllowed(
            f"your role cannot {deed.value}",
            expected=f"one of: {allowed}",
            got=viewer.role.label,
            to_do="Ask RevOps, who let people in.",
        )
