"""A deal's business case as a one-page Word document."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.business_case.blue_sheets.one_pager import (
    CaseAction,
    CaseAnswer,
    CasePage,
    CasePerson,
    write_case,
)
from analytics.company import Company
from analytics.one_deal import OneDeal
from analytics.wording import day, is_missing, money


def case_document(found: OneDeal, company: Company, as_of: date) -> bytes:
    """The .docx of a deal's case as of a day."""
    deal, case, locale = found.deal, found.case, company.locale
    return write_case(
        CasePage(
            title=str(deal["name"]),
            account=_text(deal["account_name"]),
            deal_id=str(deal["deal_id"]),
            owner=_text(deal["owner_name"]),
            amount=money(deal["amount"], str(deal["currency"]), exact=True, locale=locale),
            close_date=day(deal["close_date"], locale=locale),
            as_of=as_of,
            as_of_text=day(as_of, locale=locale),
            answers=[
                CaseAnswer(
                    one.question.wording,
                    int(one.row["level"]) if one.is_answered else None,
                    str(one.row["answer"]) if one.is_answered else "",
                    one.provenance(company) if one.is_answered else "",
                )
                for one in case.answers
            ],
            next_question=case.ask.ask if case.ask else "",
            next_reason=case.ask.reason if case.ask else "",
            people=[_person(row) for row in found.people.to_dict("records")],
            red_flags=[str(text) for text in case.notes.loc[case.notes["kind"] == "red_flag", "text"]],
            actions=[
                CaseAction(str(row["text"]), _text(row["owner"]), _text(row["due"]))
                for row in case.notes[case.notes["kind"] == "action"].to_dict("records")
            ],
        )
    )


def _person(row: dict[Any, Any]) -> CasePerson:
    role = _text(row.get("Buying influence")) or _text(row["Role"])
    return CasePerson(
        _text(row["Name"]), _text(row["Title"]), role, _text(row.get("Degree")), _text(row.get("Mode"))
    )


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)
