"""HubSpot over HTTP: who we are, what it allows, and the pages in which it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import requests

from analytics.problems import BadInput
from analytics.sync.http import LONGEST, HostSession
from analytics.sync.secrets import redact

URL = "https://api.hubapi.com"
#: The most that one request may name: deals with their history, other records, associations.
WITH_HISTORY, RECORDS, ASSOCIATIONS = 50, 100, 100
PAGE = 100
_SCOPES = (
    "crm.objects.deals.read, crm.schemas.deals.read, crm.objects.owners.read, crm.objects.companies.read,"
    " crm.objects.contacts.read and settings.currencies.read"
)


class MissingScope(BadInput):
    """The token may not read this."""


class HubSpot(HostSession):
    """A session with one HubSpot account. It stops when `share` of the day's calls is used, by whomever."""

    def __init__(self, token: str, base: str = URL, share: float = 1.0, *, longest: float = LONGEST) -> None:
        super().__init__(base, longest=longest)
        self.headers["Authorization"] = f"Bearer {token}"
        self.hooks["response"].append(_say_when)
        self._share = share
        self.used: int | None = None
        self.allowed: int | None = None

    def hopeless(self, answer: requests.Response) -> BadInput | None:
        """A day's calls that are used up come back tomorrow, not in a minute."""
        if answer.status_code == 429 and _body(answer).get("policyName") == "DAILY":
            return BadInput(
                "HubSpot's calls of the day are used up",
                where=self.base,
                to_do="Run it again tomorrow; what is landed stays, and it goes on from there.",
            )
        return None

    def ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """One call; the answer's JSON. Raises BadInput in HubSpot's words if it refuses."""
        answer = self.request(method, path, **options)
        self._note_limits(answer)
        if answer.status_code in (200, 207):  # 207: some of the records that were asked for are not there
            body = _body(answer)
            if "results" not in body:
                raise BadInput(
                    "HubSpot's answer is not understood",
                    where=path,
                    expected="JSON with results",
                    got=redact(answer.text[:80]),
                )
            return body
        raise self._refused(path, answer)

    def pages(self, path: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list."""
        asked = {"limit": PAGE} | params
        while True:
            body = self.ask("GET", path, params=asked)
            yield body["results"]
            after = body.get("paging", {}).get("next", {}).get("after")
            if after is None:
                return
            asked["after"] = after

    def batch(
        self, path: str, ids: Sequence[str], size: int = RECORDS, **options: Any
    ) -> Iterator[dict[str, Any]]:
        """Records by their ids, as many as HubSpot finds."""
        for start in range(0, len(ids), size):
            inputs = [{"id": one} for one in ids[start : start + size]]
            yield from self.ask("POST", path, json={"inputs": inputs, **options})["results"]

    def _note_limits(self, answer: requests.Response) -> None:
        allowed = answer.headers.get("X-HubSpot-RateLimit-Daily", "")
        left = answer.headers.get("X-HubSpot-RateLimit-Daily-Remaining", "")
        if not (allowed.isdecimal() and left.isdecimal()):
            return
        self.allowed, self.used = int(allowed), int(allowed) - int(left)
        if self.used > self._share * self.allowed:
            raise BadInput(
                "this share of HubSpot's calls of the day is used, by everybody",
                where=self.base,
                expected=f"at most {self._share:.0%} of {self.allowed:,}",
                got=f"{self.used:,}",
                to_do="Run it again tomorrow, or give a higher --share; what is landed stays.",
            )

    def _refused(self, path: str, answer: requests.Response) -> BadInput:
        body = _body(answer)
        if answer.status_code == 401:
            return BadInput(
                "HubSpot does not accept the token",
                where=self.base,
                got=redact(str(body.get("category") or "status 401")),
                to_do="Set HUBSPOT_TOKEN to the present access token of the private app (docs/sync.md).",
            )
        if answer.status_code == 403:
            scopes = _scopes(body)
            return MissingScope(
                f"the token may not read {path.split('?')[0]}",
                where=self.base,
                got=f"a private app without the scope {' or '.join(scopes)}" if scopes else "status 403",
                to_do=f"Add it to the private app; Plumbline needs {_SCOPES}, nothing more.",
            )
        said = str(body.get("message") or answer.text)[:200]
        return BadInput(
            "HubSpot refuses a request",
            where=path,
            got=redact(f"status {answer.status_code}: {said}"),
            to_do="Try again; if it stays so, report it. What is landed stays.",
        )


def _say_when(answer: requests.Response, *_: Any, **__: Any) -> None:
    """A throttled answer that does not say when to come again tells the window of the limit instead."""
    window = answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if answer.status_code == 429 and "Retry-After" not in answer.headers and window.isdecimal():
        answer.headers["Retry-After"] = str(int(window) / 1000)


def _body(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _scopes(body: dict[str, Any]) -> list[str]:
    """The scopes that HubSpot says are missing."""
    contexts = [error.get("context", {}) for error in body.get("errors", []) if isinstance(error, dict)]
    named = [context.get("requiredGranularScopes") or context.get("requiredScopes") for context in contexts]
    return sorted({str(scope) for scopes in named if scopes for scope in scopes})
