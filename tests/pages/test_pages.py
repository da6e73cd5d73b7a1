"""Every page, run by Streamlit itself on the small sample company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Scope, company_of, span_of
from analytics.home import home
from analytics.pipeline.quarter_end import SUMS, total
from analytics.pipeline.tables import deals_behind
from analytics.store.database import Store
from analytics.terms import TERMS, label
from analytics.wording import money
from tests.pages.conftest import texts
from tests.pages.planted import planted_store

App = Callable[..., AppTest]
PAGES = sorted(
    str(path.relative_to(Path(__file__).parents[2]))
    for path in (Path(__file__).parents[2] / "pages").rglob("*.py")
    if path.parent.name != "shared"
)


def plain(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_and_says_its_scope(app: App, page: str) -> None:
    at = app(page)
    assert not at.exception
    assert not at.error, [error.value for error in at.error]
    assert len(at.title) == 1
    assert "as of" in plain(texts(at))


@pytest.mark.parametrize("page", PAGES)
def test_without_a_store_every_page_says_what_to_do(app: App, page: str, tmp_path: Path) -> None:
    at = app(page, store=tmp_path / "none.duckdb")
    assert not at.exception
    if page in ("pages/trust/data_loaded.py", "pages/trust/audit.py"):
        assert "Nothing is loaded yet" in texts(at)
        return
    if page == "pages/trust/people.py":
        assert "Nobody signs in here" in texts(at)
        return
    assert "python -m analytics demo" in "\n".join(block.value for block in at.get("code"))


@pytest.mark.parametrize("page", PAGES)
def test_a_file_that_is_no_store_gets_one_clear_message(app: App, page: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.duckdb"
    wrong.write_text("this is not a database\n" * 100)
    at = app(page, store=wrong)
    assert not at.exception
    assert "not a DuckDB database" in plain(texts(at))


def test_the_home_page_shows_the_measures_of_the_analytics(app: App, sample_store: Store) -> None:
    company = company_of(sample_store)
    as_of = span_of(sample_store, company).last_day
    view = home(sample_store, company, Scope(as_of, company.calendar.quarter_of(as_of))).view
    shown = {metric.label: plain(metric.value) for metric in app().metric}
    for key in ("won", "commit", "best_case", "weighted_pipeline"):
        assert shown[label(key)] == money(view.measures[key].value, company.currency)


@pytest.mark.parametrize("key", SUMS)
def test_a_number_opens_into_deals_that_add_up_to_it(app: App, sample_store: Store, key: str) -> None:
    company, as_of = company_of(sample_store), date(2026, 6, 19)
    view = home(sample_store, company, Scope(as_of, company.calendar.quarter_of(as_of))).view
    at = app(number=key, as_of=as_of.isoformat())
    assert not at.exception
    assert f"{label(key)}: the deals behind it" in [header.value for header in at.subheader]
    rows = next(one.value for one in at.dataframe if "Counts with" in one.value)
    assert len(rows)
    assert total(rows["Counts with"]) == view.measures[key].value
    assert money(deals_behind(view, key).total, company.currency, exact=True) in plain(texts(at))


def test_a_number_without_deals_says_so(app: App, tmp_path: Path) -> None:
    at = app(number="won", store=planted_store(tmp_path).path)
    assert not at.exception
    assert "No deals." in [info.value for info in at.info]


def test_the_url_sets_the_scope(app: App) -> None:
    at = app(as_of="2026-03-02", quarter="2026Q2")
    assert at.date_input[0].value == date(2026, 3, 2)
    assert "2026Q2" in plain(texts(at))
    assert "as of Mar 2, 2026" in plain(texts(at))


def test_a_team_in_the_url_narrows_every_number(app: App) -> None:
    whole = app(as_of="2026-08-14")
    teams = [option for option in whole.selectbox[1].options if option != "All teams"]
    narrowed = app(as_of="2026-08-14", team=teams[0])
    assert f"Team {teams[0]}" in plain(texts(narrowed))
    assert narrowed.metric[3].value != whole.metric[3].value


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"as_of": "1999-01-01"}, "the date 1999-01-01"),
        ({"as_of": "yesterday"}, "the date yesterday"),
        ({"team": "Nobody's"}, "the team Nobody's"),
        ({"owner": "U-404"}, "the owner U-404"),
        ({"quarter": "2031Q9"}, "the quarter 2031Q9"),
    ],
)
def test_a_stale_link_says_what_was_not_found(app: App, query: dict[str, str], message: str) -> None:
    at = app(**query)
    assert not at.exception
    assert message in plain(at.warning[0].value)


def test_an_unknown_number_or_check_in_the_url_opens_nothing(app: App) -> None:
    at = app(number="nonsense", check="nonsense")
    assert not at.exception
    assert not [header for header in at.subheader if "behind it" in header.value]


def test_a_deal_page_tells_the_deal(app: App, sample_store: Store) -> None:
    with sample_store.reading() as con:
        deal_id, name = con.execute(
            "select d.deal_id, d.name from deal d join answer a using (deal_id)"
            " group by all having count(distinct a.question) > 3 order by 1 limit 1"
        ).fetchone()
    at = app("pages/deals/one_deal.py", deal=deal_id)
    assert not at.exception
    said = plain(texts(at))
    assert name in said
    assert "What problem are we solving for the prospect?" in said
    assert len(at.get("plotly_chart")) == 1
    assert at.selectbox[3].value == deal_id


def test_an_unknown_deal_is_said_to_be_unknown(app: App) -> None:
    at = app("pages/deals/one_deal.py", deal="NB-404")
    assert not at.exception
    assert "was not known on" in plain(at.warning[0].value)


def test_crm_text_is_shown_as_typed_not_as_markdown(app: App, tmp_path: Path) -> None:
    ugly = "# [x](http://e.vil) $a$ **b** :red[c] <b>d</b>"
    at = app("pages/deals/one_deal.py", store=planted_store(tmp_path, name=ugly).path, deal="D1")
    assert not at.exception
    heading = next(block.value for block in at.markdown if "vil" in block.value)
    for sign in ("\\[x\\]", "\\$a\\$", "\\*\\*b\\*\\*", "\\:red", "\\<b\\>"):
        assert sign in heading


def test_the_definitions_page_lists_every_term_and_finds_some(app: App) -> None:
    at = app("pages/trust/definitions.py")
    assert set(at.table[0].value.index) == {term.label for term in TERMS.values()}
    at.text_input[0].set_value("coverage").run()
    assert 0 < len(at.table[0].value) < len(TERMS)


def test_rejected_rows_are_listed(app: App, tmp_path: Path) -> None:
    at = app("pages/trust/data_loaded.py", store=planted_store(tmp_path, rejects=2).path)
    assert not at.exception
    assert len(at.dataframe[2].value) == 2
    assert "2 rows could not be read" in plain(texts(at))


def test_the_gate_runs_before_a_page_that_is_asked_for_directly(app: App, tmp_path: Path) -> None:
    """A direct link on a fresh server must run app.py (styles.md, section 0), not the bare page."""
    at = app("pages/deals/one_deal.py", store=tmp_path / "none.duckdb", deal="NB-1")
    assert [title.value for title in at.title] == ["Plumbline"]


def test_names_in_the_scope_and_in_the_url_are_shown_as_typed(app: App, tmp_path: Path) -> None:
    """A crafted link or owner's name must not make a viewer's browser fetch a picture."""
    picture = "![x](https://evil.example/p.png)"
    store = planted_store(tmp_path, owner=picture)
    at = app(store=store.path, owner="U1")
    assert not at.exception
    assert not any(picture in caption.value for caption in at.caption)
    for key in ("as_of", "quarter", "team", "owner"):
        stale = app(store=store.path, **{key: picture})
        assert not stale.exception
        assert stale.warning
        assert picture not in stale.warning[0].value


def test_a_gone_deal_says_since_when(app: App, tmp_path: Path) -> None:
    at = app("pages/deals/one_deal.py", store=planted_store(tmp_path, is_gone=True).path, deal="D1")
    assert not at.exception
    assert "gone from the export since" in plain(texts(at))


def test_a_session_survives_a_store_that_ends_earlier(app: App, tmp_path: Path) -> None:
    at = app()
    planted = planted_store(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMBLINE_STORE", str(planted.path))
        at.run()
    assert not at.exception
    assert "not in the data at this date" in plain(at.warning[0].value)
