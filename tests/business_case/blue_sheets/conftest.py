"""Deals to write sheets about, and documents made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from docx import Document
from docx.document import Document as DocumentType

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.sample_company import WorldOptions, build_world
from analytics.sample_company.sheets import SheetDeal, sheet_deals

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>"
)


@pytest.fixture(scope="session")
def deals() -> list[SheetDeal]:
    """The small sample company's deals that have something to say."""
    return sheet_deals(build_world(WorldOptions.small()).subjects, date(2026, 11, 15))


@pytest.fixture
def written() -> Callable[[Callable[[DocumentType], object]], Sheet]:
    """Reads what a function writes into an empty document."""

    def read(write: Callable[[DocumentType], object]) -> Sheet:
        document, out = Document(), io.BytesIO()
        write(document)
        document.save(out)
        return read_sheet(out.getvalue(), "sheet.docx")

    return read


@pytest.fixture
def packed() -> Callable[..., bytes]:
    """A Word file of raw body XML, with other entries added or put in place of the usual ones."""

    def pack(body: str, **entries: bytes | str) -> bytes:
        parts: dict[str, bytes | str] = {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS,
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        }
        parts |= {name.replace("__", "/"): content for name, content in entries.items()}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return out.getvalue()

    return pack
