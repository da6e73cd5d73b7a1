"""Files that are not what they say, or that mean harm, are one clear message each."""

from __future__ import annotations

import contextlib
import io
import socket
import zipfile
from collections.abc import Callable

import pytest

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.problems import BadInput

Packed = Callable[..., bytes]
TEXT = "<w:p><w:r><w:t>Problem: orders get lost</w:t></w:r></w:p>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def refused(content: bytes) -> str:
    with pytest.raises(BadInput) as raised:
        read_sheet(content, "given.docx")
    message = str(raised.value)
    assert message.startswith("given.docx")
    assert len(message) < 400
    return message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (OLE + b"WordDocument", "old Office version"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"{\\rtf1 ...", "an RTF file"),
        (b"<html></html>", "a web page"),
        (b"Just a text", "no Word document"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_other_files_with_the_suffix_are_named(content: bytes, words: str) -> None:
    assert words in refused(content)


@pytest.mark.parametrize(
    ("entry", "content", "words"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.text", "an OpenDocument file"),
        ("xl/workbook.xml", "<workbook/>", "an Excel workbook"),
        ("hello.txt", "hello", "a zip without a document"),
    ],
)
def test_other_zips_are_named(entry: str, content: str, words: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, content)
    assert words in refused(out.getvalue())


def test_a_zip_bomb_is_refused(packed: Packed) -> None:
    bomb = packed("<w:p><w:r><w:t>" + "a" * 30_000_000 + "</w:t></w:r></w:p>")
    assert len(bomb) < 100_000
    assert "suspicious size" in refused(bomb)


def test_a_zip_that_lies_about_its_sizes_is_refused(packed: Packed) -> None:
    told = bytearray(packed("<w:p><w:r><w:t>" + "a" * 30_000_000 + "</w:t></w:r></w:p>"))
    with zipfile.ZipFile(io.BytesIO(told)) as archive:
        real = archive.getinfo("word/document.xml").file_size.to_bytes(4, "little")
    assert told.count(real) >= 2
    told = told.replace(real, (1_000).to_bytes(4, "little"))
    message = refused(bytes(told))
    assert "suspicious size" in message or "damaged" in message


def test_too_many_entries_are_refused(packed: Packed) -> None:
    assert "suspicious size" in refused(packed(TEXT, **{f"junk/{n}": b"" for n in range(5_001)}))


def test_a_document_of_endless_lines_is_refused(packed: Packed) -> None:
    """Each line takes 2 ms: 161 kB of 20,000 took 34 seconds, at every click of the page."""
    assert "too long for a Blue Sheet" in refused(packed("<w:p><w:r><w:t>Name: x</w:t></w:r></w:p>" * 5_001))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused(packed: Packed, encoding: str) -> None:
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
    )
    assert "entities" in refused(packed("", **{"word/document.xml": xml.encode(encoding)}))


def test_an_entity_that_names_a_file_is_refused(packed: Packed) -> None:
    xml = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
    assert "entities" in refused(packed("", **{"word/document.xml": xml}))


def test_nothing_outside_is_fetched(packed: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}/attachedTemplate" Target="http://evil.example/t" '
        'TargetMode="External"/>'
        f'<Relationship Id="rId2" Type="{kind}/header" Target="http://evil.example/h" TargetMode="External"/>'
        f'<Relationship Id="rId3" Type="{kind}/header" Target="../../../etc/passwd"/></Relationships>'
    )
    sheet = read_sheet(packed(TEXT, **{"word/_rels/document.xml.rels": relations}), "linked.docx")
    assert [paragraph.text for paragraph in sheet.paragraphs] == ["Problem: orders get lost"]


def test_a_file_with_macros_is_read_as_text(packed: Packed) -> None:
    sheet = read_sheet(packed(TEXT, **{"word/vbaProject.bin": OLE}), "macros.docm")
    assert sheet.facts[0].text == "orders get lost"


def test_damaged_xml_is_one_message(packed: Packed) -> None:
    message = refused(packed("", **{"word/document.xml": "<w:document><w:body>"}))
    assert "damaged" in message
    assert "word/document.xml" in message


def test_any_cut_or_flipped_file_is_read_or_refused_clearly(packed: Packed) -> None:
    content = packed(TEXT * 20)
    for at in range(0, len(content), 37):
        for broken in (content[:at], content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]):
            with contextlib.suppress(BadInput):
                read_sheet(broken, "broken.docx")


def test_a_document_without_text_is_refused(packed: Packed) -> None:
    assert "no text" in refused(packed("<w:p/>"))


def test_deep_nesting_is_refused_or_read(packed: Packed) -> None:
    body = "<w:tbl><w:tr><w:tc>" * 400 + TEXT + "</w:tc></w:tr></w:tbl>" * 400
    assert "damaged" in refused(packed(body)) or "nested" in refused(packed(body))
