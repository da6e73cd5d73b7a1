"""Knows a sheet's title, "Blue Sheet: Acme - Order Hub", and which of its names is the account."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics.business_case.blue_sheets.labels import folded
from analytics.business_case.blue_sheets.people import is_name
from analytics.business_case.blue_sheets.values import is_furniture

TITLE = re.compile(
    r"(?:(?:miller\s+heiman|strategic\s+selling|sandler|challenger|spin|meddpicc|meddic|bant)\W+)*(?:"
    r"(?:(?:opportunity|strategic|sales|account|deal)\s+)*blue[\s-]?sheet\b"
    r"|(?:one[\s-]page\s+)?(?:(?:strategic|sales|account|opportunity|deal|win|pursuit|customer|key|large|business|mutual|joint|close"
    r"|closing|action|success|discovery|qualification|quarterly|value)[\s-]+)+"
    r"(?:sheet|plan|review|analysis|strategy|notes|form|scorecard|profile|summary|brief|canvas|worksheet|planner|overview"
    r"|qualification|framework|map|checklist)\b"
    r"|\b(?:MEDDPICC|MEDDIC|BANT|fiche (?:compte|affaire|opportunité)|ficha de (?:cuenta|oportunidad)"
    r"|plan de compte|scheda (?:cliente|opportunità)|kundenblatt|accountplan|kansenplan|ficha de conta)\b)"
    r"(?:\s+(?:form|Q[1-4]|H[12]|FY\s?\d{2,4}|20\d\d)\b)*",
    re.IGNORECASE,
)
#: "Acme / Order Hub": an account and what is sold to it
TWO_NAMES = re.compile(r"\S\s+[/–—@-]\s+\S")
_BETWEEN_NAMES = re.compile(r"\s+[/–—|@-]\s+")
#: a firm's legal form at the end of its name
_FIRM = re.compile(
    r"\b(?:GmbH(?: & Co\. KG)?|AG|SE|KG|Ltd|Limited|plc|LLP|LLC|Inc|Corp|Corporation|SAS|SARL|SpA|BV"
    r"|B\.V|NV|AB|ASA|Oyj?|ApS|S\.A|S\.p\.A|S\.L)\.?$"
)


def rest_of_title(text: str, kind: re.Match[str]) -> str:
    """What a title says besides the kind of sheet; '' for a plan that names the seller too."""
    if re.match(r"(?:mutual|joint)\b", kind.group(), re.IGNORECASE):
        return ""
    behind = text[kind.end() :].lstrip()
    behind = behind if behind[:1] in tuple(":|–—-•·(/") else ""  # "Review Board" names no deal
    return (text[: kind.start()] + behind).strip(" \t:|–—-•·()/")


def may_be_a_deal(text: str) -> bool:
    """Whether the rest of a title can name an account or deal, and not who wrote it or a page."""
    return bool(text) and not is_furniture(text) and (bool(_FIRM.search(text)) or not is_name(text))


def account_and_deal(head: Mapping[str, str], title: str) -> tuple[str, str]:
    """Account and deal, from the title where no field says them, as far as it is clear which is which."""
    account, deal_name = head.get("account", ""), head.get("deal_name", "")
    if account or not title:
        return account, deal_name or (title if title != account else "")
    parts = _BETWEEN_NAMES.split(title)
    others = [part for part in parts if folded(part) != folded(deal_name)]
    if deal_name and len(others) == 1:
        return others[0], deal_name
    firms = [part for part in parts if _FIRM.search(part)]
    if len(firms) == 1:
        return firms[0], deal_name or (title if len(parts) > 1 else "")
    return "", deal_name or title
