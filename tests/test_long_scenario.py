"""A scenario about very many deals: what its address cannot hold is said."""

from analytics.forecast.what_if import Change, read_changes, write_changes


def test_a_scenario_about_hundreds_of_deals_is_read_whole() -> None:
    commits = [Change(f"deal {number}", "won") for number in range(600)]
    assert read_changes(write_changes(commits)) == (commits, [])


def test_what_is_beyond_the_most_that_is_read_is_named() -> None:
    found, problems = read_changes(",".join(f"d{number}~won" for number in range(1_003)))
    assert len(found) == 1_000
    assert problems == ["all but the first 1,000 of 1,003 parts"]
