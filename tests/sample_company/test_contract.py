"""The subjects keep the store's contract, and never hold the truth."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.sample_company import World, WorldOptions, build_world
from analytics.store.staging import Staging
from analytics.store.subjects import BEGINNING, CATEGORIES, QUESTIONS, SUBJECTS

#: What comes with Blue Sheets and with what people write; the simulation makes none of it.
NOT_SIMULATED = {
    "question",
    "depth_overrule",
    "document",
    "document_paragraph",
    "document_deal",
    "case_note",
    "buying_influence",
    "playbook_version",
    "coaching_reply",
    "digest_subscription",
    "import_mapping",
    "deal_match",
    "sync_state",
    "sync_run",
    "ignored_check",
    "access_grant",
}
SIMULATED = sorted(set(SUBJECTS) - NOT_SIMULATED)


@pytest.mark.parametrize("name", sorted(NOT_SIMULATED))
def test_what_is_not_simulated_is_empty_and_has_its_columns(small_world: World, name: str) -> None:
    assert list(small_world.subjects[name].columns) == list(SUBJECTS[name].columns)
    assert small_world.subjects[name].empty


@pytest.mark.parametrize("name", SIMULATED)
def test_every_subject_has_exactly_its_columns(small_world: World, name: str) -> None:
    assert list(small_world.subjects[name].columns) == list(SUBJECTS[name].columns)
    assert len(small_world.subjects[name]) > 0


@pytest.mark.parametrize("name", SIMULATED)
def test_nothing_is_dated_after_the_last_day_or_out_of_order(default_world: World, name: str) -> None:
    valid_at = default_world.subjects[name]["valid_at"]
    assert valid_at.max() < pd.Timestamp("2026-11-16")
    assert valid_at.is_monotonic_increasing
    since_always = valid_at == pd.Timestamp(BEGINNING)
    assert (valid_at[~since_always] >= pd.Timestamp("2022-07-01")).all()


@pytest.mark.parametrize("name", SIMULATED)
def test_keys_are_given_and_unique_per_moment(default_world: World, name: str) -> None:
    frame, keys = default_world.subjects[name], [*SUBJECTS[name].key]
    assert frame[keys].notna().all(axis=None)
    assert not frame.duplicated([*keys, "valid_at"]).any()


@pytest.mark.parametrize(
    "name", ["deal", "deal_change", "deal_work", "stakeholder", "answer", "submitted_call", "target"]
)
def test_every_row_changes_something(default_world: World, name: str) -> None:
    subject = SUBJECTS[name]
    frame = default_world.subjects[name]
    values = frame[[*subject.values]].astype(object).where(lambda f: f.notna(), None)
    before = values.groupby([frame[key] for key in subject.key], dropna=False).shift()
    is_first = ~frame.duplicated([*subject.key])
    same = ((values == before) | (values.isna() & before.isna())).all(axis=1)
    assert not (same & ~is_first).any()


def test_the_store_takes_every_subject(small_world: World) -> None:
    staging = Staging()
    file_no = staging.add_file("sample", "sample", "", 0)
    for name, frame in small_world.subjects.items():
        staging.add(name, frame, file_no=file_no)
        counted = staging.con.execute(f"select count(*) from {name}").fetchall()
        assert counted == [(len(frame),)]


def test_values_are_those_the_store_knows(default_world: World) -> None:
    subjects = default_world.subjects
    assert set(subjects["deal_change"]["forecast_category"]) <= set(CATEGORIES)
    assert set(subjects["answer"]["question"]) == set(QUESTIONS)
    assert set(subjects["deal_change"]["stage"]) <= set(subjects["stage"]["stage"])
    assert set(subjects["deal"]["source"]) == {"sample"}
    people = set(subjects["person"]["person_id"])
    assert set(subjects["deal_work"]["owner_id"].dropna()) <= people
    assert set(subjects["target"]["owner_id"]) <= people | {""}
    assert set(subjects["answer"]["author"]) <= people
    for name in ("deal_change", "deal_work", "stakeholder", "answer"):
        assert set(subjects[name]["deal_id"]) <= set(subjects["deal"]["deal_id"])


def test_the_truth_is_apart_from_the_subjects(default_world: World) -> None:
    shown = {column for subject in SUBJECTS.values() for column in subject.columns}
    for name, keys in {"deals": {"deal_id"}, "reps": {"person_id"}, "spells": {"deal_id"}}.items():
        assert set(default_world.truth[name].columns) & shown == keys
    hidden = set(default_world.truth["answers"].columns) & shown
    assert hidden == {"deal_id", "question", "valid_at"}
    assert set(default_world.truth["deals"]["deal_id"]) == set(default_world.subjects["deal"]["deal_id"])


def test_equal_options_give_equal_worlds(small_world: World) -> None:
    again = build_world(WorldOptions.small())
    for mine, other in ((small_world.subjects, again.subjects), (small_world.truth, again.truth)):
        assert mine.keys() == other.keys()
        for name in mine:
            pd.testing.assert_frame_equal(mine[name], other[name])


def test_another_seed_gives_another_world(small_world: World) -> None:
    other = build_world(WorldOptions.small(seed=8))
    assert not other.subjects["deal_change"].equals(small_world.subjects["deal_change"])


def test_a_small_world_is_small(small_world: World) -> None:
    assert 120 <= len(small_world.subjects["deal"].drop_duplicates("deal_id")) <= 320
    assert len(small_world.subjects["deal_change"]) < 4_000


def test_progress_is_told_up_to_the_end() -> None:
    told: list[float] = []
    build_world(WorldOptions.small().but(answers=False), lambda share, what: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
