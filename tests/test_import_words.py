"""Tables of words: what is shown, edited, and read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analytics.import_view import days_in_names, missing_columns, with_columns
from analytics.import_words import (
    AGREED,
    currency_choices,
    currency_table,
    rule_for,
    stage_rules,
    stage_table,
    status_in_words,
    word_choices,
    word_table,
)
from analytics.importing import Choices, Look, SeenFile
from analytics.intake.mapping import StageRule
from analytics.store.subjects import CATEGORIES

NONE = pd.DataFrame(columns=["value", "deals", "amount"])
NOTHING = Look(
    files=(),
    choices=Choices(),
    stages=NONE,
    categories=NONE,
    statuses=NONE,
    owners=NONE,
    currencies=NONE,
    matches=NONE,
)
RULES = st.builds(
    lambda probability, category, kind, order: StageRule(
        "", probability, category, closed=kind != "open", won=kind == "won", order=order
    ),
    st.one_of(st.none(), st.integers(0, 100).map(lambda n: n / 100)),
    st.one_of(st.none(), st.sampled_from(CATEGORIES)),
    st.sampled_from(["open", "won", "lost"]),
    st.integers(1, 9),
)


def look_at(stages: list[str], suggested: dict[str, StageRule] | None = None) -> Look:
    rows = pd.DataFrame({"stage": stages, "deals": 1, "amount": 10.0})
    return replace(NOTHING, stages=rows, suggested=suggested or {})


def named(rules: dict[str, StageRule]) -> dict[str, StageRule]:
    return {
        name: StageRule(name, rule.probability, rule.category, rule.closed, rule.won, rule.order)
        for name, rule in rules.items()
    }


@given(st.dictionaries(st.text(min_size=1, max_size=8), RULES, min_size=1, max_size=6))
def test_what_is_agreed_is_read_back_as_it_was(rules: dict[str, StageRule]) -> None:
    rules = named(rules)
    shown = stage_table(look_at(list(rules)), Choices(stages=rules))
    assert stage_rules(shown, shown) == rules


def test_a_suggestion_counts_once_it_is_agreed_or_changed() -> None:
    suggested = named({"Ice": StageRule("", 0.4, "Pipeline", order=2)})
    shown = stage_table(look_at(["Ice"], suggested), Choices())
    assert stage_rules(shown, shown) == {}
    ticked = shown.assign(**{AGREED: True})
    assert stage_rules(ticked, shown) == suggested
    changed = shown.assign(Means="Lost")
    assert stage_rules(changed, shown)["Ice"].closed
    assert not stage_rules(changed, shown)["Ice"].won


def test_a_person_s_word_makes_the_rule() -> None:
    suggested = StageRule("Ice", 0.4, "Pipeline", order=2)
    assert rule_for("Ice", "Open", suggested) == suggested
    assert rule_for("Ice", "Won", suggested) == StageRule(
        "Ice", 1.0, "Closed", closed=True, won=True, order=2
    )
    assert rule_for("Ice", "Lost", suggested) == StageRule("Ice", 0.0, "Omitted", closed=True, order=2)
    assert rule_for("Ice", "Open", None) == StageRule("Ice")


def test_a_stage_without_a_meaning_stays_open_even_if_ticked() -> None:
    shown = stage_table(look_at(["Ice"]), Choices())
    ticked: Any = shown.assign(**{AGREED: True})
    assert stage_rules(ticked, shown) == {}


def test_words_that_mean_themselves_are_no_choice() -> None:
    words = pd.DataFrame({"value": ["I. Vogt", "Ina Vogt"], "deals": [1, 2], "amount": [1.0, None]})
    shown = word_table(words, {}, "Person", same=True)
    assert word_choices(shown, "Person", same=True) == {}
    shown.loc[0, "Person"] = "Ina Vogt"
    assert word_choices(shown, "Person", same=True) == {"I. Vogt": "Ina Vogt"}


def test_columns_that_cannot_make_a_deal_are_named() -> None:
    assert "the deal's id or of its name" in missing_columns({"stage": "S"})
    assert "stage or of the status" in missing_columns({"name": "N"})
    assert "chosen for Deal name and Stage" in missing_columns({"name": "N", "stage": "N"})
    assert missing_columns({"name": "N", "status": "S"}) == ""


def test_another_column_forgets_what_its_words_meant() -> None:
    before = Choices(columns={"name": "N", "stage": "S"}, stages={"x": StageRule("x")}, owners={"a": "b"})
    after = with_columns(before, {"name": "N", "stage": "Other"})
    assert after.stages == {}
    assert after.owners == {"a": "b"}
    assert with_columns(before, before.columns) == before


def test_the_days_in_names_of_lists_of_deals() -> None:
    def file(label: str, kind: str = "deals") -> SeenFile:
        return SeenFile(label, kind, (), pd.DataFrame(), 0)

    files = [
        file("d_2026-11-23.csv"),
        file("d_20261116.csv"),
        file("d_2026-99-99.csv"),
        file("t_2026-01-01.csv", "targets"),
    ]
    assert [str(day) for day in days_in_names(files)] == ["2026-11-16", "2026-11-23"]


def test_a_zips_day_counts_where_its_files_have_none() -> None:
    def file(label: str) -> SeenFile:
        return SeenFile(label, "deals", (), pd.DataFrame(), 0)

    weeks = [file("all 2026-11-30.zip/d_2026-11-16.csv"), file("all 2026-11-30.zip/d_2026-11-23.csv")]
    assert [str(day) for day in days_in_names(weeks)] == ["2026-11-16", "2026-11-23"]
    assert [str(day) for day in days_in_names([file("all 2026-11-30.zip/d.csv")])] == ["2026-11-30"]


def test_a_status_is_asked_with_what_it_probably_says() -> None:
    row = {"value": "FALSCH", "deals": 359, "amount": 15_746_501.0}
    assert status_in_words(row, {"FALSCH": "lost"}) == "FALSCH: 359 deals with 15,746,501. Probably: lost"
    assert status_in_words(row, {"FALSCH": ""}).endswith("Probably: as the stage says")
    assert status_in_words(row, {}).endswith("15,746,501")


def test_iso_codes_explain_themselves() -> None:
    words = pd.DataFrame({"value": ["USD", "eur", "Dollars"], "deals": 1, "amount": 1.0})
    shown = currency_table(replace(NOTHING, currencies=words), Choices())
    assert shown["ISO code"].tolist() == ["USD", "EUR", None]
    assert currency_choices(shown) == {}
    shown.loc[2, "ISO code"] = "USD"
    assert currency_choices(shown) == {"Dollars": "USD"}
