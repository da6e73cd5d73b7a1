"""Reads one Blue Sheet: from the bytes of a Word file to the facts in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from analytics.business_case.blue_sheets.blocks import Line, pieces
from analytics.business_case.blue_sheets.document import MAX_LINES, Document, read_document
from analytics.business_case.blue_sheets.findings import Findings
from analytics.business_case.blue_sheets.flow import Flow
from analytics.business_case.blue_sheets.package import Package
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.blue_sheets.styles import local
from analytics.business_case.blue_sheets.title import account_and_deal
from analytics.business_case.blue_sheets.values import crm_ids, is_furniture, is_placeholder, read_date
from analytics.problems import BadInput


def read_sheet(content: bytes, file: str) -> Sheet:
    """Read a Blue Sheet of any layout. Nothing in it is run, and nothing outside of it is fetched.

    Raises BadInput, with one message that says what to do, if the file is no Word document, is protected by
    a password, is damaged, would unpack to a suspicious size, or holds no text.
    """
    package = Package(content, file)
    try:
        document = read_document(package)
        if not document.paragraphs:
            raise BadInput(
                "the document holds no text", where=file, expected="a Blue Sheet in words, not a picture"
            )
        if len(document.paragraphs) > MAX_LINES:
            raise BadInput(
                "this is too long for a Blue Sheet",
                where=file,
                expected=f"at most {MAX_LINES:,} lines",
                got=f"{len(document.paragraphs):,}",
                to_do="Keep the sheet's own pages, and give them alone.",
            )
        found = _interpret(document)
    except RecursionError:
        raise BadInput(
            "the document is nested too deeply", where=file, to_do="Save it again in Word."
        ) from None
    head = found.head
    account, deal_name = account_and_deal(head, found.title)
    return Sheet(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        paragraphs=document.paragraphs,
        facts=sorted(found.facts, key=lambda fact: (fact.paragraph, fact.last_paragraph)),
        deal_id=head.get("deal_id", "") or _id_in_head(document, found),
        account=account,
        deal_name=deal_name,
        owner=head.get("owner", ""),
        amount=head.get("amount", ""),
        close_date=head.get("close_date", ""),
        dated=read_date(head.get("dated", ""), found.language) or _saved_on(package),
        unplaced=[p.number for p in document.paragraphs if p.number not in found.used - found.left],
    )


def _interpret(document: Document) -> Findings:
    found = Findings(document.language, grey=_mostly_grey(pieces(document.body)))
    Flow(found, only_head=True).read(document.head)
    Flow(found).read(document.body)
    found.leave_next_deal()
    Flow(found, only_head=True).read(document.feet)
    for line in pieces((*document.head, *document.feet, *document.notes)):
        if is_furniture(line.text) or is_placeholder(line.text):
            found.use(line)
    return found


def _mostly_grey(lines: Iterable[Line]) -> bool:
    """Whether grey is the document's ordinary colour."""
    lengths = [(len(line.text), line.grey) for line in lines]
    return sum(n for n, grey in lengths if grey) > 0.95 * sum(n for n, _ in lengths)


def _id_in_head(document: Document, found: Findings) -> str:
    """The one CRM id that stands in the page header or footer or above the first fact without a label."""
    first = min((fact.paragraph for fact in found.facts), default=0)
    outside = {line.number for line in pieces((*document.head, *document.feet))}
    texts = [p for p in document.paragraphs if p.number in outside or p.number < first]
    ids = {id_: p.number for p in texts for id_ in crm_ids(p.text)}
    if len(ids) != 1:
        return ""
    found.used.update(ids.values())
    return next(iter(ids))


def _saved_on(package: Package) -> date | None:
    """When Word last saved the document, else when it was made; None if it does not say."""
    root = package.part("docProps/core.xml")
    said = {local(element): element.text or "" for element in root} if root is not None else {}
    for key in ("modified", "created"):
        try:
            return date.fromisoformat(said.get(key, "")[:10])
        except ValueError:
            continue
    return None
