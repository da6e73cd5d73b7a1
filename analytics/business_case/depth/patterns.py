"""What numbers, dates, names and documents look like: one pattern per rule."""

from __future__ import annotations

import re

from babel.dates import get_month_names

_UPPER = "A-ZÀ-ÖØ-ÞŁŚŻŹČŠŽĐΑ-ΩΆ-ΏА-ЯЁІЇЄҐ"
_LOWER = "a-zà-öø-ÿąāćčęēėęįīłńóśšūųźżžđőűğışřňťůěļķģņα-ωά-ώΐа-яёіїєґ"
#: Languages whose months are spelled out below only in part, or not at all.
_OTHER_MONTHS = "|".join(
    sorted(
        {
            re.escape(name.lower())
            for locale in ("ru", "uk", "el", "ar", "he", "tr", "cs", "sv", "da", "fi", "lt")
            for name in get_month_names("wide", locale=locale).values()
        }
    )
)
MONTH = (
    r"(?:jan(?:uary|uar|vier|eiro|v)?|feb(?:ruary|ruar|rero)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|märz|mrz|maart|"
    r"apr(?:il|ile)?|avril|abr(?:il)?|may|mai|mayo|maio|maggio|mei|june?|juni|juin|junio|junho|giugno|"
    r"july?|juli|juillet|julio|julho|luglio|aug(?:ust|ustus)?|août|agosto|sept?(?:ember|embre|iembre)?|"
    r"setembro|settembre|o[ck]t(?:ober|obre|ubre)?|outubro|ottobre|nov(?:ember|embre|iembre|embro)?|"
    r"de[cz](?:ember|iembre|embro)?|décembre|dicembre|enero|gennaio|febbraio|aprile|"
    r"stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|"
    rf"ב?(?:{_OTHER_MONTHS}))\b\.?"
)
_UNIT = (
    r"(?:min(?:ute)?s?|minuten|h|hrs?|hours?|stunden?|heures?|horas?|ore|uur|godz\w*|days?|tage?n?|jours?|d[ií]as?|giorni|dagen|dni|"
    r"wks?|weeks?|wochen?|semaines?|semanas?|settimane|weken|tygodni\w*|mos?|mths?|months?|monate?n?|mois|meses|mesi|maanden|miesi\w*|"
    r"yrs?|years?|jahre?n?|ans|años|anos|anni|jaar|lat|quarters?|shifts?|nights?|seconds?|secs?|"
    r"час\w*|минут\w*|дн[еяі]\w*|недел\w*|тиж\w*|мес(?:яц\w*)?|год\w*|лет|рок\w*|"
    r"ώρ\w+|λεπτά|ημέρ\w+|μέρ\w+|εβδομάδ\w+|μήν\w+|χρόνια|ساع\w+|دقي\w+|يوم\w*|أيام|أسب\w+|أسابيع|شهر\w*|أشهر|سن\w+)\b"
)
#: The look-behind keeps a long row of digits from being tried at each of them.
_NUMBER = r"(?<!\d)\d+(?:[.,'’  ]\d+)*"
WORD_NUMBER = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|dos|tres|cuatro|cinco|"
    r"seis|siete|ocho|diez|dois|três|quatro|due|tre|quattro|twee|drie|vijf|zes|tien|dwa|trzy)"
)
_CURRENCY = (
    r"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CAD|AUD|NZD|SGD|JPY|CNY|INR|BRL|ZAR|KES|KRW|AED|MXN|CZK|HUF|TRY|"
    r"euros?|dollars?|pounds?|złotych|zł|kronor|francs|Euro|reais|"
    r"руб\w*|грн|тенге|ευρώ|درهم\w*|ريال\w*|دينار\w*|جنيه\w*|דולר|שקל)\b"
)
_SCALE = (
    r"(?:k|K|m|M|mn|mio|Mio|MM|bn|millions?|Millionen|mil|tsd|T€|k€|K€|M€|KEUR|kEUR|TEUR|MEUR|kUSD|kCHF|"
    r"тыс\.?|млн|млрд|χιλ\.?|εκατ\.?|ألف|مليون)"
)
NAME = (
    rf"[{_UPPER}](?:['’][{_UPPER}])?[{_LOWER}]+(?:[A-Z][a-z]+)?"
    rf"(?:-[{_UPPER}]\w+)?"
)
TITLE = (
    r"Mr|Mrs|Ms|Dr|Prof|Hr|Herrn?|Frau|Fr|Mme|Mlle|Madame|M|Sra?|Dott|Sig|Signora|Dª|Mevr|Mevrouw|Dhr|Pan|Pani|Paní|"
    r"Captain|Capt|Kapt|Col|Maj|Sgt|Sir|Ing|Eng|Lic|Fru|Doña|Don|Dona|Sister|Father|Rev|г-н|г-жа|κ|κα"
)
_LINK = (
    r"(?:of|in|and|or|to|the|we|they|is|are|was|were|with|for|on|at|by|from|an?|that|this|it|be|been|as|so|but|not|has|have|"
    r"had|want\w*|need\w*|more|very|their|our|its|her|his|us|you|will|would|can|could|should|than|then|there|if|when|because|"
    r"und|der|die|das|et|le|la|de|y|el|en|het|een|i|w|z)"
)
PATTERNS: dict[str, re.Pattern[str]] = {
    "money": re.compile(
        rf"[€$£¥₽₴₩₹₪₺]\s?{_NUMBER}\s?{_SCALE}?\b|\b{_NUMBER}\s?{_SCALE}?\s?(?:[€$£₽₴₩₹₪₺]|{_CURRENCY})|"
        rf"\b(?i:k|m|t)?{_CURRENCY}\s?{_NUMBER}\s?{_SCALE}?\b|\b{_NUMBER}\s?{_SCALE}(?![\w])"
    ),
    "percent": re.compile(rf"[-+]?{_NUMBER}\s?(?:%|‰|percent\b|per cent\b|Prozent\b|por ciento\b|pts?\b)"),
    "duration": re.compile(rf"\b(?:{_NUMBER}|{WORD_NUMBER})(?:\s?(?:-|–|to)\s?\d+)?[\s-]?{_UNIT}"),
    "ratio": re.compile(
        rf"\b(?:{_NUMBER}|{WORD_NUMBER}) (?:in|of|out of|von|sur|de cada|von den|of the|van de|z) "
        rf"(?:the |its |their )?(?:{_NUMBER}|{WORD_NUMBER})\b|\b\d+/\d+(?= of|th)"
    ),
    "count": re.compile(
        rf"(?<![\w.,/€$£-])(?:{_NUMBER}|{WORD_NUMBER})\+? "
        rf"(?!(?:{_UNIT}|{MONTH}|{_LINK}|%)\b)[a-zà-ÿ][\w-]+"
    ),
    "comparison": re.compile(
        rf"\bfrom (?:about |ca |~)?[€$£]?{_NUMBER}\S* to [€$£]?\S*\d|->\s?\d|"
        rf"(?<!\S)\S*\d\S* (?:against|vs\.?|versus|instead of|statt|target|"
        rf"limit|au lieu de|tegen|not) |(?:<|>|≤|≥)\s?\d|\b(?:target|limit|cap|max|min)\.? [€$£]?\d"
    ),
    "date": re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th|er|\.|º)? ?(?:of |de |di )?{MONTH}(?: ?'?\d{{2,4}}\b(?![.,]\d))?|"
        rf"\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d)|"
        rf"\b20\d\d-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b|"
        r"\b(?:[0-3]?\d)\.(?:0?[1-9]|1[0-2])\.(?:\d{2,4})?(?!\d)|"
        r"\b(?:on|since|of|by|until|am|le) the \d{1,2}(?:st|nd|rd|th)\b"
    ),
    "period": re.compile(
        rf"\b(?:q[1-4]|h[12]|fy ?'?\d\d(?:\d\d)?|20[1-4]\d|cw ?\d+|kw ?\d+|week \d+|"
        rf"(?:mid|end|early|late|in|by|since|until|before|from|next|after|"
        rf"to|of|for|every|im|bis|ab|en|em|fin|till|each|til|vor|until|last|this|is|and) {MONTH})(?!\w)"
    ),
    "deadline": re.compile(
        rf"\b(?:by|until|till?|before|from|after|ends?|expires?|due|no later than|opens?|starts?|"
        rf"bis|ab|vor|avant|dès|antes|"
        rf"hasta|até|entro|voor|vanaf|effective|off on|as of|valid)"
        rf"(?: the| end of| mid| of| on| in| zum| del| de| le| el| o| am)* "
        rf"(?:\d|{MONTH}|q[1-4]|20\d\d)"
    ),
    "quotation": re.compile(r"[\"“„«][^\"”“»]{12,}[\"”“»]|(?<![^\s(:])[‘'][^'’]{12,}['’](?=$|[\s,.);:])"),
    "honorific": re.compile(
        rf"\b(?:{TITLE})"
        rf"\.?(?: (?:Dr|Prof)\.?)? {NAME}"
    ),
    "initial_name": re.compile(rf"\b[{_UPPER}]\. ?{NAME}|\b{NAME} [A-Z]\.(?=[\s,):]|$)"),
    "document": re.compile(
        r"\b(?:p|pp|page|S|item|slide|art|section|§|no|Nr|rev|v)\.? ?\d+(?:\.\d+)?\b|"
        r"\b[A-Z]{2,}[- ]?\d{3,}\b|\b(?:PO|ticket|JIRA|INC)[ #-]?\d+",
        0,
    ),
    "acronym": re.compile(r"\b[A-Z][A-Z0-9&/-]{1,7}\b"),
    "seller_money": re.compile(
        rf"\b(?:per|/|p\.?)\s?(?:user|seat|device|licen[sc]e|unit|month|named user)s?\b|"
        rf"{_NUMBER} (?:users|seats|licen[sc]es)"
    ),
    "bare_yes": re.compile(r"^\W*(?:yes|yep|yeah|ja|oui|sí|si|sim|tak|sure|ok|jep|confirmed|no)\b"),
    "question": re.compile(r"\?"),
    "if_then": re.compile(
        r"\b(?:if|wenn|falls|si|se|als|jeśli|once|as soon as|miss) [^.;)]{8,}?(?:,|then|dann|or)"
    ),
    "so_then": re.compile(
        r"(?:,|;| -|–|:| and) so\b|=>|->|,? so "
        r"(?:the|they|we|each|that|it|no|every|he|she|now)\b|[:,] (?:no|kein\w*|without) \w+"
    ),
}
#: Rules that do not care about case: they read the text in lower case (much faster than re.I).
LOWERED = frozenset(
    {
        "duration", "ratio", "count", "comparison", "date", "period", "deadline", "seller_money", "bare_yes",
        "if_then", "so_then",
    }
)  # fmt: skip

#: Signs of scripts that put no spaces between words: each counts as a word.
UNSPACED_SIGN = "\u3040-\u30ff\u3400-\u9fff"
#: The same rules for such scripts (Chinese, Japanese).
UNSPACED: dict[str, re.Pattern[str]] = {
    "money": re.compile(
        r"\d[\d,.]*\s?(?:[万億亿千]|百万)?(?:元|円|人民币|美元|欧元|ドル|ユーロ)|\d[\d,.]*\s?[万億亿]"
    ),
    "date": re.compile(r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?"),
    "period": re.compile(r"\d{4}年(?!\d{1,2}月)|\d{1,2}月(?!\d)"),
    "duration": re.compile(
        r"(?<![月\d])\d+\s?(?:分钟|分間|小时|時間|天|日間|日|周|週間|週|个月|か月|ヶ月|年間)"
    ),
    "count": re.compile(r"\d[\d,]*(?:件|人|台|個|个|名|次|回|套|家|枚|本)"),
    "deadline": re.compile(r"(?:日|月|年)(?:前|まで|までに|之前|以前)"),
    "honorific": re.compile(r"[\u4e00-\u9fff]{1,4}(?:さん|様|氏|先生|女士)"),
}
