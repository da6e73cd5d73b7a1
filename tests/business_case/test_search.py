"""Full-text search over answers and sheets."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.business_case.search import asked_for, excerpt, folded, search
from tests.business_case.conftest import DAY, Made
from tests.small_stores import load


def found(made: Made, typed: str, as_of: date = DAY, **more: object) -> list[str]:
    rows = search(made.store, typed, made.company.calendar.end_of(as_of), **more)  # type: ignore[arg-type]
    return [f"{row.deal_id} {row.text}" for row in rows.itertuples()]


@pytest.fixture
def said(made: Made) -> Made:
    made.answer("A", "problem", "New reps take 8 months to ramp; ramping is slow")
    made.answer("B", "problem", "Müller in Zürich starts the Łódź plant")
    made.answer("B", "budget", "old budget text", at="2026-04-01 12:00")
    made.answer("B", "budget", "cost centre 7731, released", at="2026-05-01 12:00")
    return made


@pytest.mark.parametrize(
    ("typed", "deals"),
    [
        ("ramp", ["A"]),
        ("RAMP months", ["A"]),
        ("ramp budget", []),
        ("zurich muller lodz", ["B"]),
        ("art", []),  # not within "starts"
        ('"cost centre"', ["B"]),
        ('"centre cost"', []),
        ("cost -released", []),
        ("a b c d e f g", []),
        ("", []),
        ("-cost", []),
        ("old", []),  # an earlier version
        ("100% (x] \\", []),
    ],
)
def test_words_phrases_and_exclusions(said: Made, typed: str, deals: list[str]) -> None:
    assert [one[0] for one in found(said, typed)] == deals


def test_a_past_day_finds_what_was_said_then(said: Made) -> None:
    assert found(said, "old budget", date(2026, 4, 15)) == ["B old budget text"]


def test_only_deals_in_scope(said: Made) -> None:
    assert found(said, "ramp", deal_ids={"B"}) == []


def test_hits_point_at_the_words(said: Made) -> None:
    row = search(said.store, "ramp", said.company.calendar.end_of(DAY)).iloc[0]
    assert [row["text"][a:b] for a, b in row["hits"]] == ["ramp", "ramping"]


def test_sheet_paragraphs_are_found_with_their_deal(said: Made) -> None:
    load(
        said.store,
        document_paragraph=[
            {
                "document_id": "x",
                "paragraph": 3,
                "valid_at": "2026-05-01",
                "text": "Red flag: NIS2 audit",
                "place": "body",
            }
        ],
        document_deal=[{"document_id": "x", "valid_at": "2026-05-01", "deal_id": "A", "how": "id"}],
    )
    rows = search(said.store, "nis2", said.company.calendar.end_of(DAY))
    assert rows[["kind", "deal_id", "paragraph"]].to_numpy().tolist() == [["sheet", "A", 3]]


def test_folding_keeps_every_place() -> None:
    text = "ŁÓDŹ Größe İstanbul ﬁn é́ 日本"
    assert len(folded(text)) == len(text)
    assert folded("Łódź Größe") == "lodz grose"


def test_an_excerpt_keeps_the_first_hit_in_sight() -> None:
    text = "word " * 100 + "needle " + "word " * 100
    at = text.index("needle")
    part, hits = excerpt(text, [[at, at + 6]])
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert [part[a:b] for a, b in hits] == ["needle"]
    assert excerpt("short needle", [[6, 12]]) == ("short needle", [[6, 12]])


def test_what_was_typed() -> None:
    asked = asked_for('Ramp "Cost  Centre" -Old -"no go"')
    assert asked.wanted == ("ramp", "cost centre")
    assert asked.unwanted == ("old", "no go")


def test_a_paragraph_that_was_read_again_is_found_once(made: Made) -> None:
    for used_as in (None, "answer: budget"):
        at = {"document_id": "S", "valid_at": "2026-05-01"}
        load(
            made.store,
            document_paragraph=[{**at, "paragraph": 1, "text": "audit in May", "used_as": used_as}],
        )
    assert found(made, "audit") == ["None audit in May"]
