"""Every measure is defined once, and every check and measure that the pages show is defined."""

from __future__ import annotations

from pathlib import Path

from analytics.pipeline.quarter_end import SUMS
from analytics.terms import TERMS, definitions_table, explain, label

CHECKS = [
    "past_close_date",
    "pushed_twice",
    "stage_too_old",
    "parked",
    "no_activity",
    "no_next_step",
    "no_stakeholder",
]


def test_every_measure_and_check_has_a_definition() -> None:
    for key in (*SUMS, *CHECKS, "gap", "coverage", "to_go_coverage", "largest_deal_share", "top3_share"):
        assert label(key)
        assert explain(key).endswith("."), key


def test_labels_are_unique_and_the_table_finds_them() -> None:
    labels = [term.label for term in TERMS.values()]
    assert len(set(labels)) == len(labels)
    assert list(definitions_table()["Measure"]) == labels
    assert "Coverage" in set(definitions_table("open pipeline /")["Measure"])
    assert definitions_table("no such words").empty


def test_every_check_of_the_hygiene_module_is_a_term() -> None:
    text = (Path(__file__).parents[1] / "analytics/pipeline/hygiene.py").read_text(encoding="utf-8")
    for key in CHECKS:
        assert f'"{key}"' in text
