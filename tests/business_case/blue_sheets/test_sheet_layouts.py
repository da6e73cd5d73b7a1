"""Every shipped layout is read completely, and no text gets lost."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import KINDS, Fact, Sheet
from analytics.sample_company.sheet_layouts import LAYOUTS
from analytics.sample_company.sheets import Expected, SheetDeal, make_sheets, write_samples
from analytics.store.subjects import QUESTIONS

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
SHIPPED = sorted((Path(__file__).parents[3] / "data/blue_sheets").glob("*.docx"))


def as_found(expected: Expected, facts: Sequence[Fact]) -> Fact | None:
    """The fact that says what is expected; a person's fact holds more than the name."""
    whole = expected.kind != "influence" and not expected.fields
    for fact in facts:
        same = fact.text == expected.text if whole else expected.text in fact.text
        if (fact.kind, fact.question) == (expected.kind, expected.question) and same:
            fields = {key: fact.fields.get(key, "") for key in expected.fields}
            if fields == dict(expected.fields):
                return fact
    return None


def assert_traceable(sheet: Sheet) -> None:
    """Every line of a fact stands in one of its paragraphs."""
    numbers = [paragraph.number for paragraph in sheet.paragraphs]
    assert numbers == list(range(1, len(numbers) + 1))
    for fact in sheet.facts:
        assert fact.kind in KINDS
        assert (fact.question in QUESTIONS) == (fact.kind == "answer")
        assert 1 <= fact.paragraph <= fact.last_paragraph <= len(numbers)
        texts = [p.text for p in sheet.paragraphs[fact.paragraph - 1 : fact.last_paragraph]]
        for line in fact.text.split("\n"):
            assert any(line in text for text in texts), (fact, texts)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_completely(name: str, deals: list[SheetDeal]) -> None:
    wordy = sorted(deals, key=lambda deal: -len(deal.answers))[:5]
    for deal in wordy:
        content, expected = LAYOUTS[name](deal)
        sheet = read_sheet(content, f"{name}.docx")
        assert_traceable(sheet)
        left = list(sheet.facts)
        for one in expected:
            found = as_found(one, left)
            assert found is not None, (one, sheet.facts)
            left.remove(found)
        assert not left, "facts that nobody stated"
        assert sheet.account in (deal.account, "")
        assert sheet.deal_id in (deal.deal_id, "")


def test_head_data_are_read_as_stated(deals: list[SheetDeal]) -> None:
    deal = deals[0]
    sheet = read_sheet(LAYOUTS["label and value"](deal)[0], "sheet.docx")
    assert (sheet.deal_id, sheet.account, sheet.deal_name) == (deal.deal_id, deal.account, deal.name)
    assert (sheet.owner, sheet.amount, sheet.close_date) == (
        deal.owner,
        deal.amount,
        f"{deal.close_date:%Y-%m-%d}",
    )
    assert sheet.dated == deal.dated


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_text_gets_lost(name: str, deals: list[SheetDeal]) -> None:
    """A sentence put behind any paragraph of the body is in a fact afterwards, or listed as unplaced."""
    content, _ = LAYOUTS[name](deals[1])
    for at in range(0, len(paragraphs_of(Document(io.BytesIO(content)))), 2):
        strange = "Zebras cross the yard at noon"
        sheet = read_sheet(with_sentence(content, at, strange), "sheet.docx")
        (number,) = {p.number for p in sheet.paragraphs if strange in p.text}
        in_fact = any(strange in f"{fact.text} {dict(fact.fields)}" for fact in sheet.facts)
        head = (sheet.deal_name, sheet.account, sheet.owner)
        assert in_fact or number in sheet.unplaced or strange in head, sheet.paragraphs[number - 2]


def paragraphs_of(document: DocumentType) -> list[Any]:
    """All paragraphs of the body; of the two copies of a text box only the first."""
    copies = {inner for copy in document.element.body.iter(f"{MC}Fallback") for inner in copy.iter(qn("w:p"))}
    return [one for one in document.element.body.iter(qn("w:p")) if one not in copies]


def with_sentence(content: bytes, at: int, text: str) -> bytes:
    """The document with a paragraph more behind its paragraph number `at`."""
    document, out = Document(io.BytesIO(content)), io.BytesIO()
    paragraph = paragraphs_of(document)[at]
    more = OxmlElement("w:p")
    more.add_r().text = text
    paragraph.addnext(more)
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_placed_and_unplaced_do_not_overlap(path: Path) -> None:
    sheet = read_sheet(path.read_bytes(), path.name)
    lines = {line for fact in sheet.facts for line in fact.text.split("\n")}
    assert not lines & {sheet.paragraphs[number - 1].text for number in sheet.unplaced}


def test_sheets_are_made_alike_each_time(deals: list[SheetDeal]) -> None:
    first, again = (list(make_sheets(20, 3, deals)) for _ in range(2))
    assert [content for _, content, _ in first] == [content for _, content, _ in again]
    assert len({name for name, _, _ in first}) == 20
    assert [content for _, content, _ in make_sheets(20, 4, deals)] != [content for _, content, _ in first]


def test_more_sheets_than_deals_take_other_layouts(deals: list[SheetDeal]) -> None:
    made = list(make_sheets(2 * len(LAYOUTS), 1, deals[: len(LAYOUTS)]))
    assert len({content for _, content, _ in made}) == len(made)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_samples_are_real_word_files_with_facts(path: Path) -> None:
    Document(str(path))
    sheet = read_sheet(path.read_bytes(), path.name)
    assert_traceable(sheet)
    assert sum(fact.kind == "answer" for fact in sheet.facts) >= 2
    assert sheet.account or sheet.deal_name


def test_shipped_samples_cover_every_layout_and_leave_work_for_matching() -> None:
    assert [path.stem[3:] for path in SHIPPED] == list(LAYOUTS)
    sheets = [read_sheet(path.read_bytes(), path.name) for path in SHIPPED]
    assert 3 <= sum(not sheet.deal_id for sheet in sheets) <= 8
    assert sum("phase" in sheet.deal_name or not sheet.deal_id for sheet in sheets) >= 3


def test_samples_can_be_written_anew(tmp_path: Path, deals: list[SheetDeal]) -> None:
    paths = write_samples(tmp_path, deals)
    assert len(paths) == len(LAYOUTS)
    assert all(path.stat().st_size > 5_000 for path in paths)
