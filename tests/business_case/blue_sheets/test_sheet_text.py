"""The text of a Word file: everything that holds text is read once, in order, and says where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet

Packed = Callable[..., bytes]


def p(text: str, properties: str = "") -> str:
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def read(packed: Packed, body: str) -> Sheet:
    return read_sheet(packed(body), "sheet.docx")


def texts(sheet: Sheet) -> list[str]:
    return [paragraph.text for paragraph in sheet.paragraphs]


def test_tracked_changes_count_as_accepted(packed: Packed) -> None:
    body = (
        "<w:p><w:r><w:t>Budget: </w:t></w:r><w:del><w:r><w:delText>none</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>240k approved on 4 Mar</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>moved away</w:t></w:r></w:moveFrom></w:p>"
    )
    sheet = read(packed, body)
    assert texts(sheet) == ["Budget: 240k approved on 4 Mar"]
    assert [(fact.question, fact.text) for fact in sheet.facts] == [("budget", "240k approved on 4 Mar")]


def test_a_deleted_table_row_is_gone(packed: Packed) -> None:
    row = "<w:tr>{mark}<w:tc>{left}</w:tc><w:tc>{right}</w:tc></w:tr>"
    kept = row.format(mark="", left=p("Problem"), right=p("Orders get lost"))
    gone = row.format(mark="<w:trPr><w:del/></w:trPr>", left=p("Budget"), right=p("none at all"))
    assert texts(read(packed, f"<w:tbl>{kept}{gone}</w:tbl>")) == ["Problem", "Orders get lost"]


def test_alternative_contents_are_read_once(packed: Packed) -> None:
    box = f"<w:txbxContent>{p('Red flags')}{p('No access to the CFO')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    sheet = read(packed, body)
    assert [(q.text, q.where) for q in sheet.paragraphs] == [
        ("Red flags", "text box 1"),
        ("No access to the CFO", "text box 1"),
    ]
    assert [(fact.kind, fact.text) for fact in sheet.facts] == [("red_flag", "No access to the CFO")]


def test_hidden_text_is_read_and_marked(packed: Packed) -> None:
    body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Budget: frozen until May</w:t></w:r></w:p>"
    sheet = read(packed, body)
    assert sheet.paragraphs[0].where == "body, hidden text"
    assert sheet.facts[0].text == "frozen until May"


def test_breaks_tabs_and_soft_hyphens(packed: Packed) -> None:
    body = (
        "<w:p><w:r><w:t>Account:</w:t><w:tab/><w:t>Acme</w:t><w:br/>"
        "<w:t>Root cause: the sys\u00adtem is</w:t>"
        "<w:softHyphen/><w:t> old</w:t></w:r></w:p>"
    )
    sheet = read(packed, body)
    assert texts(sheet) == ["Account:\tAcme\nRoot cause: the system is old"]
    assert sheet.account == "Acme"
    assert sheet.facts[0].text == "the system is old"


def test_results_of_fields_and_texts_of_links_are_read(packed: Packed) -> None:
    body = (
        "<w:p><w:r><w:t>Problem: </w:t></w:r><w:r><w:fldChar/></w:r>"
        "<w:r><w:instrText>DDEAUTO c:\\\\evil</w:instrText></w:r>"
        "<w:hyperlink><w:r><w:t>Orders get lost</w:t></w:r>"
        "</w:hyperlink></w:p>"
    )
    assert texts(read(packed, body)) == ["Problem: Orders get lost"]


def test_old_form_fields_are_read(packed: Packed) -> None:
    box = (
        "<w:r><w:fldChar><w:ffData><w:checkBox>{}</w:checkBox></w:ffData></w:fldChar></w:r>"
        "<w:r><w:t>{}</w:t></w:r>"
    )
    body = (
        "<w:p><w:r><w:t>Position: </w:t></w:r>"
        + box.format('<w:default w:val="0"/>', " Panic ")
        + box.format("<w:checked/>", " Comfort")
        + "</w:p>"
    )
    sheet = read(packed, body)
    assert [(fact.kind, fact.text) for fact in sheet.facts] == [("position", "Comfort")]


def test_nested_tables_say_where_they_stand(packed: Packed) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('Budget')}</w:tc><w:tc>{p('Line 12, approved')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p('Left')}</w:tc><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    sheet = read(packed, outer)
    assert sheet.paragraphs[2].where == "table 1, row 1, column 2, inner table, row 1, column 2"
    assert [(fact.question, fact.text) for fact in sheet.facts] == [("budget", "Line 12, approved")]


@pytest.mark.parametrize(
    "text",
    [
        "Click or tap here to enter text.",
        "[enter budget]",
        "TBD",
        "n/a",
        "___",
        "<budget owner>",
        "Klicken Sie hier, um Text einzugeben",
    ],
)
def test_placeholders_are_no_facts(packed: Packed, text: str) -> None:
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    sheet = read(packed, p(f"Budget: {escaped}") + p("Problem: Orders get lost"))
    assert [fact.question for fact in sheet.facts] == ["problem"]
    assert sheet.unplaced == []


def test_a_control_that_shows_its_placeholder_is_empty(packed: Packed) -> None:
    names = '<w:alias w:val="{}"/><w:tag w:val="x"/>'
    control = "<w:sdt><w:sdtPr>" + names + "{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = control.format("Root cause", "<w:showingPlcHdr/>", p("Why do they have it")) + control.format(
        "Business impact", "", p("Two people type all day")
    )
    sheet = read(packed, body)
    assert [(fact.question, fact.text) for fact in sheet.facts] == [("impact", "Two people type all day")]
    assert sheet.paragraphs[1].where == "body, content control 'Business impact'"


def test_strict_files_are_read_as_well(packed: Packed) -> None:
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    document = f"<w:document {strict}><w:body>{p('Pain: orders get lost')}</w:body></w:document>"
    sheet = read_sheet(packed("", word__document_xml="", **{"word/document.xml": document}), "strict.docx")
    assert sheet.facts[0].text == "orders get lost"


def test_the_date_falls_back_to_when_word_saved_it(packed: Packed) -> None:
    core = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:d="http://purl.org/dc/terms/"><d:created>2026-03-01T10:00:00Z</d:created>'
        "<d:modified>2026-05-02T10:00:00Z</d:modified></c:coreProperties>"
    )
    body = p("Problem: orders get lost")
    assert read_sheet(packed(body, **{"docProps/core.xml": core}), "x").dated == date(2026, 5, 2)
    assert read_sheet(
        packed(p("Date: 7 April 2026") + body, **{"docProps/core.xml": core}), "x"
    ).dated == date(2026, 4, 7)
    assert read_sheet(packed(body), "x").dated is None
