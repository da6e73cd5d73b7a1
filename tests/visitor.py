"""Somebody who visits the app over HTTP and its websocket, as a browser does, but sees every byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

#: A guard against a hang only.
_PATIENCE = 120


@dataclass
class Seen:
    """What one run of the app sent."""

    messages: list[ForwardMsg]

    @property
    def everything(self) -> bytes:
        """All of it."""
        return b"\n".join(message.SerializeToString() for message in self.messages)

    @property
    def texts(self) -> str:
        """What the page says, without the signs that keep user text from being Markdown."""
        elements = [message.delta.new_element for message in self.messages]
        bodies = [(one.heading.body, one.markdown.body, one.alert.body) for one in elements]
        return "\n".join(text for body in bodies for text in body if text).translate(
            {0x5C: None, 0x2060: None}
        )

    def button(self, label: str) -> str:
        """The id of a button."""
        found = [message.delta.new_element.button for message in self.messages]
        return next(button.id for button in found if button.label == label)

    @property
    def leads_to(self) -> str:
        """Where a sign-in or a sign-out sends the browser; '' without one."""
        return next((one.auth_redirect.url for one in self.messages if one.auth_redirect.url), "")


@dataclass
class Tab:
    """An open page: one websocket, one session."""

    socket: ClientConnection

    def run(self, page: str = "", query: str = "", press: str = "") -> Seen:
        """Run the script, as a link or a button would; what it sent."""
        asked = ClientState(page_name=page, query_string=query)
        if press:
            asked.widget_states.widgets.add(id=press, trigger_value=True)
        return self.rerun(asked)

    def rerun(self, asked: ClientState) -> Seen:
        """Run the script as a browser asks for it; what it sent. Raises TimeoutError, ConnectionClosed."""
        self.socket.send(BackMsg(rerun_script=asked).SerializeToString())
        return Seen(list(self._answers()))

    def _answers(self) -> Iterator[ForwardMsg]:
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(self.socket.recv(timeout=_PATIENCE, decode=False)))
            yield message
            is_end = message.WhichOneof("type") == "script_finished"
            if is_end and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return


@dataclass
class Visitor:
    """A browser: its cookies, and the tabs that it opens."""

    url: str
    http: requests.Session = field(default_factory=requests.Session)

    @contextmanager
    def tab(self, headers: dict[str, str] | None = None) -> Iterator[Tab]:
        """Open a page."""
        self.http.get(f"{self.url}/_stcore/health", timeout=_PATIENCE)  # here a browser gets its XSRF cookie
        cookies = {cookie.name: cookie.value for cookie in self.http.cookies if cookie.domain == "127.0.0.1"}
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), **(headers or {})}
        with connect(
            f"{self.url.replace('http', 'ws')}/_stcore/stream",
            origin=(headers or {}).pop("Origin", self.url),  # type: ignore[arg-type]
            additional_headers={name: value for name, value in sent.items() if name != "Origin"},
            subprotocols=[Subprotocol("streamlit"), Subprotocol(str(cookies.get("_streamlit_xsrf", "none")))],
            max_size=None,
            proxy=None,
        ) as socket:
            yield Tab(socket)

    def look(self, page: str = "", query: str = "", headers: dict[str, str] | None = None) -> Seen:
        """Open a page, and close it."""
        with self.tab(headers) as tab:
            return tab.run(page, query)

    def sign_in(self, user: str, page: str = "", query: str = "") -> None:
        """Press the button, and be `user` at the identity provider."""
        with self.tab() as tab:
            button = tab.run(page, query).button("Sign in")
            leads_to = tab.run(page, query, press=button).leads_to
        form = self.http.get(f"{self.url}{leads_to}", timeout=_PATIENCE)
        assert "localhost" in form.url, f"no form of the identity provider: {form.url} {form.text[:300]}"
        self.http.post(form.url, data={"sub": user}, timeout=_PATIENCE)

    def upload(self, seen: Seen) -> int:
        """Send a file in the session of a page; the status of the answer."""
        new = next(one.new_session for one in seen.messages if one.WhichOneof("type") == "new_session")
        token = self.http.cookies.get("_streamlit_xsrf", domain="127.0.0.1")
        return self.http.put(
            f"{self.url}/_stcore/upload_file/{new.initialize.session_id}/file-1",
            files={"file": ("deals.csv", b"Deal\n1\n")},
            headers={"X-Xsrftoken": str(token)},
            timeout=_PATIENCE,
        ).status_code

    @property
    def cookie(self) -> str | None:
        """The sign-in's cookie."""
        return self.http.cookies.get("_streamlit_user", domain="127.0.0.1")

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.http.cookies.set("_streamlit_user", value, domain="127.0.0.1", path="/")


def names_in(seen: bytes, names: list[str]) -> list[str]:
    """Which names stand in what was sent."""
    return [name for name in names if re.search(re.escape(name.encode()), seen)]
