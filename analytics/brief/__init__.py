"""The review as files: a pre-read before the meeting and minutes after it, for the same scope."""

from __future__ import annotations

import re

from analytics.brief.content import brief_of
from analytics.brief.html import html_page
from analytics.brief.parts import BriefKind, clipped, seen
from analytics.brief.pptx import deck
from analytics.brief.xlsx import workbook
from analytics.company import DataSpan
from analytics.weekly_review import WeeklyReview

__all__ = ["BriefKind", "brief_files"]
_LONGEST_NAME = 60


def brief_files(review: WeeklyReview, kind: BriefKind, span: DataSpan | None = None) -> dict[str, bytes]:
    """File name -> content: an HTML page, a workbook and a deck that say the same, with the same numbers.

    `span`: how far the data reaches and when it was loaded, where a caller knows it. The same review gives
    the same bytes.
    """
    brief = brief_of(review, kind, span)
    name = f"{kind} {review.scope.as_of.isoformat()} {_whose(review)}"
    return {
        f"{name}.html": html_page(brief),
        f"{name}.xlsx": workbook(brief),
        f"{name}.pptx": deck(brief),
    }


def _whose(review: WeeklyReview) -> str:
    """The scope as a part of a file name that every system takes."""
    if review.scope.is_company:
        return "company"
    kept = re.sub(r"[^\w\-]+", " ", seen(review.whose)).strip()
    return clipped(kept, _LONGEST_NAME).rstrip("… ") or "scope"
