"""One cached call per answer, keyed by the scope and the version of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any

import streamlit as st

from analytics.access.granting import directory
from analytics.access.rights import Deed, NotAllowed, must
from analytics.access.sights import sight_of
from analytics.access.viewer import Viewer, grants
from analytics.accuracy_view import Accuracy, accuracy
from analytics.at_risk import AtRisk, at_risk, of_scope
from analytics.business_case.feed import Feed, answer_changes
from analytics.business_case.judging import Judged, judged_by_people
from analytics.business_case.questions import Method, method_as_of
from analytics.business_case.search import search
from analytics.case_view import CaseView, case_view
from analytics.case_worth import CaseWorth, case_worth, record_without, without_use
from analytics.company import Company, DataSpan, Scope, company_of, span_of
from analytics.data_loaded import DataLoaded, data_loaded
from analytics.deal_risk import DealRisk, of_deal
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis
from analytics.forecast.change import ChangeBridge, since_week_earlier
from analytics.forecast.quarter_forecast import Forecast, Whole, forecast
from analytics.forecast.record import Record
from analytics.home import Home, home
from analytics.import_history import Imports, imports_of
from analytics.learned import Asked, drawn_whole, learned_basis, learned_history
from analytics.model_card import ModelCard, model_card
from analytics.next_quarters import NextQuarters, next_quarters, quarters_from
from analytics.number import Number, number
from analytics.one_deal import OneDeal, deal_choices, one_deal
from analytics.pipeline.owners import Owners, owners_as_of
from analytics.problems import NoDeals, NoStore, NotEnough
from analytics.risk.chances import History
from analytics.sheets import Sheets, sheet_paragraphs, sheets_as_of
from analytics.store.database import Store, store_path
from analytics.store.sight import Sight
from analytics.store.versions import Versions, versions_of
from analytics.warning_list import WarningList, warning_list
from analytics.wording import plain
from pages.shared import signin

#: Histories that are kept: each holds the landmarks of all quarters (about 100 MB for 5,000 deals).
_MOST_HISTORIES = 3
#: Scopes whose forecast is kept: those of a meeting in which everybody looks at their own (docs/load.md).
_MOST_SCOPES = 64
_BASIS = "Foretelling where past quarters would end"
_QUARTERS = "quarters whose end was drawn"


def store() -> Store:
    """The store as this reader may see it at the date looked at (`look_at`).

    Raises NotAllowed where that is not settled for this very reader: nothing is shown rather than everything.
    """
    viewer = signin.the_viewer()
    settled_for, sight = st.session_state.get("sight", (None, None))
    if settled_for == viewer or viewer.sees_all:
        return replace(everything(), sight=sight if settled_for == viewer else None)
    raise NotAllowed("what you may see is not settled yet", to_do="Reload the page.")


def everything() -> Store:
    """The whole store: for settings, for writing, and for learning from all deals, of which it shows none."""
    return Store(store_path())


def to_write(
    deed: Deed,
    deal_id: str = "",
    owner_id: str | None = None,
    *,
    document_id: str = "",
    decision_id: str = "",
) -> Store:
    """The whole store, for a reader who may do this (to this deal, of this owner ...). Raises BadInput.

    Asked when it is done, not only when its form was drawn: what a browser sends need not come from a form,
    and a form may stand open while its reader's role is changed. What is written is dated today, so what
    counts is what the reader sees on the last day, whichever day is looked at.
    """
    viewer = signin.the_viewer()
    must(viewer, deed)
    sight = sight_today(viewer)
    if sight is None:
        return everything()
    company, mine = the_company(), replace(everything(), sight=sight)
    ends: dict[str, Any] = {"as_of_end": sight.as_of_end}
    if deal_id and deal_id not in _deal_choices(mine, versions().facts, company, the_span().last_day):
        raise NotAllowed("there is no such deal here", got=deal_id)
    if owner_id is not None and owner_id not in sight.owners:
        raise NotAllowed("this is not yours to write", got=owner_id or "the company's")
    if document_id and document_id not in set(
        mine.query("documents_as_of", **ends, deal_id=None)["document_id"]
    ):
        raise NotAllowed("there is no such Blue Sheet here", got=document_id)
    if decision_id and decision_id not in set(mine.query("decisions_as_of", **ends)["decision_id"]):
        raise NotAllowed("there is no such action here", got=decision_id)
    return everything()


@st.cache_data(max_entries=8, show_spinner=False)
def _company(store: Store, version: str) -> Company:
    return company_of(store)


@st.cache_data(max_entries=8, show_spinner=False)
def _span(store: Store, version: str, company: Company) -> DataSpan:
    return span_of(store, company)


@st.cache_data(max_entries=256, show_spinner=False)
def _sight(store: Store, version: str, company: Company, viewer: Viewer, as_of: date) -> Sight | None:
    return sight_of(store, company, viewer, as_of)


@st.cache_data(max_entries=64, show_spinner=False)
def _owners(store: Store, version: str, company: Company, as_of: date) -> Owners:
    return owners_as_of(store, company, as_of)


@st.cache_data(max_entries=64, show_spinner="Reading the deals …")
def _home(store: Store, version: str, company: Company, scope: Scope) -> Home:
    return home(store, company, scope)


@st.cache_data(max_entries=64, show_spinner="Reading the deals …")
def _deal_choices(store: Store, version: str, company: Company, as_of: date) -> dict[str, str]:
    choices = deal_choices(store, company, as_of)
    return dict(zip(choices["deal_id"], choices["label"], strict=True))


@st.cache_data(max_entries=256, show_spinner="Reading the deal …")
def _one_deal(store: Store, version: str, company: Company, deal_id: str, as_of: date) -> OneDeal:
    return one_deal(store, company, deal_id, as_of)


@st.cache_data(max_entries=64, show_spinner="Reading the business cases …")
def _cases(store: Store, version: str, company: Company, scope: Scope) -> CaseView:
    return case_view(store, company, scope)


@st.cache_data(max_entries=64, show_spinner="Searching …")
def _found(store: Store, version: str, company: Company, scope: Scope, typed: str) -> Any:
    ours = set(_cases(store, version, company, scope).deals["deal_id"])
    return search(store, typed, company.calendar.end_of(scope.as_of), deal_ids=ours)


@st.cache_data(max_entries=64, show_spinner="Reading the changes …")
def _changes(store: Store, version: str, company: Company, as_of: date, days: int) -> Feed:
    return answer_changes(store, company, as_of, days)


@st.cache_data(max_entries=8, show_spinner=False)
def _data_loaded(store: Store, version: str) -> DataLoaded:
    return data_loaded(store)


@st.cache_data(max_entries=8, show_spinner=False)
def _imports(store: Store, version: str) -> Imports:
    return imports_of(store)


@st.cache_data(max_entries=16, show_spinner="Reading the Blue Sheets …")
def _sheets(store: Store, version: str, company: Company, as_of: date) -> Sheets:
    return sheets_as_of(store, company, as_of)


@st.cache_data(max_entries=64, show_spinner="Reading the Blue Sheet …")
def _paragraphs(store: Store, version: str, company: Company, document_id: str, as_of: date) -> Any:
    return sheet_paragraphs(store, company, document_id, as_of)


@st.cache_data(max_entries=16, show_spinner=False)
def _method(store: Store, version: str, company: Company, as_of: date) -> Method:
    return method_as_of(store, company.method, company.calendar.end_of(as_of))


@st.cache_data(max_entries=16, show_spinner="Comparing with what people said …")
def _judged(store: Store, version: str, company: Company, as_of: date) -> Judged:
    return judged_by_people(store, company.calendar.end_of(as_of))


@st.cache_data(max_entries=4, show_spinner="Measuring what each warning went with in the past …")
def _warnings(store: Store, version: str, company: Company, as_of: date) -> WarningList:
    return warning_list(store, company, as_of)


@st.cache_resource
def _made(what: str) -> tuple[Lock, dict[tuple[Any, ...], Any]]:
    """What takes long, per (store, store version, company, day): shared by all readers, made once."""
    return Lock(), {}


@st.cache_resource(max_entries=8, show_spinner="Holding what is stated against the evidence …")
def _risk(
    store: Store, version: str, company: Company, as_of: date, quarter: Quarter, _history: History
) -> AtRisk:
    return at_risk(store, company, Scope(as_of, quarter), _history)


@st.cache_resource(max_entries=64, show_spinner="Looking for the reasons …")
def _deal_risk(
    store: Store, version: str, company: Company, as_of: date, quarter: Quarter, deal_id: str, _found: AtRisk
) -> DealRisk | None:
    return of_deal(_found.chances, _found.statements, company, deal_id)


@st.cache_resource(max_entries=4, show_spinner="Drawing how the quarter may end …")
def _whole(
    store: Store, version: str, company: Company, as_of: date, quarter: Quarter, _basis: Basis
) -> Whole:
    return drawn_whole(Asked(store, version, company, as_of), quarter, _basis)


@st.cache_resource(max_entries=_MOST_SCOPES, show_spinner=False)
def _forecast(store: Store, version: str, company: Company, scope: Scope, _whole: Whole) -> Forecast:
    return forecast(store, company, scope, _whole.basis, _whole)


@st.cache_resource(max_entries=_MOST_SCOPES, show_spinner="Comparing with past quarters …")
def _number(store: Store, version: str, company: Company, scope: Scope, _forecast: Forecast) -> Number:
    return number(store, company, _forecast)


@st.cache_resource(max_entries=_MOST_SCOPES, show_spinner="Comparing with a week earlier …")
def _change(store: Store, version: str, company: Company, scope: Scope, _forecast: Forecast) -> ChangeBridge:
    return since_week_earlier(store, company, _forecast)


@st.cache_resource(max_entries=4, show_spinner="Comparing with what happened …")
def _accuracy(store: Store, version: str, company: Company, scope: Scope, _basis: Basis) -> Accuracy:
    return accuracy(store, company, _basis, scope)


@st.cache_resource(max_entries=8, show_spinner=False)
def _versions(store: Store, file_version: str) -> Versions:
    return versions_of(store)


def versions() -> Versions:
    """What changes when the CRM's facts, the decisions, or the calls change: the keys of every cache."""
    return _versions(everything(), everything().version())


def _key() -> tuple[Store, str]:
    """The store and its facts: what is decided or called in a meeting makes nobody learn anew."""
    return store(), versions().facts


def _key_of_all() -> tuple[Store, str]:
    return everything(), versions().facts


def _key_with_calls() -> tuple[Store, str]:
    found = versions()
    return store(), f"{found.facts} {found.calls}"


def look_at(viewer: Viewer, as_of: date) -> tuple[str, ...] | None:
    """Settle what a reader sees at a day, before any deal is read; the owners, or None for everybody."""
    sight = _sight(*_key_of_all(), the_company(), viewer, as_of)
    st.session_state["sight"] = (viewer, sight)
    return sight.owners if sight else None


def sight_today(viewer: Viewer) -> Sight | None:
    """What a reader sees on the store's last day, whichever is looked at; None is all of it."""
    if viewer.sees_all:
        return None
    return _sight(*_key_of_all(), the_company(), viewer, the_span().last_day)


def the_company() -> Company:
    """The company's settings."""
    return _company(*_key_of_all())


def the_span() -> DataSpan:
    """What the store covers."""
    return _span(*_key_of_all(), the_company())


def has_deals() -> bool:
    """Whether there is something to show."""
    try:
        the_span()
    except (NoStore, NoDeals):
        return False
    return True


def the_owners(as_of: date) -> Owners:
    """Teams and owners at a day."""
    return _owners(*_key(), the_company(), as_of)


def the_home(scope: Scope) -> Home:
    """The quarter-end page's data."""
    return _home(*_key(), the_company(), scope)


def the_history(as_of: date) -> History:
    """What was learned up to a day, with a progress bar where it has to be learned first."""
    asked = _asked(as_of)
    found: History = _once(
        "Learning from the past quarters", asked, lambda report: learned_history(Asked(*asked), report)
    )
    return found


def _asked(as_of: date) -> tuple[Store, str, Company, date]:
    """What is asked for, taken before anything is made: what lands meanwhile must not be kept as if seen."""
    return (*_key_of_all(), the_company(), as_of)


def _once(what: str, key: tuple[Any, ...], make: Callable[[Callable[[float, str], None]], Any]) -> Any:
    """Make something with a progress bar, or take what another reader has made; `key`: of `_asked`.

    Streamlit's own cache would replay the progress bar of the reader who made it, and fail.
    """
    lock, held = _made(what)
    place = st.empty()  # in every run: what stands below must keep its place, or open expanders would close
    found = held.get(key)
    if found is None:
        with show_progress(what, place) as report, lock:
            found = held.get(key)  # another reader may have made it meanwhile
            if found is None:
                for old in [one for one in held if one[:2] != key[:2]]:
                    del held[old]  # of another state of the store: nobody will ask for it again
                found = make(report)
                for old in list(held)[: max(len(held) - _MOST_HISTORIES + 1, 0)]:
                    del held[old]
                held[key] = found
    return found


def the_risk(scope: Scope) -> AtRisk:
    """The At risk page's data: the scope's open deals."""
    found = _risk(*_asked(scope.as_of), scope.quarter, the_history(scope.as_of))
    return of_scope(found, scope)


def the_deal_risk(deal_id: str, scope: Scope) -> DealRisk | None:
    """Where one deal goes by quarter end, and why; None if it is not open, or kept from this reader."""
    asked = (*_asked(scope.as_of), scope.quarter)
    found = _risk(*asked, the_history(scope.as_of))
    if scope.sees is not None and deal_id not in the_deal_choices(scope.as_of):
        return None
    return _deal_risk(*asked, deal_id, found)


def the_card(as_of: date) -> ModelCard:
    """The model card's data, tested forward in time with a progress bar."""
    asked, history = _asked(as_of), the_history(as_of)
    found: ModelCard = _once(
        "Foretelling past quarters from those before them",
        asked,
        lambda report: Asked(*asked).once("model card", lambda: model_card(history, report), history),
    )
    return found


def the_basis(as_of: date) -> Basis:
    """What a forecast rests on at a day, with a progress bar where it has to be learned first."""
    asked, history = _asked(as_of), the_history(as_of)
    found: Basis = _once(_BASIS, asked, lambda report: learned_basis(Asked(*asked), history, report))
    return found


def the_whole(as_of: date, quarter: Quarter) -> Whole:
    """One quarter of the whole company; all scopes share it. Raises BadInput if it is over at the day."""
    asked = (*_asked(as_of), quarter)
    found = _whole(*asked, the_basis(as_of))
    _made(_QUARTERS)[1][asked] = True
    return found


def has_whole(as_of: date, quarter: Quarter) -> bool:
    """Whether `the_whole` of a day and quarter is there without waiting."""
    return (*_asked(as_of), quarter) in _made(_QUARTERS)[1]


def the_forecast(scope: Scope) -> Forecast:
    """Where the scope's quarter will end. Raises BadInput if it is over at the day."""
    return _forecast(*_key(), the_company(), scope, the_whole(scope.as_of, scope.quarter))


def the_next_quarters(scope: Scope) -> NextQuarters:
    """The as-of date's quarter and the next ones, side by side."""
    quarters = quarters_from(the_company(), scope.as_of)
    return next_quarters([the_forecast(replace(scope, quarter=quarter)) for quarter in quarters])


def the_number(scope: Scope) -> Number:
    """What the quarter-end page says of the number. Raises BadInput if the quarter is over at the day."""
    return _number(*_key_with_calls(), the_company(), scope, the_forecast(scope))


def the_change(scope: Scope) -> ChangeBridge:
    """What moved the number in the last week."""
    return _change(*_key(), the_company(), scope, the_forecast(scope))


def the_accuracy(scope: Scope) -> Accuracy:
    """How the company's, or a team's, number did in past quarters; an owner's scope is that of their team."""
    return _accuracy(*_key_with_calls(), the_company(), replace(scope, owner_id=""), the_basis(scope.as_of))


def the_case_worth(scope: Scope) -> CaseWorth | NotEnough:
    """The record with and without the business-case answers, made with a progress bar."""
    asked, basis = _asked(scope.as_of), the_basis(scope.as_of)
    if missing := without_use(basis):
        return missing
    without: Record = _once(
        "Foretelling past quarters without the business-case answers",
        asked,
        lambda report: Asked(*asked).once(
            "record without the answers",
            lambda: record_without(everything(), the_company(), basis, report),
            basis,
            basis.history,
        ),
    )
    return case_worth(basis.record, without, scope.team)


@contextmanager
def show_progress(what: str, place: Any) -> Iterator[Callable[[float, str], None]]:
    """A progress bar in a place of the page, gone when the work is done."""
    bar = place.progress(0.0, text=f"{what} …")

    def report(share: float, text: str) -> None:
        bar.progress(min(max(share, 0.0), 1.0), text=plain(f"{what}: {text} …"))

    try:
        yield report
    finally:
        place.empty()


def the_deal_choices(as_of: date) -> dict[str, str]:
    """deal_id -> label of the deals that a reader can choose."""
    return _deal_choices(*_key(), the_company(), as_of)


def the_deal(deal_id: str, as_of: date) -> OneDeal:
    """The deal page's data."""
    return _one_deal(*_key(), the_company(), deal_id, as_of)


def the_cases(scope: Scope) -> CaseView:
    """The business-case page's data."""
    return _cases(*_key(), the_company(), scope)


def the_found(typed: str, scope: Scope) -> Any:
    """What answers and Blue Sheets of the scope's open deals say about the words typed: rows of search()."""
    return _found(*_key(), the_company(), scope, typed)


def the_changes(as_of: date, days: int) -> Feed:
    """The answers that changed in the days up to one."""
    return _changes(*_key(), the_company(), as_of, days)


def the_sheets(as_of: date) -> Sheets:
    """The Blue Sheets known at a day."""
    return _sheets(*_key(), the_company(), as_of)


def the_paragraphs(document_id: str, as_of: date) -> Any:
    """What stands in a Blue Sheet, and what became of it."""
    return _paragraphs(*_key(), the_company(), document_id, as_of)


def the_method(as_of: date) -> Method:
    """The company's questions as of a day."""
    return _method(*_key_of_all(), the_company(), as_of)


def the_judged(as_of: date) -> Judged:
    """What people's own levels say of the scorer."""
    return _judged(*_key_of_all(), the_company(), as_of)


def the_warnings(as_of: date) -> WarningList:
    """The warnings at a day: their limits, what they went with, and who shows them."""
    return _warnings(*_asked(as_of))


def the_imports() -> Imports:
    """The imports, newest first, and which of them are undone."""
    return _imports(store(), store().version())


def the_data_loaded() -> DataLoaded:
    """What was loaded, and what could not be read."""
    return _data_loaded(store(), store().version())


@st.cache_data(max_entries=8, show_spinner=False)
def _grants(store: Store, version: str) -> Any:
    return grants(store)


def the_grants() -> Any:
    """Who was let in: of `grants`."""
    return _grants(everything(), everything().version())


@st.cache_data(max_entries=8, show_spinner=False)
def _directory(store: Store, version: str, company: Company) -> dict[str, str]:
    return directory(store, company)


def the_directory() -> dict[str, str]:
    """Everybody of the CRM today: person_id -> name and title."""
    try:
        company = the_company()
    except NoStore:
        return {}
    return _directory(everything(), everything().version(), company)
