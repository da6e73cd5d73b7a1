"""Small values in a sheet: dates, ratings, ticked boxes, and what only looks like a value."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

from analytics.business_case.blue_sheets.labels import folded, word_list

#: A field as the template had it. Words that say the same ("TBD") stand in labels.toml.
_PLACEHOLDER = re.compile(
    r"""(?:click|tap|klicken|cliquez|haga\ clic|choose|select|w[aä]hlen|choisissez|elija)\b.{0,60}
            (?:enter|here|text|date|item|eingeben|texte?|[ée]l[ée]ment|elemento|ici|option)\b.{0,40}
      | (?:enter|insert|type)\ .{0,40}\b(?:here|text)
      | \[[^\]]*\] | <[^>]*> | «[^»]*» | \{\{?[^}]*\}?\}
      | tbd\b.{0,15} | xx+ | \?+ | [-–—_.…\s*·•]+ | lorem\ ipsum.*""",
    re.IGNORECASE | re.VERBOSE,
)
_FURNITURE = re.compile(
    r"(?:page|seite|página|p\.?)?\s*\d{1,3}\s*(?:of|/|von|sur|de)\s*\d{1,3}|(?:page|seite|página)\s*\d{1,3}|\d{1,3}|[^\w☒☐☑]+",
    re.IGNORECASE,
)
_ID = re.compile(r"\b(?:[A-Z]{2,5}-\d{3,}|006[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?|\d{7,13})\b")
_NO_ID = re.compile(r"^(?:ISO|IEC|SOC|FY|EN|DIN|NIST|RFC|GDPR|CVE|COVID|SOX|PCI)-")


@cache
def _unfilled() -> frozenset[str]:
    return frozenset(words.rstrip(".") for words in word_list("unfilled"))


@cache
def _instruction() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(re.escape(words) for words in word_list("instruction")) + r")(?!\w)")


def is_placeholder(text: str) -> bool:
    """Whether a field was left as the template had it: "Click here to enter text", "TBD", "-"."""
    bare = text.strip().strip("\"'*").strip()
    return bool(_PLACEHOLDER.fullmatch(bare)) or folded(bare).rstrip(".") in _unfilled()


def is_nothing(text: str) -> bool:
    """Whether a list says that it is empty ("none")."""
    return folded(text).strip(" .!-") in word_list("nothing")


def is_instruction(text: str) -> bool:
    """Whether a text tells how to fill in the sheet, by how it begins."""
    return bool(_instruction().match(folded(text).strip(" ([<")))


def is_furniture(text: str) -> bool:
    """Whether a text is a page number or a rule of signs: it says nothing about the deal."""
    return bool(_FURNITURE.fullmatch(text.strip()))


def crm_ids(text: str) -> list[str]:
    """The CRM ids in a text, such as NB-0123 or Salesforce's 006..., in their order."""
    return [found for found in _ID.findall(text) if not _NO_ID.match(found)]


def rating(text: str) -> str:
    """A rating from -5 to 5 as a whole number ("+3" -> "3"), '' if it is none."""
    text = text.strip().replace("−", "-").replace("–", "-").replace("—", "-")
    found = re.fullmatch(r"([+-]?)\s*([0-5])(?:\s*(?:/|of|out of|von|sur|de)\s*\+?5)?", text)
    return str(int(found.group(1) + found.group(2))) if found else ""


_BOX = re.compile(r"[☐☒☑✓✔✗✘□■▢⬜☓]|\[[ xX✓]?\]|\([ xX]\)")
_TICKED = re.compile(r"[☒☑✓✔✗✘■☓]|\[[xX✓]\]|\([xX]\)")
LEADING_BOX = re.compile(rf"\s*(?:{_BOX.pattern})\s*(?=\w)")
_CROSSES = frozenset(
    {"x", "☒", "☑", "✓", "✔", "✗", "✘", "■", "●", "•", "yes", "ja", "oui", "sí", "[x]", "(x)", "*", "1"}
)


def is_cross(text: str) -> bool:
    """Whether a cell of a grid is marked."""
    return text.strip().casefold() in _CROSSES


def has_boxes(text: str) -> bool:
    """Whether a text holds check boxes."""
    return bool(_BOX.search(text))


def ticked(text: str) -> list[str]:
    """The options whose boxes are ticked. Boxes stand before their options, or all of them behind."""
    boxes = list(_BOX.finditer(text))
    if not boxes:
        return []
    chosen = []
    before = not text[: boxes[0].start()].strip(" \t:,;/|")
    starts = [0, *[box.end() for box in boxes]]
    for count, box in enumerate(boxes):
        end = boxes[count + 1].start() if count + 1 < len(boxes) else len(text)
        option = text[box.end() : end] if before else text[starts[count] : box.start()]
        if _TICKED.fullmatch(box.group()) and (option := option.strip(" \t\n,;/|·")):
            chosen.append(option)
    return chosen


@cache
def _months() -> dict[str, int]:
    """Names and abbreviations of the months in the languages that we read, without accents and full stops."""
    names: dict[str, int] = {"sept": 9}
    for locale in ("en", "de", "fr", "es"):
        for width in ("wide", "abbreviated"):
            for month, name in get_month_names(width, locale=locale).items():
                names.setdefault(folded(name).rstrip("."), month)
    return names


_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\b")
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]+(?:de\s+)?([a-z]{3,10})\.?,?[\s-]+(?:de\s+)?(\d{4}|\d{2})\b"
)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")


def read_date(text: str, language: str = "") -> date | None:
    """The one date in a text; None if there is none, several, or if day and month cannot be told apart.

    `language` is the document's own ("en-US"): it settles 10/11/2026.
    """
    text = folded(text)
    found = {day for day in (*_worded(text), *_numeric(text, language)) if day}
    return found.pop() if len(found) == 1 else None


def _worded(text: str) -> list[date | None]:
    months = _months()
    days = [_day(y, months.get(m, 0), d) for d, m, y in _DAY_FIRST.findall(text)]
    return days + [_day(y, months.get(m, 0), d) for m, d, y in _MONTH_FIRST.findall(text)]


def _numeric(text: str, language: str) -> list[date | None]:
    days = [_day(y, int(m), d) for y, m, d in _ISO.findall(text)]
    for first, sign, second, year in _NUMBERS.findall(_ISO.sub(" ", text)):
        a, b = int(first), int(second)
        if sign == "." or a > 12 or (language and language != "en-US") or a == b:
            days.append(_day(year, b, first))
        elif b > 12 or language == "en-US":
            days.append(_day(year, a, second))
    return days


def _day(year: str, month: int, day: str) -> date | None:
    full = int(year) + 2000 if len(year) == 2 else int(year)
    try:
        return date(full, month, int(day))
    except ValueError:
        return None


_DAY_OF_MONTH = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([a-z]{3,10})\b|\b([a-z]{3,10})\.?\s+\d{1,2}\b"
)


def has_day(text: str) -> bool:
    """Whether a text names a day of a month without its year ("14 Feb"), which stays as it is written."""
    months = _months()
    return any(word in months for found in _DAY_OF_MONTH.findall(folded(text)) for word in found if word)
