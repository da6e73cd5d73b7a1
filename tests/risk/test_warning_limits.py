from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analytics.commands import main
from analytics.problems import BadInput
from analytics.risk.warning_limits import SETTING, default_limits, limits_from, read_limits, save_limits
from analytics.risk.warning_rules import RULE, Limit
from analytics.store.database import Store
from analytics.store.settings import read_settings
from tests.small_stores import contents


def test_what_was_never_set_has_its_default(store: Store) -> None:
    assert read_limits(store) == default_limits()


def test_limits_are_kept_as_dated_settings(store: Store) -> None:
    first = default_limits() | {"no_activity": Limit(30.0)}
    save_limits(store, first)
    second = first | {"amount_fell": Limit(25.0, is_on=False)}
    save_limits(store, second)
    assert read_limits(store) == second
    rows = contents(store, of=["setting"])["setting"]
    assert len([row for row in rows if SETTING in row]) == 2  # the earlier one is still there


def test_only_what_differs_is_written(store: Store) -> None:
    limits = default_limits()
    save_limits(store, limits | {"pushed": replace(limits["pushed"], is_on=False)})
    assert json.loads(read_settings(store)[SETTING]) == {"pushed": {"limit": 2, "on": False}}


def test_a_part_may_be_left_out() -> None:
    limits = limits_from('{"pushed": {"on": false}, "old": {"limit": 3.5}}')
    assert limits["pushed"] == Limit(RULE["pushed"].default.value, is_on=False)
    assert limits["old"] == Limit(3.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "no JSON object"),
        ("{", "no JSON object"),
        ('{"nonsense": {}}', "there is no such warning; expected one of no_activity, "),
        ('{"pushed": 3}', "pushed cannot be read"),
        ('{"pushed": {"limits": 3}}', "pushed cannot be read"),
        ('{"pushed": {"limit": 0}}', "the limit of pushed; expected 1 to 20 times; got 0"),
        ('{"pushed": {"limit": NaN}}', "got nan"),
        ('{"pushed": {"limit": "3"}}', "expected 1 to 20 times; got 3"),
        ('{"pushed": {"limit": true}}', "expected 1 to 20 times"),
        ('{"pushed": {"on": "yes"}}', "expected true or false"),
    ],
)
def test_what_cannot_be_is_explained(text: str, said: str) -> None:
    with pytest.raises(BadInput) as problem:
        limits_from(text)
    assert said in str(problem.value)
    assert "setting warnings" in str(problem.value)
    assert "python -m analytics settings warnings" in str(problem.value)


def test_a_bad_limit_is_not_saved(store: Store) -> None:
    with pytest.raises(BadInput):
        save_limits(store, default_limits() | {"pushed": Limit(99.0)})
    assert not store.exists


def test_the_command_line_sets_and_checks(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--store", str(store.path), "settings", SETTING]
    assert main([*command, '{"no_activity": {"limit": 21}}']) == 0
    assert read_limits(store)["no_activity"] == Limit(21.0)
    capsys.readouterr()
    assert main([*command, '{"no_activity": {"limit": 0}}']) == 2
    assert "expected 1 to 365 days; got 0" in capsys.readouterr().err
    assert read_limits(store)["no_activity"] == Limit(21.0)


def test_defaults_are_allowed() -> None:
    for rule in RULE.values():
        assert rule.allowed[0] <= rule.default.value <= rule.allowed[1]
