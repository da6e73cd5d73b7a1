"""How cells are written and what they mean: dates, times, amounts, shares and flags, as SQL.

A format is decided per column over all its values. What stays ambiguous is asked for, not guessed.
The expressions below are built from constants and from columns named c0, c1 ..., never from input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

#: How the months' names begin in English, German, French, Spanish, Portuguese, Italian and Dutch.
MONTHS = (
    ("jan", "ene", "gen"),
    ("feb", "fev"),
    ("mar", "mrz", "mrt", "maa"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"),
    ("jun", "giu", "juin"),
    ("jul", "lug", "juil"),
    ("aug", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "dic"),
)
_WORD = "[A-Za-zÀ-ÿ]"
_DATE_PATTERN = (
    rf"^(?:{_WORD}{{2,10}}\.?,\s+)?"
    r"(?:(\d{1,4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,4})[.日]?"
    rf"|(\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?[-/. ]+(?:de )?({_WORD}{{3,10}})\.?[-/., ]+(?:de )?(\d{{2,4}})"
    rf"|({_WORD}{{3,10}})\.?[- ]+(\d{{1,2}})(?:st|nd|rd|th)?,?[-/ ,]+(\d{{2,4}})"
    r"|((?:19|20)\d{6}))"
    r"(?:[T ,]+(?:at )?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*"
    r"(?:([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$"
)
_DATE_GROUPS = "['a','b','c','d1','m1','y1','m2','d2','y2','k','h','mi','s','ap','tz']"
_SERIAL = r"[2-7]\d{4}(\.\d+)?"
_EPOCH = r"1\d{12}"
_SIMPLE_ISO = "____-__-__%"
_UTC_TIMES = ("____-__-_____:__Z", "____-__-_____:__:__Z", "____-__-_____:__:__.%Z")
_PLAIN_TIME = r".{10}[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]00:?00)?"

_CODES = (
    "AED|ARS|AUD|BGN|BHD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JOD|JPY|KES|KRW"
    "|KWD|MAD|MXN|MYR|NGN|NOK|NZD|OMR|PEN|PHP|PKR|PLN|QAR|RON|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|UYU|VND|ZAR"
)
_SIGN = r"US\$|A\$|C\$|CA\$|AU\$|NZ\$|HK\$|S\$|R\$|\$|€|£|¥|₹|₩|₺|zł|kr\.?|Fr\."
_MONEY = rf"(?:{_CODES}|{_SIGN})"
_GAP = "[ \\x{00A0}\\x{202F}\\x{2009}]"
_NUMBER_PATTERN = (
    rf"^[(+−-]?{_GAP}*(?:{_MONEY})?{_GAP}*[(+−-]?{_GAP}*(?:{_MONEY})?{_GAP}*"
    rf"(?:\d|[.,]\d)(?:[\d.,'’]|{_GAP}+\d)*"
    rf"(?:[.,][-–—])?{_GAP}*(?:{_MONEY})?{_GAP}*[)−-]?{_GAP}*(?:{_MONEY})?$"
)
_SCIENTIFIC = r"^[+-]?\d+(\.\d+)?[eE][+-]?0*\d{1,2}$"
_AMBIGUOUS_NUMBER = r"[1-9]\d{0,2}[.,]\d{3}"
_CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₺": "TRY",
    "zł": "PLN",
    "Fr.": "CHF",
}
#: What 'kr' may mean. Which it is, the import says once: the variable `krona` (see `say_krona`).
KRONA = ("SEK", "NOK", "DKK", "ISK")
_TRUE = "('true','1','yes','y','t','x','on','wahr','ja','j','vrai','oui','si','sí','verdadero','won')"
_FALSE = "('false','0','no','n','f','off','falsch','nein','faux','non','falso','open','lost')"
_NOTHING = "('null','n/a','na','none','-','--','—','#n/a','nan','not set','(no value)')"

#: What each kind of cell should hold, for messages.
EXPECTED = {
    "amount": "an amount such as 1234.50",
    "share": "a probability such as 40, 40% or 0.4",
    "number": "a number",
    "date": "a date that exists, such as 2024-03-31",
    "moment": "a date or time that exists, such as 2024-03-31 14:05",
    "moment_end": "a date or time that exists, such as 2024-03-31 14:05",
    "flag": "true or false",
    "text": "a value",
}
DATES = {"date", "moment", "moment_end"}
NUMBERS = {"amount", "share", "number"}


@dataclass(frozen=True)
class Evidence:
    """What the values of one column tell about how they are written."""

    is_simple: bool = False  # ISO dates or plain numbers throughout: the short way of reading them suffices
    votes: frozenset[str] = frozenset()  # formats that some value proves
    undecided: str = ""  # a value that reads differently under different formats
    majority: str = ""  # the format that nearly all proving values prove


def date_order(text: str) -> str | None:
    """'dmy', 'mdy' or 'ymd' from a format such as dmy, DD-MM-YY, %d.%m.%Y; None if it is none of these."""
    named = {"iso": "ymd", "us": "mdy", "european": "dmy", "eu": "dmy"}.get(text.strip().lower())
    if named:
        return named
    tokens = re.findall(r"%[dmyYbB]", text) or re.findall(r"[dmyDMY]", text.split(" ")[0])
    order = "".join(dict.fromkeys(token.strip("%").lower().replace("b", "m") for token in tokens))
    return order if order in {"dmy", "mdy", "ymd"} else None


def trimmed(column: str) -> str:
    """SQL for a cell of a typed column without blanks at its end."""
    return f"rtrim({column}, ' \t\r\n\u00a0\u202f')"


def _cell(column: str) -> str:
    """A cell of a typed column: words for 'nothing' are nothing."""
    return f"(case when lower({column}) in {_NOTHING} then null else {column} end)"


def existing(date_or_time: str) -> str:
    """SQL: a date or time of the calendar that people mean; a year such as 0000 or 24500 is none."""
    return (
        f"(case when {date_or_time} between date '1000-01-01' and date '9999-12-31' then {date_or_time} end)"
    )


# --- dates ------------------------------------------------------------------------------------------------


def date_evidence(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> Evidence:
    """What a column's values say about the order of day and month."""
    row = con.execute(
        f"select count({column}), count_if({is_simple_date(column)}) from {relation}"
    ).fetchall()[0]
    if row[0] == row[1]:
        return Evidence(is_simple=True)
    short = "p.a <> '' and length(p.a) <= 2"
    row = con.execute(
        f"""
        select sum(n) filter (where {short} and try_cast(p.a as int) between 13 and 31 and try_cast(p.b as
            int) <= 12),
            sum(n) filter (where {short} and try_cast(p.a as int) <= 12 and try_cast(p.b as int) between 13
                and 31),
            sum(n) filter (where {short} and try_cast(p.a as int) > 31 and length(p.c) = 2),
            min(v) filter (where {short} and p.a <> p.b and try_cast(p.a as int) between 1 and 12
                and try_cast(p.b as int) between 1 and 12)
        from (select v, n, regexp_extract(v, ?, {_DATE_GROUPS}) as p
              from (select {trimmed(column)} as v, count(*) as n
                    from {relation} where {column} is not null group by 1))
        """,
        [_DATE_PATTERN],
    ).fetchall()[0]
    counts = {"dmy": int(row[0] or 0), "mdy": int(row[1] or 0), "ymd": int(row[2] or 0)}
    votes = frozenset(order for order, count in counts.items() if count)
    top = max(counts, key=lambda order: counts[order])
    is_clear = counts[top] > 0 and counts[top] >= 20 * (sum(counts.values()) - counts[top])
    return Evidence(votes=votes, undecided=row[3] or "", majority=top if is_clear else "")


def is_simple_date(column: str) -> str:
    """SQL: whether a date or time can be read in the short way: ISO, without an offset or in UTC."""
    in_utc = " or ".join(f"{column} like '{form}'" for form in _UTC_TIMES)
    return (  # matching patterns is dear: it is left out where the last sign tells that there is no offset
        f"({column} like '{_SIMPLE_ISO}' and length({column}) >= 10"
        f" and try_cast({column} as timestamp) is not null"
        f" and (case when length({column}) = 10 then true when {column} like '%Z' then {column}[-2] <= '9'"
        f" and ({in_utc}) else regexp_full_match({column}, '{_PLAIN_TIME}') end))"
    )


def date_parts(column: str) -> str:
    """The struct of a date's parts. It goes into a subquery so that it is taken apart once."""
    return f"regexp_extract({_cell(column)}, '{_DATE_PATTERN}', {_DATE_GROUPS})"


def _year(part: str) -> str:
    return (
        f"(case length({part}) when 4 then {part} when 2 then"
        f" (case when {part} < '70' then '20' else '19' end) || {part} end)"
    )


def _month(part: str) -> str:
    """SQL for the number of a month's name; NULL if it is none."""
    numbers = ", ".join(
        f"'{start}': '{number}'" for number, starts in enumerate(MONTHS, 1) for start in starts
    )
    name = f"strip_accents(lower({part}))"
    start = f"(case when starts_with({name}, 'jui') then left({name}, 4) else left({name}, 3) end)"
    return f"(map {{{numbers}}}[{start}])"


def written_day(p: str, order: str) -> str:
    """SQL for yyyy-m-d from a date's parts; NULL if there are none."""
    numeric = {
        "dmy": f"{_year(p + '.c')} || '-' || {p}.b || '-' || {p}.a",
        "mdy": f"{_year(p + '.c')} || '-' || {p}.a || '-' || {p}.b",
        "ymd": f"{_year(p + '.a')} || '-' || {p}.b || '-' || {p}.c",
    }[order]
    return (
        f"(case when length({p}.a) = 4 then {p}.a || '-' || {p}.b || '-' || {p}.c"
        f" when {p}.a <> '' then {numeric}"
        f" when {p}.d1 <> '' then {_year(p + '.y1')} || '-' || {_month(p + '.m1')} || '-' || {p}.d1"
        f" when {p}.m2 <> '' then {_year(p + '.y2')} || '-' || {_month(p + '.m2')} || '-' || {p}.d2"
        f" when {p}.k <> '' then left({p}.k, 4) || '-' || {p}.k[5:6] || '-' || {p}.k[7:8] end)"
    )


def local(column: str, p: str, written: str) -> str:
    """SQL for the time as written, without its zone; `written`: the column with its `written_day`."""
    hour = (
        f"(case when {p}.h = '' then '00' when {p}.ap = '' then {p}.h"
        f" when try_cast({p}.h as int) between 1 and 12 then (try_cast({p}.h as int) % 12 + (case when"
        f" lower({p}.ap) = 'p' then 12 else 0 end))"
        f"::varchar else '99' end)"
    )
    minute, second = (f"(case when {p}.{part} = '' then '00' else {p}.{part} end)" for part in ("mi", "s"))
    clock = f"{hour} || ':' || {minute} || ':' || {second}"
    return (
        f"(case when {written} is not null then try_cast({written} || ' ' || {clock} as timestamp)"
        f" when regexp_full_match({column}, '{_SERIAL}')"
        f" then timestamp '1899-12-30' + to_seconds(round(try_cast({column} as double) * 86400))"
        f" when regexp_full_match({column}, '{_EPOCH}') then make_timestamp_ms(try_cast({column} as bigint))"
        " end)"
    )


def to_utc(local: str, zone: str) -> str:
    """SQL: a time of the company's zone as UTC. The zone is the session variable `zone`."""
    return local if zone == "UTC" else f"timezone('UTC', timezone(getvariable('zone'), {local}))"


def to_local(utc: str, zone: str) -> str:
    """SQL: a UTC time as time of the company's zone."""
    return utc if zone == "UTC" else f"timezone(getvariable('zone'), timezone('UTC', {utc}))"


def simple_moment(column: str, zone: str, *, end: bool) -> str:
    """SQL for an ISO time of a column in which all are ISO."""
    stamp = f"try_cast({column} as timestamp)"
    if end:
        rest = f"(case when length({column}) = 10 then 86399 else 0 end)"
        stamp = f"({stamp} + to_seconds({rest}))"
    if zone == "UTC":
        return stamp
    is_utc = (
        f"({column} like '%Z' or ({column} like '%+00%' or {column} like '%-00%') and length({column}) > 19)"
    )
    return f"(case when {is_utc} then {stamp} else {to_utc(stamp, zone)} end)"


def simple_date(column: str, zone: str) -> str:
    """SQL for an ISO date where all are ISO; a time with an offset counts in the company's zone."""
    if zone == "UTC":
        return f"try_cast({column} as timestamp)::date"
    is_utc = f"({column} like '%Z' or {column} like '%+00%') and {column} not like '%00:00:00%'"
    stamp = f"try_cast({column} as timestamp)"
    return f"(case when {is_utc} then {to_local(stamp, zone)}::date else {stamp}::date end)"


def moment(column: str, p: str, local: str, zone: str, *, end: bool) -> str:
    """SQL for the time in UTC: an offset in the text is honoured, else it is the company's local time.

    `local`: the column with the time as written.
    """
    is_epoch = f"regexp_full_match({column}, '{_EPOCH}')"
    if end:
        is_day = f"{p}.h = '' and {p}.tz = '' and not {is_epoch}"
        local = f"({local} + to_seconds(case when {is_day} then 86399 else 0 end))"
    return (
        f"(case when {p}.tz <> '' then {local} - to_minutes({_offset(p)})"
        f" when {is_epoch} then {local} else {to_utc(local, zone)} end)"
    )


def _offset(p: str) -> str:
    """SQL for the offset from UTC in minutes."""
    digits = f"rpad(regexp_replace({p}.tz, '[^0-9]', '', 'g'), 4, '0')"
    return (
        f"(case when {p}.tz in ('Z', 'UTC', 'GMT') then 0 else (case when left({p}.tz, 1) = '-' then -1"
        " else 1 end)"
        f" * (coalesce(try_cast({digits}[1:2] as int), 0) * 60 + coalesce(try_cast({digits}[3:4] as int),"
        " 0)) end)"
    )


def day(p: str, local: str, zone: str) -> str:
    """SQL for the day; midnight with an offset means the day itself. `local`: the time as written."""
    shifted = to_local(f"({local} - to_minutes({_offset(p)}))", zone)
    return (
        f"(case when {p}.tz <> '' and not ({p}.h in ('0', '00') and {p}.mi = '00') then {shifted}::date"
        f" else {local}::date end)"
    )


# --- numbers ----------------------------------------------------------------------------------------------


def is_simple_number(column: str) -> str:
    """SQL: whether a number can be read in the short way: plain digits, a point for decimals, no question."""
    return (
        f"(try_cast({column} as decimal(18, 2)) is not null and not contains({column}, '_')"
        f" and not regexp_full_match({column}, '[+-]?[1-9][0-9]{{0,2}}\\.[0-9]{{3}}\\s*'))"
    )


def number_evidence(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> Evidence:
    """What a column's values say about the decimal sign."""
    row = con.execute(
        f"select count({column}), count_if({is_simple_number(column)}) from {relation}"
    ).fetchall()[0]
    if row[0] == row[1]:
        return Evidence(is_simple=True)
    row = con.execute(
        f"""
        with v as (select distinct {trimmed(column)} as v from {relation} where regexp_matches({column}, ?)),
        d as (select v, {digits("v")} as d from v)
        select count_if(regexp_full_match(d, '.*\\d\\.\\d{{1,2}}|.*\\.\\d{{4,}}|0\\.\\d+|\\.\\d+')),
            count_if(regexp_full_match(d, '.*\\d,\\d{{1,2}}|.*,\\d{{4,}}|0,\\d+|,\\d+')),
            count_if(regexp_full_match(d, '\\d{{1,3}}(,\\d{{2,3}})*,\\d{{3}}([.]\\d+|,\\d{{3}})')),
            count_if(regexp_full_match(d, '\\d{{1,3}}(\\.\\d{{3}})+(,\\d+|\\.\\d{{3}})')),
            min(v) filter (where regexp_full_match(d, '[1-9]\\d{{0,2}}\\.\\d{{3}}')),
            min(v) filter (where regexp_full_match(d, '[1-9]\\d{{0,2}},\\d{{3}}'))
        from d
        """,
        [_NUMBER_PATTERN],
    ).fetchall()[0]
    votes = ({"."} if row[0] or row[2] else set()) | ({","} if row[1] or row[3] else set())
    return Evidence(votes=frozenset(votes), undecided="\n".join(filter(None, (row[4], row[5]))))


def digits(text: str) -> str:
    """SQL for the digits and separators of a number."""
    return f"regexp_replace(regexp_replace({text}, '[.,][-–—]', ''), '[^0-9.,]', '', 'g')"


def number(column: str, d: str, decimal: str, kind: str) -> str:
    """SQL for the number in a text; NULL if it is none. A value that proves its own format is read by it."""
    as_decimal, as_group = f"replace({d}, ',', '.')", f"replace(replace({d}, '.', ''), ',', '')"
    ambiguous = f"(case when contains({d}, '{decimal}') then {as_decimal} else {as_group} end)"
    # In this order: whole; 1,234.5; 1.234,5; 1,234,567; 1.234.567; 1.234 or 1,234; 12.5 or 12,5
    plain = (
        f"(case when regexp_full_match({d}, '\\d+') then {d}"
        f" when regexp_full_match({d}, '(\\d{{1,3}}(,\\d{{2,3}})*,\\d{{3}})\\.\\d*') then replace({d},"
        f" ',', '')"
        f" when regexp_full_match({d}, '\\d{{1,3}}(\\.\\d{{3}})+,\\d*')"
        f" then replace(replace({d}, '.', ''), ',', '.')"
        f" when regexp_full_match({d}, '\\d{{1,3}}(,\\d{{2,3}})+,\\d{{3}}|\\d{{1,3}}(\\.\\d{{3}}){{2,}}')"
        f" then {as_group}"
        f" when regexp_full_match({d}, '{_AMBIGUOUS_NUMBER}') then {ambiguous}"
        f" when regexp_full_match({d}, '\\d*[.,]\\d*') then {as_decimal} end)"
    )
    type_ = "decimal(18, 2)" if kind == "amount" else "double"
    is_negative = (
        f"regexp_matches({column}, '[(−-][^0-9]*[0-9]|[0-9][^0-9]*[−-]$')"
        f" and not regexp_matches({column}, '[.,][-–—]')"
    )
    return (
        f"(case when regexp_matches({column}, '{_SCIENTIFIC}') then try_cast({column} as {type_})"
        f" when not regexp_matches({_without_percent(column, kind)}, '{_quoted(_NUMBER_PATTERN)}') then null"
        f" when {is_negative} then -try_cast({plain} as {type_}) else try_cast({plain} as {type_}) end)"
    )


def _without_percent(column: str, kind: str) -> str:
    return f"rtrim(replace({column}, '%', ''), ' ')" if kind in {"share", "number"} else column


def _quoted(pattern: str) -> str:
    """A constant pattern inside of an SQL text."""
    return pattern.replace("'", "''")


def simple_number(column: str, kind: str) -> str:
    """SQL for a number of a column in which all are plain."""
    return f"try_cast({column} as {'decimal(18, 2)' if kind == 'amount' else 'double'})"


def currency(column: str) -> str:
    """SQL for the currency that an amount's text names; NULL if it names none."""
    sign = f"regexp_extract({column}, '{_MONEY}')"
    cases = " ".join(f"when '{mark}' then '{code}'" for mark, code in _CURRENCIES.items())
    code = f"(case when regexp_full_match({sign}, '[A-Z]{{3}}') then {sign} end)"
    krona = "when 'kr' then getvariable('krona') when 'kr.' then getvariable('krona')"
    return f"(case {sign} when '' then null {krona} {cases} else {code} end)"


def names_krona(column: str) -> str:
    """SQL: whether an amount's text says 'kr'."""
    return f"(regexp_extract({column}, '{_MONEY}') in ('kr', 'kr.'))"


def flag(column: str) -> str:
    """SQL for true or false."""
    return f"(case when lower({column}) in {_TRUE} then true when lower({column}) in {_FALSE} then false end)"


def cell(column: str) -> str:
    """SQL for a typed cell, where words for 'nothing' are nothing."""
    return _cell(column)


def whole_id(column: str) -> str:
    """SQL: a Salesforce id of 15 characters (of a deal, account, user, contact) with the 3 that check it."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    checks = []
    for start in (1, 6, 11):
        bits = " + ".join(
            f"{1 << place} * ({column}[{start + place}] between 'A' and 'Z')::int" for place in range(5)
        )
        checks.append(f"substr('{letters}', 1 + {bits}, 1)")
    is_short = f"length({column}) = 15 and regexp_full_match({column}, '00[1356][A-Za-z0-9]{{12}}')"
    return f"(case when {is_short} then {column} || {' || '.join(checks)} else {column} end)"
