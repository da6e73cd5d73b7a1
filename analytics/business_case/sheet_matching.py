"""Which deal a Blue Sheet belongs to: by id, or by account and name; everything less sure is for a person."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from rapidfuzz import fuzz, process

from analytics.business_case.blue_sheets.sheet import Sheet

#: Similarity (0-100) from which a deal is offered, and below which an account contradicts a stated id.
_OFFERED, _OTHER_ACCOUNT = 60.0, 55.0
_MOST = 5
_LEGAL = (
    r"\b(?:inc|corp|corporation|co|company|ltd|limited|llc|llp|plc|gmbh|ag|se|kg|kgaa|sa|sas|sarl|srl|spa|bv|nv"
    r"|ab|as|oy|oyj|aps|pty|holding|group|sp z o o)\b"
)
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")


@dataclass(frozen=True)
class Match:
    """The deal of a sheet, or None with the deals it could be (best first), and how that was found."""

    deal_id: str | None
    how: str
    candidates: tuple[str, ...] = ()

    def candidates_text(self) -> str:
        """The candidates as JSON."""
        return json.dumps(self.candidates)


@dataclass(frozen=True)
class KnownDeals:
    """The deals that a store knows. `deals`: deal_id, name, account_name, is_open."""

    deals: pd.DataFrame

    @cached_property
    def _by_id(self) -> dict[str, int]:
        """Ids as written; and in another case, or Salesforce's short form, where that means one deal only."""
        ids = [str(one) for one in self.deals["deal_id"]]
        short = [(one[:15], at) for at, one in enumerate(ids) if len(one) == 18]
        found: dict[str, int] = {}
        for forms in (
            [(one, at) for at, one in enumerate(ids)],
            short,
            [(one.lower(), at) for at, one in enumerate(ids)],
            [(one.lower(), at) for one, at in short],
        ):
            times = Counter(one for one, _ in forms)
            found = {one: at for one, at in forms if times[one] == 1} | found
        return found

    @cached_property
    def _names(self) -> list[str]:
        return [simple(one) for one in self.deals["name"]]

    @cached_property
    def _accounts(self) -> list[str]:
        return [simple_account(one) for one in self.deals["account_name"]]

    def match(self, sheet: Sheet) -> Match:
        """The sheet's deal, where its id or its account and name say so beyond doubt."""
        account, name = simple_account(sheet.account), simple(sheet.deal_name)
        stated = sheet.deal_id.strip()
        at = self._by_id.get(stated, self._by_id.get(stated.lower()))
        if at is not None:
            return self._by_stated_id(at, sheet, account)
        exact = self._exact(account, name)
        if len(exact) == 1 and not sheet.deal_id:
            return Match(self._id(exact[0]), "account and name")
        offered = tuple(self._id(one) for one in self._offered(account, name, exact))
        if sheet.deal_id:
            return Match(None, f"the id {sheet.deal_id} is not among the deals", offered)
        if len(exact) > 1:
            return Match(None, f"{len(exact)} deals have this account and name", offered)
        if not (account or name):
            return Match(None, "the sheet names neither id nor account nor deal", offered)
        return Match(None, "no deal has exactly this account and name", offered)

    def _by_stated_id(self, at: int, sheet: Sheet, account: str) -> Match:
        theirs = self._accounts[at]
        if account and theirs and fuzz.token_set_ratio(account, theirs) < _OTHER_ACCOUNT:
            why = f"the id is that of {self.deals['account_name'].iloc[at]}, the sheet says {sheet.account}"
            return Match(None, why, (self._id(at),))
        return Match(self._id(at), "id")

    def _exact(self, account: str, name: str) -> list[int]:
        """Deals of exactly this name (and account, if the sheet names one): the open ones first."""
        if not name:
            return []
        found = [at for at, one in enumerate(self._names) if self._is_named(at, one, account, name)]
        is_open = [at for at in found if bool(self.deals["is_open"].iloc[at])]
        return is_open or found

    def _is_named(self, at: int, theirs: str, account: str, name: str) -> bool:
        """Deals are often called like "Account / Project"; a sheet may give the project alone."""
        mine = self._accounts[at]
        if account and mine and account != mine:
            return False
        if not account:
            return theirs == name and bool(mine) and mine in simple_account(theirs)
        return theirs == name or theirs == f"{mine} {name}"

    def _offered(self, account: str, name: str, exact: list[int]) -> list[int]:
        """Deals that the sheet may mean, best first, open ones before closed ones of equal likeness."""
        scores: dict[int, float] = dict.fromkeys(exact, 200.0)
        for text, choices, share in ((account, self._accounts, 0.6), (name, self._names, 0.4)):
            if text:
                for _, score, at in process.extract(
                    text, choices, scorer=_alike, limit=200, score_cutoff=_OFFERED
                ):
                    scores[at] = scores.get(at, 0.0) + share * score
        is_open = self.deals["is_open"].to_numpy(dtype=bool)
        best = sorted(scores, key=lambda at: (-round(scores[at], 3), not is_open[at], at))
        return best[:_MOST]

    def _id(self, at: int) -> str:
        return str(self.deals["deal_id"].iloc[at])


_alike: Callable[..., float] = fuzz.token_set_ratio


def simple(text: str) -> str:
    """A name without case, accents and signs."""
    flat = unicodedata.normalize(
        "NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    )
    plain = "".join(sign for sign in flat if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("&", " and ")))


def simple_account(text: str) -> str:
    """An account's name, also without its legal form."""
    name = simple(_DOTTED.sub("", text))
    return " ".join(re.sub(_LEGAL, " ", name).split()) or name
