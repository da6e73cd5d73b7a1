"""What a deal's business case is about: its people, its figures and dates, ready to be put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from analytics.sample_company.cases import (
    CASES,
    EVENTS,
    NO_EVENTS,
    RIVALS,
    WIDER_CAUSES,
    Case,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


_SIGNS = {"USD": "${}", "EUR": "EUR {}", "GBP": "£{}"}


@dataclass(frozen=True)
class Contact:
    """Somebody at the buyer."""

    name: str
    title: str


@dataclass(frozen=True)
class Cast:
    """The buyer's company, the deal's size and the people in it."""

    industry: str
    city: str
    currency: str
    amount: float
    champion: Contact
    economic: Contact
    security: Contact
    procurement: Contact
    user: Contact


@dataclass(frozen=True)
class Buyer:
    """What is known of a deal's buyer when an answer is written; only what is true by then."""

    who: Cast
    reached_economic: bool
    granted: date | None
    decision: date  # of the budget, where it is still open
    budget_hopeless: bool
    needs_review: bool
    queue: int
    event: date | None


def write_date(day: date, way: int) -> str:
    """A date in one of six hands."""
    month = _MONTHS[day.month - 1]
    forms = (
        f"{day.day} {month}",
        f"{month} {day.day}",
        f"{day.day}/{day.month}",
        f"{day.day}.{day.month}.",
        f"{day:%Y-%m-%d}",
        f"{day.day} {month} {day:%y}",
    )
    return forms[way]


def write_money(amount: float, currency: str, rng: Random) -> str:
    """An amount as people round it in passing."""
    if amount >= 950_000:
        return _SIGNS[currency].format(f"{amount / 1e6:.1f}m")
    step = 5_000 if amount > 60_000 else 1_000
    thousands = max(round(amount / step) * step // 1000, 1)
    return _SIGNS[currency].format(rng.choice([f"{thousands}k", f"{thousands}k", f"{thousands},000"]))


class Facts(dict[str, str]):
    """Everything that a fragment's braces may ask for, about one deal on one day."""


def fill(text: str, facts: Facts) -> str:
    """The fragment with its braces filled, and those of the facts themselves."""
    return text.format_map(facts)


def capital(text: str) -> str:
    """The text with a capital letter in front."""
    return text[:1].upper() + text[1:]


class Story:
    """What a deal is about; stays the same from answer to answer."""

    def __init__(self, buyer_industry: str, rng: Random) -> None:
        self.case: Case = rng.choice(CASES[buyer_industry])
        self.number = round(self.case.low * (self.case.high / self.case.low) ** rng.random())
        self.goal = max(round(self.number * rng.uniform(0.15, 0.6)), 1)
        self.wider = rng.choice(WIDER_CAUSES)
        self.event = rng.choice(EVENTS)
        self.no_event = rng.choice(NO_EVENTS)
        self.worth = rng.uniform(1.5, 7.0)  # yearly damage / list amount
        self.hours = rng.randint(6, 90)
        self.year = rng.randint(2017, 2023)
        self.rival = rng.choice(RIVALS)
        self.code = f"{rng.choice('PKCX')}{rng.randint(100, 9999)}"
        self.weeks = rng.randint(2, 9)
        self.share = rng.randint(51, 88)
        self.lead = rng.randint(4, 12)
        self._known = Facts()

    def facts(self, buyer: Buyer, today: date, way: int, rng: Random) -> Facts:
        """The braces' contents as of a day."""
        facts = Facts(self._lasting(buyer))
        facts["seats"] = str(rng.choice([15, 25, 40, 60, 75, 120, 200]))
        self._add_money(facts, buyer, rng)
        self._add_dates(facts, buyer, today, way, rng)
        return facts

    def _lasting(self, buyer: Buyer) -> Facts:
        """What does not change while the deal lives; put together once."""
        if self._known:
            return self._known
        facts = Facts(
            process=self.case.process,
            team=self.case.team,
            system=self.case.system,
            city=buyer.who.city,
            year=str(self.year),
            incumbent=self.rival,
            rival=self.rival,
            hours=str(self.hours),
            fte=f"{self.hours / 38:.1f}",
            code=self.code,
            weeks=str(self.weeks),
            share=str(self.share),
            lead=str(self.lead),
        )
        self._add_texts(facts)
        self._add_people(facts, buyer)
        for key in (
            "process",
            "trouble",
            "cause",
            "effect",
            "wider",
            "measure",
            "event",
            "missed",
            "no_event",
        ):
            facts[capital(key)] = capital(facts[key])
        self._known = facts
        return facts

    def _add_texts(self, facts: Facts) -> None:
        case = self.case
        facts["trouble"], facts["cause"], facts["effect"] = case.trouble, case.cause, case.effect
        facts["measure"] = case.measure.format(n=self.number)
        facts["goal"] = case.measure.format(n=self.goal)
        facts["wider"] = fill(self.wider, facts)
        facts["event"], facts["missed"] = fill(self.event[0], facts), fill(self.event[1], facts)
        facts["event_short"] = facts["event"]
        facts["no_event"] = fill(self.no_event, facts)

    def _add_people(self, facts: Facts, buyer: Buyer) -> None:
        facts["champ"], facts["champ_title"] = buyer.who.champion.name, buyer.who.champion.title
        facts["champ_first"] = buyer.who.champion.name.split()[0]
        facts["buyer"], facts["buyer_title"] = buyer.who.economic.name, buyer.who.economic.title
        facts["sec_title"], facts["proc_title"] = buyer.who.security.title, buyer.who.procurement.title
        facts["user"], facts["user_title"] = buyer.who.user.name, buyer.who.user.title

    def _add_money(self, facts: Facts, buyer: Buyer, rng: Random) -> None:
        facts["money"] = write_money(buyer.who.amount * self.worth, buyer.who.currency, rng)
        facts["budget"] = write_money(buyer.who.amount * rng.uniform(0.95, 1.3), buyer.who.currency, rng)
        facts["price"] = write_money(buyer.who.amount, buyer.who.currency, rng)
        limit = next((x for x in (10, 25, 50, 100, 250, 500) if x * 1000 > buyer.who.amount * 0.5), 1000)
        facts["limit"] = write_money(limit * 1000.0, buyer.who.currency, rng)

    def _add_dates(self, facts: Facts, buyer: Buyer, today: date, way: int, rng: Random) -> None:
        def say(day: date) -> str:
            return write_date(day, way)

        facts["today"] = say(today)
        facts["recently"] = say(today - timedelta(days=rng.randint(1, 9)))
        facts["later"] = say(today + timedelta(days=rng.randint(2, 15)))
        facts["by"] = _MONTHS[(today.month + rng.randint(1, 6)) % 12]
        facts["decision"] = say(buyer.decision)
        granted = buyer.granted or buyer.decision
        facts["granted"], facts["granted_month"] = say(granted), _MONTHS[granted.month - 1]
        facts["event_date"] = say(buyer.event or buyer.decision)
        facts["fy"] = f"{granted.year % 100:02d}"
        facts["q"] = str((today.month - 1) // 3 + 1)
        facts["queue"] = str(buyer.queue)
        facts["legal_weeks"] = str(1 + (buyer.queue * 2 + 1) // 2)
