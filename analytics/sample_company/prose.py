"""Putting an answer into words: a depth, the facts the rep has, and the rep's own way of writing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from analytics.sample_company import phrases
from analytics.sample_company.cases import (
    CASES,
    DOCUMENTS,
    EVENTS,
    NO_EVENTS,
    RIVALS,
    WIDER_CAUSES,
    Case,
)

_SENTENCE_END = re.compile(r"(?<=[a-z)])\. (?=[A-Z])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
_SIGNS = {"USD": "${}", "EUR": "EUR {}", "GBP": "£{}"}


@dataclass(frozen=True)
class Voice:
    """How one rep writes."""

    dates: int  # which way of writing dates
    terse: float  # share of answers in telegram style
    typos: float
    bullets: float
    chatty: float  # openers and trailers
    language: str  # 'en', 'de' or 'fr'
    foreign: float  # share of answers in that language
    bluffs: float  # share of shallow answers that are dressed up
    copies: float  # share of answers pasted from another deal


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


def draw_voice(rng: Random, region: str) -> Voice:
    """A rep's hand, for life."""
    language = "en"
    if region == "Central Europe":
        language = rng.choice(["de", "de", "de", "fr", "en"])
    return Voice(
        dates=rng.randrange(6),
        terse=rng.choice([0.05, 0.2, 0.5, 0.85]),
        typos=rng.choice([0.0, 0.02, 0.08, 0.2]),
        bullets=rng.choice([0.0, 0.0, 0.05, 0.3]),
        chatty=rng.choice([0.02, 0.08, 0.25]),
        language=language,
        foreign=rng.uniform(0.15, 0.6),
        bluffs=rng.choice([0.02, 0.06, 0.12, 0.45]),
        copies=rng.choice([0.0, 0.03, 0.06, 0.22]),
    )


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


def _upper(text: str) -> str:
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

    def facts(self, buyer: Buyer, today: date, voice: Voice, rng: Random) -> Facts:
        """The braces' contents as of a day."""
        facts = Facts(self._lasting(buyer))
        facts["seats"] = str(rng.choice([15, 25, 40, 60, 75, 120, 200]))
        self._add_money(facts, buyer, rng)
        self._add_dates(facts, buyer, today, voice, rng)
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
            facts[_upper(key)] = _upper(facts[key])
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

    def _add_dates(self, facts: Facts, buyer: Buyer, today: date, voice: Voice, rng: Random) -> None:
        def say(day: date) -> str:
            return write_date(day, voice.dates)

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


def _explained_key(question: str, buyer: Buyer) -> str:
    """Which list of depth-3 fragments is true of this buyer."""
    if question == "budget":
        return (
            "budget_granted"
            if buyer.granted
            else "budget_none"
            if buyer.budget_hopeless
            else "budget_pending"
        )
    if question == "stakeholders":
        return "stakeholders_reached" if buyer.reached_economic else "stakeholders_missing"
    if question == "gotchas":
        return "gotchas_review" if buyer.needs_review else "gotchas_light"
    if question == "compelling_event":
        return "event" if buyer.event else "no_event"
    return question


def compose(
    question: str, depth: int, story: Story, buyer: Buyer, today: date, voice: Voice, rng: Random
) -> str:
    """One answer of this depth, in this voice."""
    if depth == 0 and rng.random() < 0.85:
        return rng.choice(phrases.NOTHING) if rng.random() < 0.9 else ""
    facts = story.facts(buyer, today, voice, rng)
    if depth == 0:
        return fill(rng.choice(phrases.BESIDE), facts)
    foreign = voice.language != "en" and rng.random() < voice.foreign
    core = _core(question, depth, buyer, facts, voice.language if foreign else "en", rng)
    if depth == 4:
        core = _with_evidence(question, core, buyer, facts, today, voice, foreign, rng)
    return _in_voice(core, depth, facts, voice, rng)


def _core(question: str, depth: int, buyer: Buyer, facts: Facts, language: str, rng: Random) -> str:
    level = str(min(depth, 3))
    if language != "en" and _holds_abroad(question, level, buyer):
        pool = phrases.GERMAN if language == "de" else phrases.FRENCH
        places = phrases.FOREIGN_FOR[language][level][question]
        if places:
            return fill(pool[level][rng.choice(places)], facts)
    if depth == 1:
        return fill(_surface(question, rng), facts)
    if depth == 2:
        return _specific(question, buyer, facts, rng)
    return fill(rng.choice(phrases.EXPLAINED[_explained_key(question, buyer)]), facts)


def _surface(question: str, rng: Random) -> str:
    """One commonplace or two of them, now and then with a shrug or a flourish."""
    said = rng.sample(phrases.SURFACE[question], 2 if rng.random() < 0.35 else 1)
    text = rng.choice((", ", ". ", " / ", "; ", " - ")).join(said)
    return text + rng.choice(phrases.SHRUGS) if rng.random() < 0.3 else text


def _specific(question: str, buyer: Buyer, facts: Facts, rng: Random) -> str:
    pool = phrases.SPECIFIC[question]
    if question == "compelling_event" and not buyer.event:
        pool = pool[2:]
    return fill(rng.choice(pool), facts)


def _holds_abroad(question: str, level: str, buyer: Buyer) -> bool:
    """The few German and French fragments of depth 3 each suppose one state of the buyer."""
    if level != "3":
        return True
    supposed = {
        "budget": buyer.granted is None and not buyer.budget_hopeless,
        "stakeholders": not buyer.reached_economic,
        "gotchas": buyer.needs_review,
        "compelling_event": buyer.event is not None,
    }
    return supposed.get(question, True)


def _with_evidence(
    question: str,
    core: str,
    buyer: Buyer,
    facts: Facts,
    today: date,
    voice: Voice,
    foreign: bool,
    rng: Random,
) -> str:
    """Who said so, or where it stands, and when."""
    sources = [buyer.who.champion, buyer.who.champion, buyer.who.user]
    if buyer.reached_economic:
        sources += [buyer.who.economic, buyer.who.economic]
    if question == "gotchas":
        sources += [buyer.who.security, buyer.who.procurement]
    source = rng.choice(sources)
    said = today - timedelta(days=rng.randint(1, 24))
    if question == "budget" and buyer.granted and said < buyer.granted <= today:
        said = buyer.granted
    forms: tuple[str, ...] = phrases.EVIDENCE
    if foreign:
        forms = (phrases.GERMAN if voice.language == "de" else phrases.FRENCH)["4"]
    with_source = Facts(
        facts,
        who=source.name,
        title=source.title,
        date=write_date(said, voice.dates),
        doc=rng.choice(DOCUMENTS),
        core=core,
    )
    return _upper(fill(rng.choice(forms), with_source))


def _in_voice(text: str, depth: int, facts: Facts, voice: Voice, rng: Random) -> str:
    """The same substance as this rep would type it."""
    if rng.random() < voice.chatty:
        text = fill(rng.choice(phrases.OPENERS), facts) + text
    if rng.random() < voice.chatty * 0.6:
        text = text.rstrip(".") + "." + fill(rng.choice(phrases.TRAILERS), facts)
    if depth in (1, 2) and rng.random() < 0.12:
        text = text.rstrip(".!") + "." + "".join(rng.sample(phrases.PADDING, rng.randint(1, 2)))
    text = text.replace("..", ".")
    if rng.random() < voice.terse:
        text = _terse(text, rng)
    if depth >= 3 and rng.random() < voice.bullets:
        text = "\n".join(f"- {part}" for part in _SENTENCE_END.split(text))
    if rng.random() < voice.typos:
        text = _typo(text, rng)
    return text


_SHORT = (
    (" because ", " bc "),
    (" with ", " w/ "),
    (" and ", " & "),
    (" without ", " w/o "),
    (" about ", " ~"),
    ("the ", ""),
    (" weeks", " wks"),
    (" people", " ppl"),
    (" meeting", " mtg"),
    (" a month", "/mth"),
    ("They ", ""),
)


def _terse(text: str, rng: Random) -> str:
    for long, short in rng.sample(_SHORT, 6):
        text = text.replace(long, short)
    is_plain_word = text[1:2].islower() or text[1:2] == " "
    return text[:1].lower() + text[1:] if is_plain_word and rng.random() < 0.6 else text


def _typo(text: str, rng: Random) -> str:
    """Two letters swapped inside a word, once or twice; digits are left alone."""
    letters = list(text)
    for _ in range(rng.randint(1, 2)):
        spot = rng.randrange(max(len(letters) - 2, 1))
        pair = letters[spot : spot + 2]
        if all(letter.isalpha() and letter.islower() for letter in pair):
            letters[spot : spot + 2] = pair[::-1]
    return "".join(letters)


def dress_up(question: str, facts: Facts, rng: Random) -> str:
    """A shallow answer made long: sounds well, says nothing."""
    start = fill(rng.choice(phrases.SURFACE[question]), facts).rstrip(".!")
    return start + "." + "".join(rng.sample(phrases.PADDING, rng.randint(1, 3)))
