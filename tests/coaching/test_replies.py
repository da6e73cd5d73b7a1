"""Replies stand beside what they answer to, with name and day; none is changed, none dated back."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.coaching.replies import replies_as_of, reply
from analytics.company import Company
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.conftest import TODAY


@pytest.fixture
def own(small_world: Store, tmp_path: Path) -> Store:
    """A copy that may be written to."""
    shutil.copy(small_world.path, tmp_path / "own.duckdb")
    return Store(tmp_path / "own.duckdb")


def test_replies_are_kept_with_claim_name_and_day_the_latest_first(
    own: Store, small_company: Company
) -> None:
    reply(own, small_company, TODAY, "U1", "stale", "Old answers.", "Two were on leave.", author=" Ana ")
    reply(own, small_company, TODAY, "U1", "stale", "Old answers.", "Seen, thanks.", author="Bo")
    reply(own, small_company, TODAY, "U2", "stale", "Another.", "Not so.", author="Cy")
    mine = replies_as_of(own, small_company, TODAY, "U1")
    assert list(mine["author"]) == ["Bo", "Ana"]
    assert list(mine["claim"]) == ["Old answers."] * 2
    assert mine["reply"].iloc[1] == "Two were on leave."
    assert set(mine["day"].dt.date) == {TODAY}
    assert len(replies_as_of(own, small_company, TODAY)) == 3
    assert replies_as_of(own, small_company, TODAY - timedelta(days=1)).empty


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text": "  "}, "your reply is missing"),
        ({"author": ""}, "your name is missing"),
        ({"text": "x" * 2_001}, "your reply is too long"),
        ({"owner_id": ""}, "whose page"),
        ({"as_of": date(2026, 1, 1)}, "past day"),
    ],
)
def test_what_cannot_be_kept_is_said(
    own: Store, small_company: Company, given: dict[str, object], says: str
) -> None:
    asked = {"as_of": TODAY, "owner_id": "U1", "topic": "stale", "claim": "c", "text": "t", "author": "a"}
    asked |= given
    with pytest.raises(BadInput, match=says):
        reply(own, small_company, **asked)  # type: ignore[arg-type]
    assert replies_as_of(own, small_company, TODAY).empty


def test_hostile_text_is_kept_as_text(own: Store, small_company: Company) -> None:
    text = "'; drop table deal; -- <script>$x$"
    reply(own, small_company, TODAY, "U1", "stale", text, text, author=text)
    assert replies_as_of(own, small_company, TODAY)["reply"].iloc[0] == text
