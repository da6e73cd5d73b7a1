"""Every file that a page gives away, on a company whose every text is hostile: nothing in it runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from lxml import etree
from streamlit.testing.v1 import AppTest

from analytics.pipeline.tables import csv_bytes
from analytics.store.database import Store
from tests.hardening.hostile_store import a_deal
from tests.pages.test_roles import FILE

App = Callable[..., AppTest]
#: Pages on which something has to be chosen before there is a file.
_CHOSEN = {
    "one_deal": {"deal": "DEAL"},
    "coaching": {"owner": "OWNER"},
    "quarter_end": {"number": "commit"},
    "playbook_versions": {"version": "v1"},
    "data_loaded": {"import": "1"},
}
_RUNS_IN_CELL = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-]?[\d.,]+(e[+\-]?\d+)?$")


@dataclass(frozen=True)
class Given:
    """A file that a page offered."""

    page: str
    name: str
    content: bytes


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Given]:
    """What download buttons would save, made at once."""
    found: list[Given] = []

    def button(label: str, data: Any = None, file_name: str = "", **more: Any) -> bool:
        content = data() if callable(data) else data
        found.append(Given("", file_name, content.encode() if isinstance(content, str) else content))
        return False

    monkeypatch.setattr("streamlit.download_button", button)
    return found


@pytest.mark.parametrize("page", FILE)
def test_nothing_runs_in_a_file(app: App, hostile: Store, given: list[Given], page: str) -> None:
    deal_id, owner_id, _ = a_deal(hostile)
    query = {
        key: text.replace("DEAL", deal_id).replace("OWNER", owner_id)
        for key, text in _CHOSEN.get(page, {}).items()
    }
    at = app(FILE[page], store=hostile.path, **query)
    assert not at.exception
    wrong = [f"{one.name}: {text[:200]}" for one in given for text in runs(one)]
    assert not wrong, wrong[:5]
    _SEEN.update(one.name.rsplit(".", 1)[-1] for one in given if b"1+1" in _unpacked(one.content))


def test_no_kind_of_column_and_no_heading_is_left_out() -> None:
    table = pd.DataFrame({"=1+1": pd.Categorical(["=1+1"]), "b": pd.Series(["=1+1"], dtype="string")})
    assert not [*runs(Given("", "a.csv", csv_bytes(table)))]


_SEEN: Counter[str] = Counter()


def test_the_walk_saw_every_kind_with_hostile_texts() -> None:
    assert set(_SEEN) >= {"csv", "html", "xlsx", "pptx", "docx"}, _SEEN


def runs(one: Given) -> Iterator[str]:
    """What a spreadsheet, browser or Office would run of a file."""
    kind = one.name.rsplit(".", 1)[-1]
    if kind == "csv":
        yield from _cells_that_run(one.content)
    elif kind == "html":
        yield from _Runs().found_in(one.content.decode())
    else:
        yield from _office_that_runs(one.content)


def _cells_that_run(content: bytes) -> Iterator[str]:
    """By whatever a spreadsheet program takes for the end of a cell or of a row."""
    text = content.decode("utf-8-sig").replace("\r", "\n")
    for row in csv.reader(io.StringIO(text)):
        yield from (cell for cell in row if _RUNS_IN_CELL.match(cell) and not _NUMBER.match(cell))
    yield from (cell for cell in re.split("[\n\t;]", text) if cell[:1] in {"=", "@"})


class _Runs(HTMLParser):
    """Elements and attributes that run, fetch or lead elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def found_in(self, text: str) -> list[str]:
        self.feed(text)
        self.close()
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "object", "embed", "link", "form", "base"}:
            self.found.append(f"<{tag} {attrs}>")
        for name, value in attrs:
            if (
                name.startswith("on")
                or "javascript:" in (value or "")
                or "evil" in (value or "") * (name in _URLS)
            ):
                self.found.append(f"<{tag} {name}={value}>")


_URLS = {"href", "src", "action", "xlink:href", "style", "srcset", "background"}


_RUN_BY_OFFICE = {"f", "hyperlink", "instrText", "fldSimple", "ddeLink", "oleObject"}


def _office_that_runs(content: bytes) -> Iterator[str]:
    """Formulas, links and fields of a workbook, document or slides."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            for element in etree.fromstring(archive.read(name)).iter():
                kind = etree.QName(element).localname
                if kind in _RUN_BY_OFFICE and not _is_ours(element):
                    yield f"{name} <{kind}>{element.text or ''}"
                if element.get("TargetMode") == "External":
                    yield f"{name} -> {element.get('Target')}"


def _is_ours(element: Any) -> bool:
    """Sums at the end of our own tables, and the ranges of our own charts, are formulas without CRM text."""
    text = element.text or ""
    return "1+1" not in text and "evil" not in text and etree.QName(element).localname == "f"


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(
            _unpacked(archive.read(name))
            for name in archive.namelist()
            if not name.endswith((".bin", ".png"))
        )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b'a,b\n1,"=1+1"\n'),
        ("a.csv", b"a,b\n1,@SUM(A1)\n"),
        ("a.csv", b"a,b\n1,\t=1\n"),
        ("a.html", b"<p>1<img src=x></p>"),
        ("a.html", b"<p onclick=x>1</p>"),
        ("a.html", b"<a href='javascript:alert(1)'>1</a>"),
    ],
)
def test_the_walk_would_find_one(name: str, content: bytes) -> None:
    assert list(runs(Given("", name, content)))
