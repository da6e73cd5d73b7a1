"""Named rules: each finds spans of an answer's text that speak for or against depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from analytics.business_case.depth.vocabulary import MARKS, SLOTS, phrases


@dataclass(frozen=True)
class Mark:
    """What one rule found: its name, where, and in which sentence."""

    rule: str
    start: int
    end: int
    text: str
    sentence: int = 0


_MONTH = (
    r"(?:jan(?:uary|uar|vier|eiro|v)?|feb(?:ruary|ruar|rero)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|märz|mrz|maart|"
    r"apr(?:il|ile)?|avril|abr(?:il)?|may|mai|mayo|maio|maggio|mei|june?|juni|juin|junio|junho|giugno|"
    r"july?|juli|juillet|julio|julho|luglio|aug(?:ust|ustus)?|août|agosto|sept?(?:ember|embre|iembre)?|"
    r"setembro|settembre|o[ck]t(?:ober|obre|ubre)?|outubro|ottobre|nov(?:ember|embre|iembre|embro)?|"
    r"de[cz](?:ember|iembre|embro)?|décembre|dicembre|enero|gennaio|febbraio|aprile|"
    r"stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia)\b\.?"
)
_UNIT = (
    r"(?:min(?:ute)?s?|minuten|h|hrs?|hours?|stunden?|heures?|horas?|ore|uur|godz\w*|days?|tage?n?|jours?|d[ií]as?|giorni|dagen|dni|"
    r"wks?|weeks?|wochen?|semaines?|semanas?|settimane|weken|tygodni\w*|mos?|mths?|months?|monate?n?|mois|meses|mesi|maanden|miesi\w*|"
    r"yrs?|years?|jahre?n?|ans|años|anos|anni|jaar|lat|quarters?|shifts?|nights?|seconds?|secs?)\b"
)
_NUMBER = r"\d+(?:[.,'’  ]\d+)*"
_WORD_NUMBER = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|dos|tres|cuatro|cinco|"
    r"seis|siete|ocho|diez|dois|três|quatro|due|tre|quattro|twee|drie|vijf|zes|tien|dwa|trzy)"
)
_CURRENCY = (
    r"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CAD|AUD|NZD|SGD|JPY|CNY|INR|BRL|ZAR|KES|KRW|AED|MXN|CZK|HUF|TRY|"
    r"euros?|dollars?|pounds?|złotych|zł|kronor|francs|Euro|reais)\b"
)
_SCALE = r"(?:k|K|m|M|mn|mio|Mio|MM|bn|million|millions|Millionen|mil|T€|k€|K€|M€|KEUR|kEUR|TEUR|MEUR|kUSD|kCHF|tsd)"
_NAME = r"[A-ZÀ-ÖØ-ÞŁŚŻŹČŠŽĐ][a-zà-öø-ÿąćęłńóśźżčšžđőűğışřňťů'’]+(?:[A-Z][a-z]+)?(?:-[A-ZÀ-Þ][\wà-ÿ]+)?"
_NOT_NAMES = frozenset(
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Sept",
        "Oct",
        "Nov",
        "Dec",
        "The",
        "They",
        "Their",
        "This",
        "That",
        "These",
        "Those",
        "There",
        "Then",
        "When",
        "While",
        "With",
        "Without",
        "We",
        "Our",
        "Yes",
        "No",
        "Not",
        "Our",
        "In",
        "On",
        "At",
        "By",
        "For",
        "From",
        "And",
        "But",
        "Or",
        "If",
        "It",
        "Its",
        "He",
        "She",
        "His",
        "Her",
        "Head",
        "Director",
        "Manager",
        "Chief",
        "Officer",
        "President",
        "Vice",
        "Senior",
        "Group",
        "Board",
        "Committee",
        "Finance",
        "Legal",
        "Security",
        "Operations",
        "Sales",
        "Marketing",
        "Quality",
        "Purchasing",
        "Procurement",
        "Excel",
        "Power",
        "Teams",
        "Slack",
        "Jira",
        "Sharepoint",
        "Salesforce",
        "Microsoft",
        "Google",
        "Oracle",
        "Sage",
        "Workday",
        "Windows",
        "Office",
        "Access",
        "Outlook",
        "Budget",
        "Problem",
        "Impact",
        "Root",
        "Cause",
        "Champion",
        "Owner",
        "Sponsor",
        "Competitor",
        "Stakeholders",
        "Price",
        "Pricing",
        "License",
        "Contract",
        "Audit",
        "Call",
        "Mail",
        "New",
        "Old",
        "North",
        "South",
        "East",
        "West",
        "Data",
        "Digital",
        "Project",
        "Programme",
        "Program",
        "Phase",
        "Plan",
        "Year",
        "Quarter",
        "Week",
        "Day",
        "Month",
        "Nothing",
        "Everything",
        "Everyone",
        "Nobody",
        "Great",
        "Good",
        "Strong",
        "Very",
        "Some",
        "All",
        "Both",
        "Each",
        "Every",
        "Only",
        "Also",
        "Just",
        "What",
        "Who",
        "How",
        "Why",
        "Where",
        "Which",
        "Because",
        "Since",
        "So",
        "Business",
        "Customer",
        "Company",
        "Industry",
        "Market",
        "Bank",
        "Insurance",
        "University",
        "Hospital",
        "City",
        "County",
        "State",
        "United",
        "Kingdom",
        "States",
        "London",
        "Paris",
        "Berlin",
        "Munich",
        "Frankfurt",
        "Zurich",
        "Vienna",
        "Madrid",
        "Lyon",
        "Mutual",
        "Action",
        "Compelling",
        "Event",
        "Economic",
        "Buyer",
        "Technical",
        "Decision",
        "Black",
        "Christmas",
        "Easter",
        "Supply",
        "Chain",
        "Human",
        "Resources",
        "Customer",
        "Service",
        "Act",
        "Law",
        "Directive",
        "Cyber",
        "Essentials",
        "Best",
        "Practice",
        "Had",
        "Has",
        "Have",
        "Sat",
        "Got",
        "Ask",
        "Asked",
        "Waiting",
        "Spoke",
        "Met",
        "Lost",
        "Lead",
        "Plant",
        "Site",
        "Shift",
        "Works",
        "Council",
        "Der",
        "Die",
        "Das",
        "Ein",
        "Eine",
        "Und",
        "Wir",
        "Sie",
        "Es",
        "Im",
        "Am",
        "Mit",
        "Für",
        "Von",
        "Zur",
        "Le",
        "La",
        "Les",
        "Un",
        "Une",
        "Des",
        "Nous",
        "Ils",
        "El",
        "Los",
        "Las",
        "Una",
        "Su",
        "En",
        "Por",
        "Para",
        "Het",
        "De",
        "Een",
        "Ze",
        "Il",
        "Lo",
        "Gli",
        "Di",
    ]
)
_RULES: dict[str, re.Pattern[str]] = {
    "money": re.compile(
        rf"[€$£¥]\s?{_NUMBER}\s?{_SCALE}?\b|\b{_NUMBER}\s?{_SCALE}?\s?(?:€|\$|£|{_CURRENCY})|"
        rf"\b(?i:k|m|t)?{_CURRENCY}\s?{_NUMBER}\s?{_SCALE}?\b|\b{_NUMBER}\s?{_SCALE}(?![\w])"
    ),
    "percent": re.compile(rf"[-+]?{_NUMBER}\s?(?:%|‰|percent\b|per cent\b|Prozent\b|por ciento\b|pts?\b)"),
    "duration": re.compile(rf"\b(?:{_NUMBER}|{_WORD_NUMBER})(?:\s?(?:-|–|to)\s?\d+)?[\s-]?{_UNIT}"),
    "ratio": re.compile(
        rf"\b(?:{_NUMBER}|{_WORD_NUMBER}) (?:in|of|out of|von|sur|de cada|von den|of the|van de|z) "
        rf"(?:the |its |their )?(?:{_NUMBER}|{_WORD_NUMBER})\b|\b\d+/\d+(?= of|th)"
    ),
    "count": re.compile(
        rf"(?<![\w.,/€$£-])(?:{_NUMBER}|{_WORD_NUMBER})\+? (?!(?:{_UNIT}|{_MONTH}|of|in|and|or|to|the|we|they|%))[a-zà-ÿ][\w-]+"
    ),
    "comparison": re.compile(
        rf"\bfrom (?:about |ca |~)?[€$£]?{_NUMBER}\S* to [€$£]?\S*\d|->\s?\d|\d\S* (?:against|vs\.?|versus|instead of|statt|target|"
        rf"limit|au lieu de|tegen|not) |(?:<|>|≤|≥)\s?\d|\b(?:target|limit|cap|max|min)\.? [€$£]?\d"
    ),
    "date": re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º)? ?(?:of |de |di )?{_MONTH}(?: ?'?\d{{2,4}}\b)?|"
        rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d)|\b20\d\d-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b|"
        r"\b(?:[0-3]?\d)\.(?:0?[1-9]|1[0-2])\.(?:\d{2,4})?(?!\d)|\b(?:on|since|of|by|until|am|le) the \d{1,2}(?:st|nd|rd|th)\b"
    ),
    "period": re.compile(
        rf"\b(?:q[1-4]|h[12]|fy ?'?\d\d(?:\d\d)?|20[1-4]\d|cw ?\d+|kw ?\d+|week \d+|(?:mid|end|early|late|in|by|since|until|before|from|next|after|"
        rf"to|of|for|every|im|bis|ab|en|em|fin|till|each|til|vor|until|last|this|is|and) {_MONTH})(?!\w)"
    ),
    "deadline": re.compile(
        rf"\b(?:by|until|till?|before|from|after|ends?|expires?|due|no later than|opens?|starts?|bis|ab|vor|avant|dès|antes|"
        rf"hasta|até|entro|voor|vanaf|effective|off on|as of|valid)(?: the| end of| mid| of| on| in| zum| del| de| le| el| o| am)* "
        rf"(?:\d|{_MONTH}|q[1-4]|20\d\d)"
    ),
    "quotation": re.compile(r"[\"“„«][^\"”“»]{12,}[\"”“»]|(?:^|[\s(:])[‘'][^'’]{12,}['’](?=$|[\s,.);:])"),
    "honorific": re.compile(
        rf"\b(?:Mr|Mrs|Ms|Dr|Prof|Hr|Herrn?|Frau|Fr|Mme|Madame|M|Sra?|Dott|Dª|Mevr|Dhr|Pan|Pani|Captain|Sir|Ing|Dr\.-Ing)"
        rf"\.?(?: (?:Dr|Prof)\.?)? {_NAME}"
    ),
    "initial_name": re.compile(rf"\b[A-ZÀ-Þ]\. ?{_NAME}|\b{_NAME} [A-Z]\.(?=[\s,):]|$)"),
    "document": re.compile(
        r"\b(?:p|pp|page|S|item|slide|art|section|§|no|Nr|rev|v)\.? ?\d+(?:\.\d+)?\b|\b[A-Z]{2,}[- ]?\d{3,}\b|\b(?:PO|ticket|JIRA|INC)[ #-]?\d+",
        0,
    ),
    "acronym": re.compile(r"\b[A-Z][A-Z0-9&/-]{1,7}\b"),
    "seller_money": re.compile(
        rf"\b(?:per|/|p\.?)\s?(?:user|seat|device|licen[sc]e|unit|month|named user)s?\b|{_NUMBER} (?:users|seats|licen[sc]es)"
    ),
    "bare_yes": re.compile(r"^\W*(?:yes|yep|yeah|ja|oui|sí|si|sim|tak|sure|ok|yes!|jep|confirmed|no)\b"),
    "question": re.compile(r"\?"),
    "if_then": re.compile(
        r"\b(?:if|wenn|falls|si|se|als|jeśli|once|as soon as|miss)\b[^.;]{8,}?(?:,|then|dann|or)"
    ),
    "so_then": re.compile(
        r"(?:,|;| -|–|:| and) so\b|=>|->|,? so (?:the|they|we|each|that|it|no|every|he|she|now)\b|[:,] (?:no|kein\w*|without) \w+"
    ),
}
#: Rules that do not care about case: they read the text in lower case (much faster than re.I).
_LOWERED = frozenset(
    {
        "duration",
        "ratio",
        "count",
        "comparison",
        "date",
        "period",
        "deadline",
        "seller_money",
        "bare_yes",
        "if_then",
        "so_then",
    }
)
_PAIR = re.compile(
    rf"\b({_NAME}) ((?:(?:van|von|de|der|den|da|dos|di|del|el|al|bin|Mc|O['’])\s?){{0,2}}{_NAME})"
)
_ROLE_NAME_CAP = re.compile(rf"\b({_NAME})\b")
_TOKEN = re.compile(r"[^\W_]+(?:['’&.\-/][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[a-zà-ÿ)\"”%0-9])[.!?;]+(?:\s+|$)|\n+|\s+>\s+")
_HAS_DIGIT = re.compile(r"\d")
#: A rule is tried only where the text has what each of its matches must have: a digit, a number in words, a month.
_NEEDS = {
    **dict.fromkeys(("money", "percent", "comparison", "date", "document", "seller_money"), frozenset("d")),
    **dict.fromkeys(("duration", "ratio", "count"), frozenset("dn")),
    **dict.fromkeys(("period", "deadline"), frozenset("dm")),
    "honorific": frozenset("h"),
}
_IS_NUMBER = re.compile(_WORD_NUMBER + r"\b", re.I)
_IS_MONTH = re.compile(_MONTH, re.I)
_IS_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|dr|prof|hr|herrn?|frau|fr|mme|madame|m|sra?|dott|dª|mevr|dhr|pan|pani|captain|sir|ing)\b"
)


@lru_cache(maxsize=200_000)
def _kinds_of(word: str) -> frozenset[str]:
    """Whether a word has a digit (d), is a number (n), a month (m) or a title (h)."""
    tests = (
        ("d", _HAS_DIGIT.search),
        ("n", _IS_NUMBER.match),
        ("m", _IS_MONTH.match),
        ("h", _IS_HONORIFIC.match),
    )
    return frozenset(letter for letter, test in tests if test(word))


def _tables() -> tuple[
    dict[str, list[tuple[tuple[str, ...], str]]], dict[str, list[str]], list[tuple[str, str]]
]:
    """Phrases by first word, single words, and word stems: each with its mark or `slot:question`."""
    many: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    single: dict[str, list[str]] = {}
    stems: list[tuple[str, str]] = []
    lists = {**MARKS, **{f"slot:{key}": text for key, text in SLOTS.items()}}
    for name, text in lists.items():
        for phrase in phrases(text):
            words = tuple(phrase.split())
            if len(words) > 1:
                many.setdefault(words[0], []).append((words, name))
            elif phrase.endswith("*"):
                stems.append((phrase[:-1], name))
            else:
                single.setdefault(phrase, []).append(name)
    return many, single, stems


_MANY, _SINGLE, _STEMS = _tables()
_STEM_BY_START: dict[str, list[tuple[str, str]]] = {}
for _stem, _name in _STEMS:
    _STEM_BY_START.setdefault(_stem[:2], []).append((_stem, _name))


@lru_cache(maxsize=200_000)
def _names_of(word: str) -> tuple[str, ...]:
    found = list(_SINGLE.get(word, ()))
    found += [name for stem, name in _STEM_BY_START.get(word[:2], ()) if word.startswith(stem)]
    return tuple(dict.fromkeys(found))


def tokens_of(text: str) -> list[tuple[str, int, int]]:
    """Lower-case words with their places."""
    return [
        (match.group().lower().replace("’", "'"), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def sentences_of(text: str) -> list[int]:
    """Where each sentence after the first starts."""
    return [match.end() for match in _SENTENCE.finditer(text) if match.end() < len(text)]


def _by_words(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    plain = [word for word, _, _ in words]
    for at, (word, start, end) in enumerate(words):
        for name in _names_of(word):
            found.append((name, start, end))
        for phrase, name in _MANY.get(word, ()):
            if tuple(plain[at : at + len(phrase)]) == phrase:
                found.append((name, start, words[at + len(phrase) - 1][2]))
    return found


def _persons(text: str, roles: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Named persons: two names in a row, or a name beside a role. `named_role` when both stand together."""
    found: list[tuple[str, int, int]] = []
    for match in _PAIR.finditer(text):
        first = match.group(1)
        if first in _NOT_NAMES or match.group(2).split()[-1] in _NOT_NAMES:
            continue
        found.append(("person", match.start(), match.end()))
        if any(start - 30 < match.end() and end + 30 > match.start() for start, end in roles):
            found.append(("named_role", match.start(), match.end()))
    for match in _ROLE_NAME_CAP.finditer(text):
        if match.group(1) in _NOT_NAMES or _names_of(match.group(1).lower()):
            continue
        if any(-3 <= start - match.end() <= 8 or 0 <= match.start() - end <= 3 for start, end in roles):
            found.append(("role_with_name", match.start(), match.end()))
    return found


def find_marks(text: str) -> list[Mark]:
    """All marks of a text, in order of place."""
    words = tokens_of(text)
    found = _by_words(words)
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change their length; places must stay those of the text
        lowered = text
    has: set[str] = set().union(*(_kinds_of(word) for word, _, _ in words))
    for name, pattern in _RULES.items():
        if name not in _NEEDS or has & _NEEDS[name]:
            read = lowered if name in _LOWERED else text
            found.extend((name, match.start(), match.end()) for match in pattern.finditer(read))
    dates = [(start, end) for name, start, end in found if name == "date"]
    found = [one for one in found if not (one[0] in ("count", "ratio", "money") and _inside(one, dates))]
    found += _persons(text, [(start, end) for name, start, end in found if name == "role"])
    starts = sentences_of(text)
    marks = [
        Mark(name, start, end, text[start:end], sum(1 for at in starts if at <= start))
        for name, start, end in found
    ]
    return sorted(marks, key=lambda mark: (mark.start, mark.end, mark.rule))


def _inside(one: tuple[str, int, int], places: list[tuple[int, int]]) -> bool:
    return any(start < one[2] and end > one[1] for start, end in places)
