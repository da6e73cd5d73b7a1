"""What landing an import demands of the store: nothing twice, nothing lost, no order that matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from analytics.problems import BadInput
from analytics.store.copies import check
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from analytics.store.subjects import SUBJECTS
from tests.small_stores import Row, contents, described, load, snapshots, staged

#: Landing takes tenths of a second; a failing example is short enough as it is.
NO_SHRINKING = (Phase.explicit, Phase.generate)
VALUES = ("stage", "amount", "is_closed", "is_gone")
WEEKS = ("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22")


def timeline(store: Store, moments: Sequence[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Every deal's state at each moment, by the plainest reading of the change rows."""
    with store.reading() as con:
        rows = con.execute(
            f"select deal_id, valid_at, {', '.join(VALUES)} from deal_change"
            " order by valid_at, import_id, seq"
        ).fetchall()
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for moment in moments:
        for deal_id, valid_at, stage, amount, is_closed, is_gone in rows:
            if valid_at <= datetime.fromisoformat(moment):
                found[deal_id, moment] = (stage, amount, bool(is_closed), bool(is_gone))
    return found


def accounted_for(result: ImportResult) -> None:
    for file in result.files:
        assert file.rows_read == file.loaded + file.unchanged + file.rejected, (
            f"rows lost or invented: {file}"
        )
        assert min(file.loaded, file.unchanged, file.rejected) >= 0, f"a negative count: {file}"


# --- the same file twice ---------------------------------------------------------------------------

EVERY_SUBJECT: dict[str, list[Row]] = {
    "deal": [{"deal_id": "a", "source": "test", "name": "A"}, {"deal_id": "b", "source": "test"}],
    "deal_change": [
        {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1", "amount": 10},
        {"deal_id": "a", "valid_at": "2024-01-02", "stage": "S2", "amount": 10},
        {"deal_id": "b", "valid_at": "2024-01-02", "stage": "S1", "amount": 5.55},
    ],
    "deal_work": [{"deal_id": "a", "valid_at": "2024-01-01", "owner_id": "u1", "next_step": "call"}],
    "stakeholder": [{"deal_id": "a", "contact_id": "c1", "valid_at": "2024-01-01", "name": "Eve"}],
    "answer": [{"deal_id": "a", "question": "budget", "valid_at": "2024-01-01", "answer": "Yes"}],
    "person": [{"person_id": "u1", "name": "Ann", "team": "North"}],
    "stage": [{"stage": "S1", "sort_order": 1, "probability": 0.3}],
    "target": [{"owner_id": "", "quarter_start": "2024-01-01", "amount": 100}],
    "submitted_call": [{"owner_id": "", "quarter_start": "2024-01-01", "commit_amount": 9}],
    "currency_rate": [{"currency": "EUR", "rate": 1.1}],
    "setting": [{"key": "company_name", "value": "Acme"}],
    "question": [{"method": "seven", "question": "budget", "position": 4, "wording": "Which money?"}],
    "depth_overrule": [{"deal_id": "a", "question": "budget", "answered_at": "2024-01-01", "level": 2}],
    "document": [{"document_id": "x", "file": "x.docx", "content": b"\x00\xff", "size": 2}],
    "document_paragraph": [{"document_id": "x", "paragraph": 1, "text": "Hello"}],
    "document_deal": [{"document_id": "x", "deal_id": "a", "how": "id"}],
    "case_note": [{"deal_id": "a", "note_id": "n", "kind": "red_flag", "text": "Legal"}],
    "buying_influence": [{"deal_id": "a", "influence_id": "eve", "name": "Eve"}],
    "decision": [{"decision_id": "m1", "deal_id": "a", "kind": "keep", "author": "Ann"}],
    "action_report": [{"decision_id": "m1", "state": "done", "author": "Ann"}],
    "override": [{"deal_id": "a", "quarter": "2024Q1", "probability": 0.5, "reason": "Seen it"}],
    "playbook_version": [
        {"version_id": "v1", "kind": "follow-up", "question": "budget", "starts_on": "2024-02-01"}
    ],
    "coaching_reply": [
        {"owner_id": "u1", "topic": "budget", "claim": "Thin.", "reply": "Seen.", "author": "Ann"}
    ],
    "digest_subscription": [{"subscriber": "Ann", "team": "", "is_active": True}],
    "import_mapping": [{"name": "crm", "kind": "table", "header": "[]", "text": "[table]"}],
    "deal_match": [{"source": "report", "row_key": "Acme · Big", "deal_id": "a", "author": "Ann"}],
    "sync_state": [{"system": "salesforce", "object": "Opportunity", "cursor": "2024-01-01T00:00:00Z"}],
    "sync_run": [{"system": "salesforce", "started_at": "2024-01-01", "result": "done", "rows": 3}],
    "ignored_check": [{"code": "DQ01", "reason": "A test org.", "author": "Ann"}],
    "access_grant": [{"email": "ann@example.com", "role": "rep", "person_id": "P1", "author": "Ann"}],
}


def test_the_test_data_covers_every_subject() -> None:
    assert set(EVERY_SUBJECT) == set(SUBJECTS)


def test_the_same_files_twice_change_nothing_at_all(store: Store) -> None:
    first = load(store, sha="same", **EVERY_SUBJECT)
    before = contents(store)
    second = load(store, sha="same", **EVERY_SUBJECT)
    assert contents(store) == before, "the second landing of the same files left a trace"
    assert first.import_id == 1
    assert second.import_id is None
    assert [file.loaded for file in second.files] == [0] * len(second.files)
    accounted_for(first)
    accounted_for(second)


def test_the_same_rows_in_another_file_add_no_row_of_any_subject(store: Store) -> None:
    load(store, **EVERY_SUBJECT)
    before = contents(store, of=SUBJECTS)
    result = load(store, **EVERY_SUBJECT)
    assert contents(store, of=SUBJECTS) == before
    assert result.import_id == 2, "the import itself is recorded: somebody did load a file"
    assert all(file.unchanged == file.rows_read for file in result.files)


# --- history rows ----------------------------------------------------------------------------------


def test_a_row_that_says_nothing_new_is_no_history(store: Store) -> None:
    rows = [
        {"deal_id": "a", "valid_at": f"2024-01-0{day}", "stage": stage, "amount": 1}
        for day, stage in ((1, "S1"), (2, "S1"), (3, "S2"), (4, "S2"), (5, "S1"))
    ]
    result = load(store, deal_change=rows)
    kept = [(row[1].day, row[2]) for row in contents(store)["deal_change"]]
    assert kept == [(1, "S1"), (3, "S2"), (5, "S1")]
    assert (result.files[0].loaded, result.files[0].unchanged) == (3, 2)


def test_duplicates_within_one_file_are_loaded_once(store: Store) -> None:
    row = {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1"}
    result = load(store, deal_change=[row, row, row])
    assert len(contents(store)["deal_change"]) == 1
    assert (result.files[0].loaded, result.files[0].unchanged) == (1, 2)


def test_of_two_rows_at_one_moment_the_later_in_the_file_counts(store: Store) -> None:
    rows = [{"deal_id": "a", "valid_at": "2024-01-01", "stage": stage} for stage in ("S1", "S2", "S3")]
    load(store, deal_change=rows)
    assert timeline(store, ["2024-01-01"])["a", "2024-01-01"][0] == "S3"


def test_of_two_files_of_one_import_the_later_counts(store: Store) -> None:
    """Line items, or two files of one export, may say different things of one moment."""
    staging = staged({})
    for number, stages in enumerate((["S1", "S2", "S3"], ["S4"])):
        file_no = staging.add_file(f"{number}.csv", "test", f"sha {number}", len(stages))
        frame = pd.DataFrame({"deal_id": "a", "valid_at": pd.Timestamp("2024-01-01"), "stage": stages})
        staging.add("deal_change", frame, file_no=file_no)
    land(store, staging, kind="test")
    assert timeline(store, ["2024-01-01"])["a", "2024-01-01"][0] == "S4", "the second file was added later"


def test_a_frame_with_a_repeated_index_is_staged_like_any_other(store: Store) -> None:
    staging = staged({})
    frame = pd.DataFrame({"deal_id": ["a", "b"], "valid_at": pd.Timestamp("2024-01-01")}, index=[0, 0])
    staging.add("deal_change", frame, file_no=staging.add_file("f.csv", "test", "sha", 2))
    land(store, staging, kind="test")
    assert len(contents(store)["deal_change"]) == 2


def test_a_corrected_row_replaces_what_it_corrects_and_both_are_kept(store: Store) -> None:
    load(store, deal_change=[{"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1", "amount": 1}])
    load(store, deal_change=[{"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1", "amount": 2}])
    assert timeline(store, ["2024-01-01"])["a", "2024-01-01"][1] == 2
    assert len(contents(store)["deal_change"]) == 2, "what we believed before stays in the history"


def test_an_old_row_sent_again_does_not_undo_its_correction(store: Store) -> None:
    old = {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1", "amount": 1}
    load(store, deal_change=[old])
    load(store, deal_change=[{**old, "amount": 2}])
    load(store, deal_change=[old, {"deal_id": "b", "valid_at": "2024-01-01"}])
    assert timeline(store, ["2024-01-01"])["a", "2024-01-01"][1] == 2


def test_an_opening_row_says_only_how_things_stood_at_first(store: Store) -> None:
    load(store, opening=["person"], person=[{"person_id": "u1", "team": "North"}])
    result = load(
        store,
        opening=["person"],
        person=[{"person_id": "u1", "team": "South"}, {"person_id": "u2", "team": "East"}],
    )
    people = {row[0]: row[5] for row in contents(store)["person"]}
    assert people == {"u1": "North", "u2": "East"}, "a known person's past was overwritten by today's export"
    accounted_for(result)


def test_a_late_row_is_seen_from_its_moment_on_only(store: Store) -> None:
    load(
        store,
        deal_change=[
            {"deal_id": "a", "valid_at": "2024-01-01", "amount": 1},
            {"deal_id": "a", "valid_at": "2024-01-10", "amount": 3},
        ],
    )
    load(store, deal_change=[{"deal_id": "a", "valid_at": "2024-01-05", "amount": 2}])
    seen = timeline(store, ["2024-01-01", "2024-01-05", "2024-01-10"])
    assert [int(state[1]) for state in seen.values()] == [1, 2, 3]


state = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["S1", "S2"]),
        "amount": st.sampled_from([1, 2]),
        "is_closed": st.just(False),
        "is_gone": st.just(False),
    }
)


@settings(max_examples=5, phases=NO_SHRINKING)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(WEEKS), state, st.integers(0, 2)),
        min_size=1,
        max_size=40,
    )
)
def test_an_export_that_grew_reads_as_if_it_had_been_loaded_at_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, dict[str, Any], int]]
) -> None:
    """A history export is sent again in full, with rows that the earlier ones lacked, in its own order."""
    folder = tmp_path_factory.mktemp("grown")
    grown, at_once = Store(folder / "grown.duckdb"), Store(folder / "once.duckdb")
    whole = [
        {"deal_id": deal_id, "valid_at": at, **values}
        for deal_id, at, values, _ in sorted(rows, key=lambda row: row[1])
    ]
    known_by = [number for *_, number in sorted(rows, key=lambda row: row[1])]
    for export in range(3):
        sent = [row for row, number in zip(whole, known_by, strict=True) if number <= export]
        accounted_for(load(grown, deal_change=sent))
    accounted_for(load(at_once, deal_change=whole))
    assert timeline(grown, WEEKS) == timeline(at_once, WEEKS), f"rows {whole}, first sent in {known_by}"


# --- weekly snapshots ------------------------------------------------------------------------------


def land_week(store: Store, at: str, deals: Mapping[str, Row], *, full: bool = True) -> ImportResult:
    rows = snapshots(deals, at)
    return load(
        store,
        deal=[{**row, "valid_at": "1970-01-01"} for row in described(rows)],
        deal_change=rows,
        opening=["deal"],
        restates=True,
        full_list=("test", at) if full else None,
    )


weekly = st.lists(
    st.dictionaries(st.sampled_from("abcd"), state, min_size=1, max_size=4), min_size=3, max_size=3
)


@settings(max_examples=5, phases=NO_SHRINKING)
@example(
    weeks=[{"a": {"stage": stage, "amount": 1, "is_gone": False}} for stage in ("S1", "S2", "S1")],
    order=[0, 2, 1],
    full=False,
)
@given(weeks=weekly, order=st.permutations([0, 1, 2]), full=st.booleans())
def test_weekly_files_read_the_same_in_whatever_order_they_landed(
    tmp_path_factory: pytest.TempPathFactory,
    weeks: list[dict[str, Row]],
    order: list[int],
    full: bool,
) -> None:
    folder = tmp_path_factory.mktemp("weeks")
    in_order, permuted = Store(folder / "in_order.duckdb"), Store(folder / "permuted.duckdb")
    for week in range(3):
        accounted_for(land_week(in_order, WEEKS[week], weeks[week], full=full))
    for week in order:
        accounted_for(land_week(permuted, WEEKS[week], weeks[week], full=full))
    wanted = timeline(in_order, WEEKS)
    got = timeline(permuted, WEEKS)
    assert visible(got) == visible(wanted), f"landed as {order}: {weeks}"


@settings(max_examples=5, phases=NO_SHRINKING)
@given(weeks=weekly)
def test_two_partial_files_read_the_same_in_either_order(
    tmp_path_factory: pytest.TempPathFactory, weeks: list[dict[str, Row]]
) -> None:
    folder = tmp_path_factory.mktemp("two")
    stores = [Store(folder / f"{number}.duckdb") for number in range(2)]
    for store, order in zip(stores, ((0, 1), (1, 0)), strict=True):
        for week in order:
            accounted_for(land_week(store, WEEKS[week], weeks[week], full=False))
    assert timeline(stores[0], WEEKS) == timeline(stores[1], WEEKS), weeks[:2]


def visible(states: Mapping[tuple[str, str], tuple[Any, ...]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What a reader sees: gone deals are left out of every answer."""
    return {key: value for key, value in states.items() if not value[-1]}


@settings(max_examples=5, phases=NO_SHRINKING)
@given(weeks=weekly)
def test_a_full_weekly_file_is_what_the_store_says_of_its_moment(
    tmp_path_factory: pytest.TempPathFactory, weeks: list[dict[str, Row]]
) -> None:
    store = Store(tmp_path_factory.mktemp("full") / "store.duckdb")
    for at, deals in zip(WEEKS, weeks, strict=False):
        land_week(store, at, deals)
    seen = visible(timeline(store, WEEKS[:3]))
    wanted = {
        (deal_id, at): (values["stage"], values["amount"], False, False)
        for at, deals in zip(WEEKS, weeks, strict=False)
        for deal_id, values in deals.items()
    }
    assert seen == wanted


def test_a_snapshot_corrected_and_put_back_on_the_same_day_ends_as_put_back(store: Store) -> None:
    day = "2024-01-08 12:00"
    for amount in (10, 99, 10):
        land_week(store, day, {"a": {"stage": "S1", "amount": amount}})
    assert timeline(store, [day])["a", day][1] == 10
    assert [int(row[4]) for row in sorted(contents(store)["deal_change"], key=lambda row: row[11])] == [
        10,
        99,
        10,
    ], "the history tells all three"


# --- deals that vanish -----------------------------------------------------------------------------


def many(n: int) -> dict[str, Row]:
    return {f"d{number:03}": {"stage": "S1", "amount": number, "is_gone": False} for number in range(n)}


def gone(store: Store, at: str) -> set[str]:
    return {deal_id for (deal_id, _), values in timeline(store, [at]).items() if values[-1]}


def test_a_deal_missing_from_a_full_list_is_gone_and_kept(store: Store) -> None:
    land_week(store, WEEKS[0], many(5))
    result = land_week(store, WEEKS[1], {key: value for key, value in many(5).items() if key != "d003"})
    assert gone(store, WEEKS[1]) == {"d003"}
    assert gone(store, WEEKS[0]) == set(), "a week earlier it was still there"
    assert any("gone" in note for note in result.notes), result.notes
    state_then = timeline(store, WEEKS)["d003", WEEKS[1]]
    assert state_then[:2] == ("S1", 3), "what it last said is kept"


def test_a_deal_missing_from_a_partial_file_is_not_gone(store: Store) -> None:
    land_week(store, WEEKS[0], many(5))
    land_week(store, WEEKS[1], many(2), full=False)
    assert gone(store, WEEKS[1]) == set()


def test_a_gone_deal_returns_when_a_later_file_names_it(store: Store) -> None:
    land_week(store, WEEKS[0], many(5))
    land_week(store, WEEKS[1], many(4))
    land_week(store, WEEKS[2], many(5))
    assert [gone(store, week) for week in WEEKS[:3]] == [set(), {"d004"}, set()]
    assert check(store) == []


def test_a_gone_deal_returns_though_a_history_export_repeats_only_old_rows(store: Store) -> None:
    old = [{"deal_id": key, "valid_at": "2023-12-01", **value} for key, value in many(3).items()]
    load(store, deal=described(old), deal_change=old, full_list=("test", WEEKS[0]))
    load(store, deal_change=old[:2], full_list=("test", WEEKS[1]))
    load(store, deal_change=old, full_list=("test", WEEKS[2]))
    assert [gone(store, week) for week in WEEKS[:3]] == [set(), {"d002"}, set()]


@pytest.mark.parametrize(("known", "kept"), [(20, 0), (20, 9), (19, 1), (5, 2)])
def test_more_than_half_missing_is_taken_for_a_partial_export(store: Store, known: int, kept: int) -> None:
    land_week(store, WEEKS[0], many(known))
    result = land_week(store, WEEKS[1], many(kept))
    assert gone(store, WEEKS[1]) == set()
    assert any(f"{known - kept} of the {known}" in note for note in result.notes), result.notes


@pytest.mark.parametrize(("known", "kept"), [(20, 10), (5, 3), (4, 1)])
def test_half_missing_or_most_of_a_handful_is_still_believed(store: Store, known: int, kept: int) -> None:
    land_week(store, WEEKS[0], many(known))
    land_week(store, WEEKS[1], many(kept))
    assert len(gone(store, WEEKS[1])) == known - kept


def test_deals_of_another_source_are_not_gone(store: Store) -> None:
    other = {"deal_id": "other", "valid_at": WEEKS[0], "stage": "S1"}
    load(store, deal=described([other], source="elsewhere"), deal_change=[other])
    land_week(store, WEEKS[0], many(3))
    land_week(store, WEEKS[1], many(2))
    assert gone(store, WEEKS[1]) == {"d002"}


def test_a_gone_deal_marked_once_is_not_marked_every_week(store: Store) -> None:
    land_week(store, WEEKS[0], many(5))
    for week in WEEKS[1:]:
        land_week(store, week, many(4))
    rows = [row for row in contents(store)["deal_change"] if row[0] == "d004"]
    assert len(rows) == 2, "one row as it was, one that says it is gone"


def test_rows_that_leave_is_gone_empty_make_no_history_after_a_return(store: Store) -> None:
    deals: dict[str, Row] = {key: {"stage": "S1"} for key in "abc"}
    land_week(store, WEEKS[0], deals)
    land_week(store, WEEKS[1], {key: deals[key] for key in "ab"})
    for week in WEEKS[2:]:
        land_week(store, week, deals)
    rows = [row for row in contents(store)["deal_change"] if row[0] == "c"]
    assert len(rows) == 3, f"there, gone, back: nothing else happened to it: {rows}"


# --- rejects and the whole -------------------------------------------------------------------------


def test_rejects_are_kept_with_file_line_column_value_and_reason(store: Store) -> None:
    staging = staged({"deal_change": [{"deal_id": "a", "valid_at": "2024-01-01"}]})
    file_no = staging.add_file("bad.csv", "test", "sha-bad", 3)
    staging.reject(file_no, 2, "amount", "x" * 900, "no amount")
    staging.reject(file_no, 2, "close_date", "30 Feb", "no day")
    staging.reject(file_no, 4, "amount", "?", "no amount")
    result = land(store, staging, kind="test")
    accounted_for(result)
    assert result.files[1].rejected == 2, "two rows were rejected, for three reasons"
    rows = store.query("rejects")
    assert list(rows["line"]) == [2, 2, 4]
    assert list(rows["column_name"]) == ["amount", "close_date", "amount"]
    assert rows["file"].unique().tolist() == ["bad.csv"]
    assert len(rows["value"][0]) == 500


def test_a_row_rejected_in_one_column_and_loaded_in_the_rest_is_counted_once(store: Store) -> None:
    staging = staged({})
    file_no = staging.add_file("half.csv", "test", "sha-half", 1)
    frame = pd.DataFrame({"deal_id": ["a"], "valid_at": pd.Timestamp("2024-01-01"), "line": [2]})
    staging.add("deal_change", frame, file_no=file_no)
    staging.reject(file_no, 2, "amount", "lots", "no amount")
    accounted_for(land(store, staging, kind="test"))


def test_a_row_the_store_cannot_take_leaves_the_store_as_it_was(store: Store) -> None:
    load(store, **EVERY_SUBJECT)
    before = contents(store)
    staging = staged({"deal_change": [{"deal_id": "z", "valid_at": "2024-01-01"}]})
    frame = pd.DataFrame({"deal_id": [None], "valid_at": pd.Timestamp("2024-01-01"), "stage": ["S1"]})
    staging.add("deal_work", frame, file_no=1)
    with pytest.raises(BadInput):
        land(store, staging, kind="test")
    assert contents(store) == before


def test_an_exception_in_the_middle_leaves_the_store_as_it_was(store: Store) -> None:
    load(store, **EVERY_SUBJECT)
    before = contents(store)
    staging = staged({"deal_change": [{"deal_id": "z", "valid_at": "2024-01-01"}]})

    def stop(share: float, text: str) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land(store, staging, kind="test", progress=stop)
    assert contents(store) == before
    accounted_for(load(store, deal_change=[{"deal_id": "z", "valid_at": "2024-01-01"}]))


def test_imports_are_numbered_and_loaded_never_earlier_than_the_one_before(store: Store) -> None:
    for number in range(3):
        load(store, deal_change=[{"deal_id": f"{number}", "valid_at": "2024-01-01"}])
    rows = store.query("imports").sort_values("import_id")
    assert list(rows["import_id"]) == [1, 2, 3]
    assert rows["loaded_at"].is_monotonic_increasing


def test_the_store_says_of_every_row_which_import_brought_it(store: Store, tmp_path: Path) -> None:
    load(store, **EVERY_SUBJECT)
    for name in SUBJECTS:
        with store.reading() as con:
            orphans = con.execute(
                f"select count(*) from {name} where import_id not in (select import_id from import)"
                " or line is null or file_no is null"
            ).fetchone()
        assert orphans == (0,), name
