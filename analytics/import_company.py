"""What a company's settings can be, and what they probably are, for the first import."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names
from babel.localedata import locale_identifiers
from babel.numbers import get_currency_name

from analytics.import_words import currency_codes
from analytics.importing import Choices, Look
from analytics.store.subjects import SETTINGS

#: January ... December
MONTHS = list(get_month_names("wide", locale="en_US").values())


@cache
def currencies() -> dict[str, str]:
    """ISO code -> code and name, the usual ones first."""
    return {code: f"{code} ({get_currency_name(code, locale='en_US')})" for code in currency_codes()}


@cache
def time_zones() -> list[str]:
    """Every time zone's name."""
    return sorted(available_timezones() - {"localtime"})


@cache
def locales() -> dict[str, str]:
    """Locale of a language in a country -> its English name, in the order of the names."""
    found = {}
    for name in locale_identifiers():
        locale = Locale.parse(name)
        if locale.territory and not locale.script and not locale.variant:
            found[name] = locale.get_display_name("en_US") or name
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def guessed_settings(look: Look, choices: Choices, time_zone: str, language: str) -> dict[str, str]:
    """The settings that fit the files and the reader's browser (its zone; a language such as 'de-DE')."""
    settings = dict(SETTINGS)
    if time_zone in time_zones():
        settings["time_zone"] = time_zone
    if (locale := _locale(language)) in locales():
        settings["locale"] = locale
    if code := _main_currency(look, choices):
        settings["company_currency"] = code
    return settings


def _locale(language: str) -> str:
    try:
        return str(Locale.parse(language, sep="-")) if language else ""
    except (UnknownLocaleError, ValueError):
        return ""


def _main_currency(look: Look, choices: Choices) -> str:
    """The currency in which most deals are; '' if no file says one."""
    if not len(look.currencies):
        return choices.currency
    written = str(look.currencies.sort_values("deals", ascending=False)["value"].iloc[0])
    code = choices.currencies.get(written, written.upper())
    return code if code in currencies() else ""
