"""How old what is shown is: one line for every page, and what to do when it is too old."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.company import Company, span_of
from analytics.store.database import Store
from analytics.sync.freshness import Freshness as Source
from analytics.sync.freshness import freshness
from analytics.wording import count, day, listed

#: A weekly file may come a day late; a live source is read every night at least.
STALE_DAYS = 8
STALE_HOURS = 26
#: A live source that did not run for so long was given up, and is no longer looked at.
_RUNS_DAYS = 60
NAMES = {"salesforce": "Salesforce", "hubspot": "HubSpot"}


@dataclass(frozen=True)
class Freshness:
    """`text`: how old the data are, always shown. `problems`: what is wrong, in sentences; empty if nothing.

    `since`: the company day up to which the CRM is known. `to_do`: '' where nothing is wrong.
    """

    text: str
    since: date
    problems: list[str] = field(default_factory=list)
    to_do: str = ""
    is_sample: bool = False


def freshness_of(store: Store, company: Company, now: datetime | None = None) -> Freshness:
    """How old what the store knows is at `now` (UTC, without zone). Raises BadInput if it holds no deals.

    Live sources are stale after 26 hours or a failed run, files after 8 days without one. The sample company
    is dated on purpose, so it is never stale.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    with store.reading():
        last_day = span_of(store, company).last_day
        age = store.query("data_age").iloc[0]
        sources = freshness(store, now - timedelta(days=_RUNS_DAYS))
    said = f"Data as of {day(last_day, locale=company.locale)}"
    if sources:
        return _live(sources, company, last_day, now)
    if age["is_sample"]:
        return Freshness(f"{said}, the sample company's last day.", last_day, is_sample=True)
    days = (
        company.calendar.day_of(now) - company.calendar.day_of(age["last_loaded_at"].to_pydatetime())
    ).days
    text = f"{said}, loaded {_ago(days)}."
    if days <= STALE_DAYS:
        return Freshness(text, last_day)
    problem = f"No export was loaded for {count(days, 'day')}"
    return Freshness(text, last_day, [problem], "Load a new one: `python -m analytics import PATH`.")


def _live(sources: list[Source], company: Company, last_day: date, now: datetime) -> Freshness:
    """Each live source by its last good run, and what failed since."""
    texts: list[str] = []
    problems: list[str] = []
    known: list[date] = []
    to_run: list[str] = []
    for source in sources:
        before = len(problems)
        name = NAMES.get(source.system, source.system)
        at = source.crm_as_of or source.last_success
        if at is None:
            texts.append(f"{name} was not read yet")
        else:
            known.append(company.calendar.day_of(at))
            texts.append(f"{name} as of {_moment(at, company, now)}")
            if now - at > timedelta(hours=STALE_HOURS):
                problems.append(f"{name} was last read {_moment(at, company, now)}")
        if source.failures_since:
            texts[-1] += f"; {count(source.failures_since, 'sync')} failed since"
            why = source.message.rstrip(".")
            problems.append(f"The last sync of {name} failed{': ' + why if why else ''}")
        if len(problems) > before:
            to_run.append(f"`python -m analytics sync {source.system}`")
    to_do = f"Run {listed(to_run)} by hand to see why (docs/sync.md)." if to_run else ""
    return Freshness(f"{listed(texts)}.", min(known, default=last_day), problems, to_do)


def _moment(at: datetime, company: Company, now: datetime) -> str:
    """06:00 today, or the day before it."""
    local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(company.calendar.time_zone))
    is_today = local.date() == company.calendar.day_of(now)
    return f"{local:%H:%M}" if is_today else f"{day(local.date(), locale=company.locale)}, {local:%H:%M}"


def _ago(days: int) -> str:
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
