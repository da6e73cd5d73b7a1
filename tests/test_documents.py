"""What docs/method.md says is what the code does: facts, thresholds, steps of bridges, simpler methods."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.forecast import (
    accuracy,
    baselines,
    change,
    draws,
    expected,
    hangs_on,
    later_deals,
    lines,
    luck,
    record,
)
from analytics.risk import amounts, forward, ladder, statements
from analytics.risk.features import FAMILIES, REASONS
from analytics.store.subjects import QUESTIONS

METHOD = (Path(__file__).parents[1] / "docs" / "method.md").read_text(encoding="utf-8")


def table_after(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading, without its head."""
    lines = re.split(rf"\n##+ {heading}", METHOD, maxsplit=1)[1].splitlines()
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


def first_cells(heading: str) -> list[str]:
    return [row[0].strip("*") for row in table_after(heading)]


def test_the_steps_of_the_bridges_are_the_codes_in_their_order() -> None:
    steps = [step.replace("_", " ") for step in lines.STEPS]
    assert first_cells("The bridge from the weighted pipeline") == [*steps, "expected"]
    assert first_cells("What moved it in a week") == list(change.STEPS)


def test_the_example_of_the_bridge_adds_up() -> None:
    cells = [row[2].strip("*").replace(",", "") for row in table_after("The bridge from the weighted")]
    *steps, whole = [int(cell) for cell in cells]
    assert abs(sum(steps) - whole) <= len(steps) / 2, "each step is rounded to a thousand"


def test_the_example_of_expected_adds_up() -> None:
    found = re.search(r"(\S+) stated, (\S+) % to be won, closing at (\S+) %: .* = (\S+)\. All", one_line())
    assert found
    stated, chance, ratio, expected_amount = (float(text.replace(",", "")) for text in found.groups())
    assert stated * chance / 100 * ratio / 100 == pytest.approx(expected_amount, rel=0.001)
    found = re.search(r"deals bring (\S+), .* created yet (\S+), won are (\S+): (\S+) expected", one_line())
    assert found
    *parts, whole = (int(text.replace(",", "")) for text in found.groups())
    assert abs(sum(parts) - whole) <= 2


def test_the_simpler_methods_are_the_codes() -> None:
    assert first_cells("How often it was right")[0] == "error (WAPE)"
    named = re.findall(r"^\| ([^|]+?) \| ", METHOD.split("| simpler method |", 1)[1], re.MULTILINE)
    assert named[: len(baselines.METHODS)] == baselines.METHODS


def one_line() -> str:
    return " ".join(METHOD.split())


@pytest.mark.parametrize(
    "text",
    [
        f"weight {luck._PERSISTENCE} x (1 - share^2)",
        f"lognormal around {luck._PRIOR.median():.2f}"
        f" (80 % between {luck._PRIOR.ppf(0.1):.2f} and {luck._PRIOR.ppf(0.9):.2f})",
        f"held between {luck.RHOS[0]:.2f} and {luck.RHOS[-1]:.2f}",
        f"## The range and the chance to reach the target {draws.DRAWS:,} simulated ends",
        f"fewer only above {draws._MOST_CELLS // draws.DRAWS:,} open deals",
        f"one of {expected.HISTORIES} redrawn histories",
        f"each of the last {record.MOST_QUARTERS} complete quarters",
        "(two must lie before it) is foretold" if forward.FEWEST_QUARTERS == 2 else "another number",
        f"smaller ({record._DRAWS:,} ends, {record._HISTORIES} redrawn histories)",
        "halves with every six of age" if later_deals._HALF_LIFE == 6 else "another half-life",
        "drawn to none by three quarters" if later_deals._SEASON_WEIGHT == 3 else "another weight",
        f"drawn to {later_deals._SPREAD} (squared) by four" if later_deals._SPREAD_WEIGHT == 4 else "other",
        "with two such deals more" if later_deals._OWNER_WEIGHT == 2 else "another number of deals",
        "Fewer than two past quarters: nothing is expected" if later_deals._FEWEST == 2 else "another number",
        f"drawn to their mean by {amounts._WEIGHT:.0f} deal-weeks",
        "counts more than three times what was stated" if amounts._MOST == 3 else "another bound",
        f"For the {hangs_on._CANDIDATES} deals with most",
        "with fewer than three tested quarters no track record" if accuracy.FEWEST == 3 else "another number",
        "mean of the last four quarters" if baselines.RUN_QUARTERS == 4 else "another number of quarters",
    ],
)
def test_the_constants_of_the_number_are_the_codes(text: str) -> None:
    assert text in one_line()
