"""Putting an answer into words: a depth, the facts the rep has, and the rep's own way of writing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from analytics.sample_company import phrases
from analytics.sample_company.cases import (
    DOCUMENTS,
)
from analytics.sample_company.story import Buyer, Facts, Story, capital, fill, write_date

_SENTENCE_END = re.compile(r"(?<=[a-z)])\. (?=[A-Z])")


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
    facts = story.facts(buyer, today, voice.dates, rng)
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
    return capital(fill(rng.choice(forms), with_source))


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
