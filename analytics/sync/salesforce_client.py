"""Asks a Salesforce org: login, describe, queries over REST and, for many rows, the Bulk API 2.0."""

from __future__ import annotations

import csv
import io
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from simple_salesforce import exceptions as answers
from simple_salesforce.api import Salesforce

from analytics.problems import BadInput
from analytics.sync import secrets
from analytics.sync.http import HostSession, host_url

#: Rows as text: column (`Account.Name` for a parent's field) -> what stands there, '' = nothing.
Row = dict[str, str]

_LOOPBACK_ORG = "plumbline-test.my"  # simple-salesforce makes an address under salesforce.com of it
_BULK_HOURS = 2.0  # no job of ours takes longer, unless the org is swamped
_PAGE = 50_000  # rows per page of a Bulk result


@dataclass(frozen=True)
class Pace:
    """How much is read at a time."""

    deals: int = 5_000  # per transaction, with all of their history
    bulk_above: int = 10_000  # rows; Salesforce's own advice
    overlap: timedelta = timedelta(minutes=10)  # read again: rows that were committed late
    sleep: Callable[[float], None] = time.sleep


class OrgSession(HostSession):
    """A session for one org; for tests, an org on this machine."""

    def address(self, url: str) -> str:
        """As HostSession; what simple-salesforce asks of an org under test goes to 127.0.0.1."""
        parts, own = urlsplit(url), urlsplit(self.base)
        if own.scheme == "http" and parts.netloc in (f"{_LOOPBACK_ORG}.salesforce.com", own.netloc):
            url = parts._replace(scheme="http", netloc=own.netloc).geturl()
        return super().address(url)


class Client:
    """One org, logged in. Every method raises BadInput with what to do, never with a secret."""

    def __init__(self, share: float, pace: Pace) -> None:
        self.pace, self.share = pace, share
        self.url = host_url(secrets.secret("SALESFORCE_URL"), "SALESFORCE_URL")
        self.session = OrgSession(self.url, sleep=pace.sleep)
        with _explained(self.url), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # simple-salesforce would print the consumer key
            self.org = Salesforce(session=self.session, parse_float=str, **_credentials(self.url))
        secrets.keep_secret(self.org.session_id)
        if self.org.sf_instance.lower() != urlsplit(self.url).netloc.lower():
            raise BadInput(
                "the org is at another host",
                where="SALESFORCE_URL",
                expected=f"https://{self.org.sf_instance}",
                got=self.url,
                to_do="Set SALESFORCE_URL to the org's My Domain.",
            )

    @property
    def usage(self) -> tuple[int, int] | None:
        """API calls of the last 24 hours, by everybody: used and allowed; None = not told."""
        told = self.org.api_usage.get("api-usage")
        return (told.used, told.total) if told else None

    def fields_of(self, name: str) -> dict[str, str] | None:
        """The fields of an object that this user may read: name -> type. None: not the object itself."""
        try:
            found = self._ask(f"sobjects/{name}/describe")
        except _NotThere:
            return None
        return {str(one["name"]): str(one["type"]) for one in found.get("fields", [])}

    def count(self, soql: str) -> int:
        """What a `SELECT COUNT()` says, deleted rows included."""
        return int(self._ask("queryAll/", {"q": soql})["totalSize"])

    def read(self, soql: str, columns: Sequence[str], *, deleted: bool = True) -> Iterator[Row]:
        """The rows of a query, deleted ones included: over REST, or as a Bulk job if there are many."""
        page = self._ask("queryAll/" if deleted else "query/", {"q": soql})
        if int(page["totalSize"]) > self.pace.bulk_above:
            yield from self._bulk(soql, deleted=deleted)
            return
        while True:
            for record in page["records"]:
                yield {column: _cell(record, column) for column in columns}
            if page["done"]:
                return
            page = self._ask(page["nextRecordsUrl"].split(f"/v{self.org.sf_version}/", 1)[-1])

    def deleted(self, name: str, since: datetime, until: datetime) -> dict[str, datetime]:
        """Records deleted between two moments (UTC), also those that left the recycle bin: id -> when."""
        period = {"start": f"{since.isoformat()}Z", "end": f"{until.isoformat()}Z"}
        found = self._ask(f"sobjects/{name}/deleted/", period)
        return {str(one["id"]): moment(str(one["deletedDate"])) for one in found["deletedRecords"]}

    def _ask(self, path: str, params: dict[str, str] | None = None, **options: Any) -> Any:
        """One call of the REST API; an expired session is renewed by simple-salesforce."""
        self._spare_the_rest()
        with _explained(self.url):
            answer = self.org.restful(path, params, **options)
        secrets.keep_secret(self.org.session_id)
        return answer or {}

    def _spare_the_rest(self) -> None:
        """Others need the org's calls of the day too."""
        if self.usage and self.usage[0] >= self.share * self.usage[1]:
            raise BadInput(
                f"{self.usage[0]:,} of the org's {self.usage[1]:,} API calls of the last 24 hours are used",
                where=self.url,
                expected=f"less than {self.share:.0%}, the share at which this sync stops",
                to_do="What is landed stays; the next run goes on from there. `--share` sets another share.",
            )

    def _bulk(self, soql: str, *, deleted: bool) -> Iterator[Row]:
        job = {"operation": "queryAll" if deleted else "query", "query": soql, "contentType": "CSV"}
        path = f"jobs/query/{self._ask('jobs/query', method='POST', json=job)['id']}"
        try:
            self._await(path)
            header: list[str] = []
            locator = ""
            while True:
                answer = self._page(path, locator, header)
                rows = _lines(answer)
                header = header or rows[0]
                for row in rows[1:] if rows and rows[0] == header else rows:
                    yield dict(zip(header, row, strict=True))
                locator = answer.headers.get("Sforce-Locator", "null")
                if locator in ("", "null"):
                    return
        finally:
            with suppress(BadInput):  # Salesforce throws it away after a week by itself
                self._ask(path, method="DELETE")

    def _await(self, path: str) -> None:
        """Wait until a job is done. Raises BadInput where it fails."""
        waited, pause = 0.0, 0.5
        while (job := self._ask(path))["state"] != "JobComplete":
            if job["state"] in ("Failed", "Aborted"):
                raise BadInput(
                    f"Salesforce's Bulk job {job['state'].lower()}",
                    where=self.url,
                    got=secrets.redact(str(job.get("errorMessage", "no reason given"))[:300]),
                    to_do="What is landed stays; run the sync again.",
                )
            if waited > _BULK_HOURS * 3600:
                raise BadInput("Salesforce's Bulk job does not end", where=self.url, to_do="Try again later.")
            self.pace.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 15.0)

    def _page(self, path: str, locator: str, header: list[str]) -> requests.Response:
        """One page of a job's rows, whole: Salesforce says how many there must be."""
        params = {"maxRecords": str(_PAGE)} | ({"locator": locator} if locator else {})
        for _ in range(3):
            self._spare_the_rest()
            url = f"{self.org.base_url}{path}/results"
            answer = self.session.get(url, params=params, headers=self.org.headers | {"Accept": "text/csv"})
            if answer.status_code == 401:
                self._ask(path)  # renews the session
            elif answer.status_code == 200 and _is_whole(answer, header):
                return answer
        raise BadInput(
            "Salesforce does not give the whole result of a Bulk job",
            where=self.url,
            got=f"status {answer.status_code}",
            to_do="What is landed stays; run the sync again.",
        )


def moment(text: str) -> datetime:
    """A time as Salesforce writes it, in UTC without zone."""
    return datetime.fromisoformat(text.replace("+0000", "+00:00")).astimezone(UTC).replace(tzinfo=None)


def literal(at: datetime) -> str:
    """A time (UTC) as SOQL and cursors have it."""
    return f"{at.isoformat(timespec='milliseconds')}Z"


def _credentials(url: str) -> dict[str, Any]:
    """What simple-salesforce needs: client credentials, or a JWT where a user is named."""
    host = urlsplit(url).hostname or ""
    is_here = url.startswith("http://")
    if not is_here and not host.endswith(".salesforce.com"):
        raise BadInput(
            "SALESFORCE_URL is no org's address",
            expected="the org's My Domain, such as https://acme.my.salesforce.com",
            got=url,
        )
    domain = _LOOPBACK_ORG if is_here else host.removesuffix(".salesforce.com")
    key = secrets.secret("SALESFORCE_CLIENT_ID")
    user = secrets.optional("SALESFORCE_USERNAME")
    if not user:
        return {
            "domain": domain,
            "consumer_key": key,
            "consumer_secret": secrets.secret("SALESFORCE_CLIENT_SECRET"),
        }
    login = "test" if ".sandbox." in host else "login"
    return {
        "username": user,
        "consumer_key": key,
        "privatekey": _private_key(),
        "domain": login,
        "instance_url": domain,
    }


def _private_key() -> str:
    file = secrets.optional("SALESFORCE_PRIVATE_KEY_FILE")
    if not file:
        return secrets.secret("SALESFORCE_PRIVATE_KEY")
    try:
        key = Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            "the private key cannot be read", where="SALESFORCE_PRIVATE_KEY_FILE", expected="a PEM file"
        ) from None
    secrets.keep_secret(key)
    return key


class _NotThere(BadInput):
    """The org has no such thing, or not for this user."""


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn what simple-salesforce raises into one message that says what to do."""
    try:
        yield
    except answers.SalesforceAuthenticationFailed as error:
        raise _no_login(url, error) from None
    except answers.SalesforceResourceNotFound as error:
        raise _NotThere(_said(error), where=url) from None
    except answers.SalesforceError as error:
        raise _refused(url, error) from None
    except jwt.PyJWTError:
        raise BadInput(
            "the private key cannot be used",
            where="SALESFORCE_PRIVATE_KEY or SALESFORCE_PRIVATE_KEY_FILE",
            expected="an RSA private key in PEM, without passphrase",
        ) from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BadInput(
            "Salesforce answered something that is not its API's",
            where=url,
            got=type(error).__name__,
            to_do="Is SALESFORCE_URL the org's My Domain?",
        ) from None


def _no_login(url: str, error: answers.SalesforceAuthenticationFailed) -> BadInput:
    to_do = {
        "invalid_client_id": "Check SALESFORCE_CLIENT_ID.",
        "invalid_client": "Check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET.",
        "invalid_grant": "Check the user, its approval for the app, and the certificate (docs/sync.md).",
        "unsupported_grant_type": "Switch the flow on in the connected app (docs/sync.md).",
    }.get(str(error.code), "See docs/sync.md, Set up.")
    said = secrets.redact(f"{error.code}: {error.auth_message}"[:300])
    return BadInput("Salesforce does not let us in", where=url, got=said, to_do=to_do)


def _refused(url: str, error: answers.SalesforceError) -> BadInput:
    said = _said(error)
    what, to_do = "Salesforce refuses a request", "See docs/sync.md, Troubleshooting."
    if "REQUEST_LIMIT_EXCEEDED" in said:
        what = "the org's API calls of the last 24 hours are used up"
        to_do = (
            "What is landed stays; the next run goes on from there. Sync less often, or ask for more calls."
        )
    elif "API_DISABLED_FOR_ORG" in said or "API_CURRENTLY_DISABLED" in said:
        to_do = "Give the user the permission 'API Enabled'; the org's edition must have the API."
    elif error.status == 401:
        what, to_do = "Salesforce ends the session at once", "Check the app's session and IP policies."
    return BadInput(what, where=url, got=said, to_do=to_do)


def _said(error: answers.SalesforceError) -> str:
    """The code and message in Salesforce's own words."""
    content: Any = error.content
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = f"{content[0].get('errorCode', '')}: {content[0].get('message', '')}"
    return secrets.redact(" ".join(str(content).split())[:300])


def _is_whole(answer: requests.Response, header: list[str]) -> bool:
    """Whether a page has as many rows as it says, all of them with all columns.

    `header`: of the first page ([] = this is the first one); a later page may come without it.
    """
    rows = _lines(answer)
    if rows and (not header or rows[0] == header):
        header, rows = rows[0], rows[1:]
    told = int(answer.headers.get("Sforce-NumberOfRecords", "-1"))
    return bool(header) and len(rows) == told and all(len(row) == len(header) for row in rows)


def _lines(answer: requests.Response) -> list[list[str]]:
    text = io.StringIO(answer.content.decode("utf-8", "replace"), newline="")
    return [row for row in csv.reader(text) if row]


def _cell(record: Any, column: str) -> str:
    """A field of a record as text; `Account.Name` is the parent's."""
    value = record
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
