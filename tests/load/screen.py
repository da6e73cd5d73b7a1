"""What stands on somebody's screen: what a session was sent, and what a click on it asks for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pyarrow as pa
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.visitor import Seen, Tab


@dataclass(frozen=True)
class Shown:
    """An element on the screen, and the fragment that drew it; '' for the page itself."""

    element: Element
    fragment: str


@dataclass
class Screen:
    """A browser's side of one session: what was drawn last, what was touched, what runs by itself.

    The states of untouched widgets are not sent back, as the server holds them; a browser sends them too.
    """

    tab: Tab
    page: str = ""
    query: str = ""
    page_hash: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    shown: dict[tuple[int, ...], Shown] = field(default_factory=dict)
    touched: dict[str, WidgetState] = field(default_factory=dict)
    timers: dict[str, tuple[float, float]] = field(default_factory=dict)  # fragment -> every, due

    def open(self) -> list[str]:
        """Load the page of the address; what was wrong."""
        return self._ask(ClientState(page_name=self.page, query_string=self.query))

    def go(self, page: str, query: str = "") -> list[str]:
        """Follow a link to a page."""
        self.query, self.touched = query, {}
        return self._ask(ClientState(page_script_hash=self.hashes[page], query_string=query))

    def follow(self, link: Any) -> list[str]:
        """Follow a link on the page."""
        self.query, self.touched = link.query_string, {}
        return self._ask(ClientState(page_script_hash=link.page_script_hash, query_string=self.query))

    def press(self, widget: str) -> list[str]:
        """Press a button."""
        return self._act(WidgetState(id=widget, trigger_value=True))

    def choose(self, control: Any, option: str) -> list[str]:
        """Choose an option of a select box or of a row of buttons; a bound one changes the address."""
        state = WidgetState(id=control.id)
        if control.DESCRIPTOR.name == "ButtonGroup":
            state.string_array_value.data.append(option)
        else:
            state.string_value = option
        if control.query_param_key:
            self.query = urlencode(dict(parse_qsl(self.query)) | {control.query_param_key: option})
        self.touched[control.id] = state
        return self._act(state)

    def select_row(self, table: Any, row: int) -> list[str]:
        """Select a row of a table."""
        selected = json.dumps({"selection": {"rows": [row], "columns": [], "cells": []}})
        self.touched[table.id] = WidgetState(id=table.id, string_value=selected)
        return self._act(self.touched[table.id])

    def fill_in(self, text_field: Any, text: str) -> None:
        """Type into a field of a form; sent with the form."""
        self.touched[text_field.id] = WidgetState(id=text_field.id, string_value=text)

    def next_timer(self) -> tuple[str, float] | None:
        """The fragment that runs by itself next, and when."""
        due = {fragment: at for fragment, (_, at) in self.timers.items()}
        return min(due.items(), key=lambda one: one[1], default=None)

    def tick(self, fragment: str) -> list[str]:
        """Run a fragment as its timer does."""
        asked = ClientState(page_script_hash=self.page_hash, query_string=self.query, fragment_id=fragment)
        asked.is_auto_rerun = True
        problems = self._ask(asked)
        if fragment in self.timers:
            every = self.timers[fragment][0]
            self.timers[fragment] = (every, time.monotonic() + every)
        return problems

    def elements(self, kind: str) -> Iterator[Any]:
        """The elements of a kind."""
        for one in self.shown.values():
            if one.element.WhichOneof("type") == kind:
                yield getattr(one.element, kind)

    def button(self, key: str) -> str:
        """The id of a button that can be pressed, by what its key begins with; '' if there is none."""
        found = (one for one in self.elements("button") if not one.disabled)
        return next((one.id for one in found if key_of(one.id).startswith(key)), "")

    def _act(self, state: WidgetState) -> list[str]:
        of_widget = (one.fragment for one in self.shown.values() if _id_of(one.element) == state.id)
        asked = ClientState(page_script_hash=self.page_hash, query_string=self.query)
        asked.fragment_id = next(of_widget, "")
        sent = self.touched | {state.id: state}
        asked.widget_states.widgets.extend(sent.values())
        return self._ask(asked)

    def _ask(self, asked: ClientState) -> list[str]:
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-GB"
        seen = self.tab.rerun(asked)
        for message in seen.messages:
            self._take(message)
        on_screen = {_id_of(one.element) for one in self.shown.values()}
        self.touched = {name: state for name, state in self.touched.items() if name in on_screen}
        return problems_in(seen)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(list(message.metadata.run.fragment_ids))
            self.page_hash = message.new_session.page_script_hash or self.page_hash
        elif kind == "navigation":
            self.hashes = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
            self.page_hash = message.navigation.page_script_hash
            self.page = next((page for page, one in self.hashes.items() if one == self.page_hash), "")
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            timer = message.auto_rerun
            self.timers[timer.fragment_id] = (timer.interval, time.monotonic() + timer.interval)
        elif kind == "delta":
            self._draw(message)

    def _begin(self, fragments: list[str]) -> None:
        if fragments:
            self.shown = {path: one for path, one in self.shown.items() if one.fragment not in fragments}
        else:
            self.shown, self.timers = {}, {}

    def _draw(self, message: ForwardMsg) -> None:
        path, delta = tuple(message.metadata.delta_path), message.delta
        if delta.WhichOneof("type") == "new_element":
            self.shown[path] = Shown(delta.new_element, delta.fragment_id)
            if getattr(getattr(delta.new_element, delta.new_element.WhichOneof("type")), "set_value", False):
                self.touched.pop(_id_of(delta.new_element), None)  # the app has set it anew


def problems_in(seen: Seen) -> list[str]:
    """What a run showed as wrong: exceptions, error boxes, missing pages, code that cannot run."""
    found = []
    for message in seen.messages:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            found.append(f"exception: {element.exception.type} {element.exception.message}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            found.append(f"error box: {element.alert.body}")
        elif message.WhichOneof("type") == "page_not_found":
            found.append(f"no such page: {message.page_not_found.page_name}")
        elif message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            found.append("the script could not be compiled")
    return found


def key_of(widget_id: str) -> str:
    """The key that the app gave a widget; '' for none."""
    key = widget_id.split("-", 2)[-1]
    return "" if key == "None" else key


def rows_of(table: Any) -> int:
    """How many rows a table has."""
    if table.HasField("lazy_data"):
        return int(table.lazy_data.row_count)
    return int(pa.ipc.open_stream(table.arrow_data.data).read_all().num_rows)


def _id_of(element: Element) -> str:
    return str(getattr(getattr(element, element.WhichOneof("type") or "empty"), "id", ""))
