"""What a page sends to the browser, text by text, and which of it the browser reads as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

#: Kind of element, and the place in it that the browser shows as plain letters (looked up in Streamlit's
#: frontend). Whatever is not here is taken for Markdown.
SHOWN_AS_TYPED = {
    *("Selectbox.options", "Selectbox.raw_value", "Selectbox.placeholder"),
    *("MultiSelect.options", "MultiSelect.raw_values"),
    *("TextInput.default", "TextInput.value", "TextInput.placeholder"),
    *("TextArea.default", "TextArea.value", "TextArea.placeholder"),
    *("Text.body", "Code.code_text"),
    *("PageLink.query_string", "PageLink.page_script_hash"),  # percent-encoded by Streamlit
}
#: Names that nobody sees.
_KEYS = {"id", "key", "form_id", "group_id", "url", "user_key"}
#: What must not stand in Markdown: with no backslash before it, and what the browser finds in spite of one.
RUNS = re.compile(
    r"(?<!\\)(?:<img|<script|\[zz\]\(|!\[zz\]|\$\\frac|:red\[|\*\*zz|`zz)"
    r"|https?\\?://evil|www\\?\.evil|:material\\?[/_]delete|:streamlit|ceo@evil",
    re.IGNORECASE,
)
#: What Plotly would make of a text: it knows a few tags, and links.
RUNS_IN_PICTURES = re.compile(r"<(?!/?(?:b|br|i|em|sup|sub|span|extra)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Sent:
    """One text, and where it stands: `Button.label`."""

    where: str
    text: str


def sent(at: AppTest) -> list[Sent]:
    """Every text of every element, deep down."""
    return [one for root in (at.main, at.sidebar) for one in _of_node(root)]


def run_by_the_browser(at: AppTest) -> list[str]:
    """Texts in which the browser would see Markdown, HTML, LaTeX or an address."""
    return [f"{one.where}: {one.text[:300]}" for one in sent(at) if _runs(one)]


def _runs(one: Sent) -> bool:
    if one.where == "PlotlyChart.spec":
        return bool(RUNS_IN_PICTURES.search(one.text))
    return one.where not in SHOWN_AS_TYPED and bool(RUNS.search(one.text))


def _of_node(node: Any) -> Iterator[Sent]:
    proto = getattr(node, "proto", None)
    if isinstance(proto, Message):
        yield from _of_message(proto)
    for child in getattr(node, "children", {}).values():
        yield from _of_node(child)


def _of_message(message: Message) -> Iterator[Sent]:
    kind = message.DESCRIPTOR.name
    if kind == "PlotlyChart":
        yield from (Sent("PlotlyChart.spec", text) for text in _drawn(json.loads(message.spec)))
        return
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for one in values:
            if isinstance(one, Message):
                yield from _of_message(one)
            elif isinstance(one, str) and field.name not in _KEYS:
                yield Sent(f"{kind}.{field.name}", one)


def _drawn(spec: Any) -> Iterator[str]:
    """The texts of a picture, which Plotly reads as a little HTML."""
    if isinstance(spec, dict):
        for value in spec.values():
            yield from _drawn(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from _drawn(value)
    elif isinstance(spec, str):
        yield spec
