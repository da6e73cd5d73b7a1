"""What docs/method.md says of the outcome model is what the code does: its facts and its thresholds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.risk import ladder, statements
from analytics.risk.features import FAMILIES, REASONS
from analytics.store.subjects import QUESTIONS

METHOD = (Path(__file__).parents[1] / "docs" / "method.md").read_text(encoding="utf-8")


def table_after(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading, without its head."""
    lines = METHOD.split(f"\n## {heading}", 1)[1].splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_every_fact_and_reason_is_described_and_no_other() -> None:
    rows = table_after("Landmarks")
    families = {row[0]: re.fullmatch(r".* \((.*)\)", row[0]) for row in rows}
    assert {match[1] for match in families.values() if match} == set(FAMILIES)
    named = {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row[1])}
    used = {number.column for reason in REASONS for number in reason.numbers}
    used |= {kind for reason in REASONS for kind in reason.kinds}
    of_questions = {f"{what}_{question}" for what in ("level", "fresh") for question in QUESTIONS}
    assert of_questions <= used
    assert named == used - of_questions
    told = {name for row in rows for name in row[0].rsplit(" (", 1)[0].split(", ")}
    assert told == {reason.key.replace("_", " ") for reason in REASONS}


def test_the_rungs_begin_where_the_code_begins_them() -> None:
    said = {row[0]: row[1].replace(",", "") for row in table_after("The three chances")}
    assert said == {
        "smoothed rates": "any",
        "straight lines": str(ladder.FROM_CLOSED["linear"]),
        "splines": str(ladder.FROM_CLOSED["splines"]),
        "splines with interactions": str(ladder.FROM_CLOSED["splines with interactions"]),
    }


@pytest.mark.parametrize(
    "text",
    [
        f"only if the sum is {statements._CALLED} or more",
        f"the owner's past ({statements._OWNER_ADDS} or more)",
        f"closings ({statements.CLOSINGS_MATTER} or more)",
        f"Fewer than {statements._FEWEST_DEALS} deals in all",
        "Fewer than three weeks" if statements._FEWEST_WEEKS == 3 else "another number of weeks",
        "fewer than five others" if statements._FEWEST_OTHERS == 5 else "another number of others",
    ],
)
def test_the_thresholds_of_a_called_statement_are_the_codes(text: str) -> None:
    assert text in " ".join(METHOD.split())
