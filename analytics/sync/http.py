"""A session that talks to one host, and is patient with it: throttling, outages and half-sent answers."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from analytics.problems import BadInput
from analytics.sync.secrets import redact

TRIES = 6
#: How long one request may wait for a server that throttles or is down, in seconds, all tries together.
PATIENCE = 900.0
#: How long one answer may take, from the question to its last byte, in seconds, and how large it may be, in
#: bytes: the largest that is asked for, a page of 50,000 rows, has some tens of megabytes.
LONGEST, LARGEST = 600.0, 500_000_000
_PART = 1 << 16
_TIMEOUT = (10.0, 120.0)  # to connect; between two packets
_BUSY = frozenset({429, 500, 502, 503, 504})
_LOOPBACK = "127.0.0.1"


def host_url(text: str, what: str) -> str:
    """A server's address as scheme and host. Raises BadInput if it is not https, or http on 127.0.0.1.

    `what` is the setting that it comes from.
    """
    parts = urlsplit(text.strip())
    try:
        is_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_host = False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == _LOOPBACK)
    if not is_host or not is_safe or parts.username or parts.password or parts.path.strip("/") or parts.query:
        raise BadInput(
            f"{what} is no address that can be used",
            expected="https and a host, such as https://acme.my.salesforce.com",
            got=redact(repr(text)) if "@" not in text else "an address with a name or password in it",
        )
    return f"{parts.scheme}://{parts.netloc}"


class HostSession(requests.Session):
    """A `requests` session for one host.

    It repeats a request that was throttled (429 and Retry-After), met an outage (5xx, resets, timeouts) or
    was answered by half a body, and raises BadInput when that does not end, or when an answer takes too long
    (a server may send a byte now and then for ever) or is too large. Other answers (401, 403, 404 ...) are
    the caller's matter. It follows no redirects and refuses every other host.
    """

    def __init__(
        self,
        base: str,
        *,
        tries: int = TRIES,
        patience: float = PATIENCE,
        sleep: Callable[[float], None] | None = None,
        longest: float = LONGEST,
        largest: int = LARGEST,
    ) -> None:
        super().__init__()
        self.base = base
        self.waited = 0.0
        self.calls = 0
        self.told_at: datetime | None = None
        self._tries, self._patience, self._sleep = tries, patience, sleep or time.sleep
        self._longest, self._largest = longest, largest
        self.auth = _as_it_is  # else requests would look for a password of this host in ~/.netrc
        if urlsplit(base).hostname == _LOOPBACK:
            self.trust_env = False  # no proxy stands between this machine and itself

    def address(self, url: str) -> str:
        """The address to ask: `url` may be a path. Raises BadInput for another host."""
        parts, own = urlsplit(url), urlsplit(self.base)
        if not parts.netloc:
            return self.base + "/" + url.lstrip("/")
        if (parts.scheme, parts.netloc.lower()) != (own.scheme, own.netloc.lower()):
            raise BadInput(
                "the server names another host, which is not asked",
                where=self.base,
                got=f"{parts.scheme}://{parts.hostname}",
            )
        return urlunsplit(parts)

    def hopeless(self, answer: requests.Response) -> BadInput | None:
        """Why waiting would not help with this answer; None: it may (for one CRM's session to say)."""
        return None

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """As `requests.Session.request`, patiently."""
        address = self.address(url.decode() if isinstance(url, bytes) else url)
        options = {"timeout": _TIMEOUT} | options | {"allow_redirects": False}
        waited, problem = 0.0, ""
        for attempt in range(self._tries):
            answer: requests.Response | None = None
            try:
                self.calls += 1
                answer = self._whole(partial(super().request, method, address, *args, **options))
                self.told_at = _date_of(answer) or self.told_at
                problem = _problem(answer)
            except requests.exceptions.SSLError as error:
                raise self._failed("the certificate cannot be trusted", type(error).__name__) from None
            except (requests.RequestException, OSError) as error:
                problem = f"no whole answer ({type(error).__name__})"
            if answer is not None and not problem:
                return answer
            if answer is not None and (end := self.hopeless(answer)):
                raise end
            pause = _pause(answer, attempt)
            if attempt + 1 == self._tries or waited + pause > self._patience:
                break
            self._sleep(pause)
            waited += pause
            self.waited += pause
        tries = "1 try" if attempt == 0 else f"{attempt + 1} tries"
        asks = (
            f", which asks to wait {pause:,.0f} s more"
            if answer is not None and answer.status_code == 429
            else ""
        )
        raise self._failed(f"the server does not answer properly{asks}", f"{problem} in {tries}")

    def _whole(self, ask: Callable[..., requests.Response]) -> requests.Response:
        """An answer with its body. Raises BadInput if that takes too long or is too large.

        A socket's timeout begins anew with every byte, so another thread asks, and is left alone when time is
        up: it keeps nobody from ending.
        """
        answers: queue.SimpleQueue[requests.Response | BaseException] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put(self._read(ask(stream=True)))
            except BaseException as error:
                answers.put(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            found = answers.get(timeout=self._longest)
        except queue.Empty:
            raise self._failed("an answer takes too long", f"none in {self._longest:,.0f} s") from None
        if isinstance(found, BaseException):
            raise found
        return found

    def _read(self, answer: requests.Response) -> requests.Response:
        """The answer with its body in memory, as if it had not been streamed."""
        body = bytearray()
        with answer:
            for part in answer.iter_content(_PART):
                body += part
                if len(body) > self._largest:
                    raise self._failed("an answer is too large", f"more than {self._largest:,} bytes")
        answer._content = bytes(body)
        return answer

    def _failed(self, what: str, got: str) -> BadInput:
        return BadInput(
            what, where=self.base, got=redact(got), to_do="Try again later; what is landed stays."
        )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _date_of(answer: requests.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said


def _problem(answer: requests.Response) -> str:
    """Why an answer should be asked for again; '' = it is whole."""
    if answer.status_code in _BUSY:
        return f"status {answer.status_code}"
    if 300 <= answer.status_code < 400:
        raise BadInput(
            "the server sends us elsewhere, which is not followed",
            where=str(urlsplit(answer.url).hostname),
            got=str(urlsplit(answer.headers.get("Location", "")).hostname),
            to_do="Correct the address.",
        )
    if answer.status_code < 300 and answer.content and "json" in answer.headers.get("Content-Type", ""):
        try:
            answer.json()
        except ValueError:
            return "broken JSON"
    return ""


def _pause(answer: requests.Response | None, attempt: int) -> float:
    """Seconds until the next try: as the server asks, else 1, 2, 4 ... (a date that has passed asks nothing:
    our clock may be ahead)."""
    asked = _asked(answer.headers.get("Retry-After", "")) if answer is not None else 0.0
    return asked if asked > 0 else float(2**attempt)


def _asked(text: str) -> float:
    """The seconds of a Retry-After, a number or a date; 0 = it says nothing."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
