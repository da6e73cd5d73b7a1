"""Erasing a person: the name is nowhere, not in the file either; no number moves; it does not come back."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest

from analytics.access.granting import grant
from analytics.access.viewer import Role, viewer_of
from analytics.audit.trail import Action, Event, trail_of
from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.documents import original
from analytics.business_case.scores import score_new
from analytics.company import company_of
from analytics.erasure import Person, erase, person_of, would_change
from analytics.problems import BadInput
from analytics.store.copies import check
from analytics.store.database import Store, query_text
from analytics.store.erasing import Edit, Erased, marks_of, moved
from analytics.store.published import folder_of, made_once
from analytics.store.undo import history, put_back, undo
from tests.small_stores import STAGES, Row, contents, load

QUERIES = sorted(path.stem for path in Path("analytics/store/queries").glob("*.sql"))
GIVEN: dict[str, Any] = {
    "as_of_end": datetime(2030, 1, 1),
    "closed_since": datetime(1970, 1, 1),
    "since_end": datetime(2026, 6, 1),
    "since": datetime(2026, 6, 1),
    "from": datetime(2026, 1, 1),
    "first_day": date(2026, 1, 1),
    "last_day": date(2026, 12, 31),
    "first_days": [date(2026, 7, 1), date(2026, 10, 1)],
    "last_days": [date(2026, 9, 30), date(2026, 12, 31)],
    "starts": [datetime(2026, 7, 1)],
    "ends": [datetime(2026, 10, 1)],
    "landmarks": [datetime(2026, 7, 1), datetime(2026, 9, 1)],
    "moments": [datetime(2026, 7, 1), datetime(2026, 9, 1)],
    "limit": 1_000_000,
    "scorer": SCORER_VERSION,
    "source": "sample",
    "system": "salesforce",
    "word": "budget",
    "person": None,
    "until": None,
}


def sums(store: Store) -> dict[str, Any]:
    """What every query says in numbers: rows, the sum of each number, how many of each text there are."""
    found = {}
    with store.reading() as con:
        for name in QUERIES:
            text = query_text(name)
            wanted = con.extract_statements(text)[0].named_parameters
            rows = con.execute(text, {key: GIVEN.get(key) for key in wanted}).df()
            if "import" in name or name in ("content_versions", "audit_changes"):
                continue  # they tell of the erasure itself
            numbers = rows.select_dtypes(["number", "bool"]).astype(float).sum().round(6).to_dict()
            texts = {column: rows[column].notna().sum() for column in rows if column not in numbers}
            found[name] = (len(rows), numbers, texts)
    return found


def holds(store: Store, *words: str) -> list[str]:
    """Which of these words are in the store's rows or in the bytes of its files."""
    rows = repr(contents(store))
    files = [path.read_bytes() for path in store.path.parent.glob(f"{store.path.name}*") if path.is_file()]
    return [word for word in words if word in rows or any(word.encode() in content for content in files)]


def word_file(*paragraphs: str, author: str = "") -> bytes:
    document = docx.Document()
    document.core_properties.author = author
    for text in paragraphs:
        document.add_paragraph(text)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


ANSWER = "Maria Lopez (CFO) signed off $1.2M of budget on 3 May 2026; LOPEZ, Maria wants it live by July."
MOVED = {"valid_at": "2026-03-01"}


def crm(**more: list[Row]) -> dict[str, list[Row]]:
    """A company in which Maria Lopez is a contact of one deal, and named all over."""
    deal = {"deal_id": "d1", "source": "test", "name": "Deal one", "account_name": "Acme"}
    change = {
        "deal_id": "d1",
        "stage": "Propose",
        "amount": 100.0,
        "close_date": "2026-06-30",
        "is_closed": False,
    }
    return {
        "stage": STAGES,
        "deal": [deal],
        "deal_change": [{**change, "is_won": False, "is_gone": False, "valid_at": "2026-01-01"}],
        "deal_work": [{"deal_id": "d1", "owner_id": "u1", "next_step": "Call Maria Lopez.", **MOVED}],
        "person": [
            {"person_id": "u1", "name": "Ann Owner", "team": "A", "manager_id": "u2"},
            {"person_id": "u2", "name": "Bo Boss", "team": "A"},
        ],
        "stakeholder": [
            {"deal_id": "d1", "contact_id": "c1", "name": "Maria Lopez", "title": "CFO", "role": "Buyer"},
            {"deal_id": "d1", "contact_id": "c2", "name": "Other Person", "title": "CTO", "role": "User"},
        ],
        **more,
    }


@pytest.fixture
def company_store(store: Store) -> Store:
    load(store, **crm())
    said = {"deal_id": "d1", "document_id": "x1", "paragraph": 1, **MOVED}
    load(
        store,
        answer=[
            {"deal_id": "d1", "question": "budget", "answer": ANSWER, "author": "Ann Owner", **MOVED},
            {
                "deal_id": "d1",
                "question": "impact",
                "answer": "None named.",
                "confirmed_by": "Maria López",
                **MOVED,
            },
        ],
        case_note=[
            {**said, "note_id": "n1", "kind": "action", "text": "Ask Maria Lopez", "owner": "maria lopez"}
        ],
        buying_influence=[{**said, "influence_id": "maria lopez", "name": "Maria Lopez", "title": "CFO"}],
        document=[
            {
                "document_id": "x1",
                "file": "Acme Maria Lopez.docx",
                "content": word_file("Maria Lopez"),
                **MOVED,
            },
            {
                "document_id": "x2",
                "file": "b.docx",
                "content": word_file("Hi", author="Maria Lopez"),
                **MOVED,
            },
            {"document_id": "x3", "file": "c.docx", "content": word_file("Nobody"), **MOVED},
        ],
        document_paragraph=[{"document_id": "x1", "paragraph": 1, "text": "Meet Maria Lopez soon", **MOVED}],
    )
    score_new(store)
    return store


def test_what_was_published_is_gone(company_store: Store) -> None:
    made_once(company_store.path, "", "2026-01-01", "names", lambda: ["Ada Stone"], lambda: True)
    assert folder_of(company_store.path).exists()
    erase(company_store, person_of(company_store, "c1"))
    assert not folder_of(company_store.path).exists()


def test_a_contact_is_nowhere_any_more(company_store: Store) -> None:
    store = company_store
    levels = sums(store)["case_answers"]
    person = person_of(store, "c1", also=["M. Lopez"])
    assert person == Person(("c1",), ("M. Lopez", "Maria Lopez"), (), "Erased person 1")
    tried = would_change(store, person)
    assert holds(store, "Maria Lopez") == ["Maria Lopez"]  # trying changes nothing
    done = erase(store, person, author="me")
    assert done.found == tried.found
    assert done.found["document", "content"] == 2
    assert done.found["answer", "answer"] == done.found["stakeholder", "name"] == 1
    assert holds(store, "Maria", "maria", "Lopez", "lopez", "LOPEZ", "López") == []
    assert sums(store)["case_answers"] == levels
    assert check(store) == []
    with store.reading() as con:
        assert con.execute("select answer from answer where question = 'budget'").fetchone() == (
            "Erased person 1 (CFO) signed off $1.2M of budget on 3 May 2026;"
            " Erased person 1 wants it live by July.",
        )
        assert con.execute("select owner from case_note").fetchone() == ("Erased person 1",)
        assert con.execute("select name from stakeholder order by contact_id").fetchall() == [
            ("Erased person 1",),
            ("Other Person",),
        ]
    assert original(store, "x3")[0] == "c.docx"
    for document in ("x1", "x2"):
        with pytest.raises(BadInput, match="named somebody who was erased"):
            original(store, document)


def test_what_the_scorer_showed_moves_with_the_text(company_store: Store) -> None:
    def spans() -> list[tuple[str, str]]:
        rows = company_store.query(
            "case_answers", as_of_end=GIVEN["as_of_end"], deal_id="d1", scorer=SCORER_VERSION
        )
        row = rows[rows["question"] == "budget"].iloc[0]
        return [(rule, row["answer"][start:end]) for rule, start, end in json.loads(row["spans"])]

    before = spans()
    erase(company_store, person_of(company_store, "c1"))
    after = [(rule, text.replace("Erased person 1", "Maria Lopez")) for rule, text in spans()]
    assert before
    assert len(after) == len(before)
    assert [one for one in before if "opez" not in one[1].lower() and "maria" not in one[1].lower()] == [
        new
        for old, new in zip(before, after, strict=True)
        if "opez" not in old[1].lower() and "maria" not in old[1].lower()
    ]


def test_the_same_rows_later_do_not_bring_the_name_back(company_store: Store) -> None:
    store = company_store
    erase(store, person_of(store, "c1"))
    again = crm()
    again["stakeholder"][0]["name"] = "Maria Lopez-Garcia"  # the CRM knows a new name of hers by now
    again["deal_work"][0] |= {"next_step": "Maria Lopez again", "valid_at": "2026-04-01"}
    result = load(
        store,
        **again,
        answer=[{"deal_id": "d1", "question": "budget", "answer": ANSWER, "author": "Maria Lopez", **MOVED}],
        document=[{"document_id": "x9", "file": "d.docx", "content": word_file("Lopez, Maria"), **MOVED}],
    )
    assert result.import_id
    assert holds(store, "Maria", "Lopez", "Garcia") == []
    with store.reading() as con:
        assert con.execute("select count(*) from stakeholder").fetchone() == (2,)  # it says nothing new
        assert con.execute("select next_step from deal_work order by valid_at").fetchall() == [
            ("Call Erased person 1.",),
            ("Erased person 1 again",),
        ]
        assert con.execute("select content from document where document_id = 'x9'").fetchone() == (None,)


def test_undo_and_put_back_do_not_bring_it_back(company_store: Store) -> None:
    store = company_store
    erase(store, person_of(store, "c1"))
    before = sums(store)
    undo(store, 2)
    put_back(store, 2)
    assert holds(store, "Maria Lopez") == []
    assert sums(store) == before
    row = history(store).iloc[0]
    assert (row["kind"], row["can_undo"]) == ("erasure", False)


def test_a_former_employee_is_let_in_no_longer(company_store: Store) -> None:
    store = company_store
    grant(store, company_of(store), "ann.owner@example.com", Role.REP, "u1", author="Bo Boss")
    trail = trail_of(store.path)
    trail.note("ann.owner@example.com", "Ann Owner", Event(Action.VIEWED, "one_deal", deal="d1"))
    done = erase(store, person_of(store, "u1", also=["aowner"]), author="Bo Boss")
    assert done.audit == 1
    assert trail.problems() == []
    assert viewer_of(store, "ann.owner@example.com") is None
    assert holds(store, "Ann Owner", "ann.owner", "Owner") == []
    with store.reading() as con:
        assert con.execute("select distinct owner_id from deal_work").fetchall() == [("u1",)]


def test_an_erasure_that_was_stopped_can_be_finished(
    company_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = company_store
    with monkeypatch.context() as patch:
        patch.setattr(Store, "rewrite", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase(store, person_of(store, "c1"))
    erase(store, person_of(store, "c1"))
    assert holds(store, "Maria Lopez") == []


def test_somebody_with_the_same_name_keeps_it_as_a_person(company_store: Store) -> None:
    load(company_store, stakeholder=[{"deal_id": "d1", "contact_id": "c9", "name": "Maria Lopez"}])
    person = person_of(company_store, "c1")
    assert person.namesakes == ("c9",)
    erase(company_store, person)
    with company_store.reading() as con:
        rows = con.execute("select contact_id, name from stakeholder where name like '%Lopez%'").fetchall()
    assert rows == [("c9", "Maria Lopez")]


def test_a_name_alone_means_all_who_have_it(company_store: Store) -> None:
    assert person_of(company_store, "maria lopez").ids == ("c1",)
    assert person_of(company_store, "Somebody Else").ids == ()
    with pytest.raises(BadInput, match="nobody here has this id"):
        person_of(company_store, "c77")


def test_an_owner_whose_name_is_the_id(store: Store) -> None:
    rows = crm(target=[{"owner_id": "Ann Owner", "quarter_start": "2026-04-01", "amount": 5.0}])
    rows["person"] = [{"person_id": "Ann Owner", "name": "Ann Owner", "team": "A"}]
    rows["deal_work"][0]["owner_id"] = "Ann Owner"
    load(store, **rows)
    before = sums(store)
    erase(store, person_of(store, "Ann Owner"))
    assert holds(store, "Ann Owner") == []
    assert sums(store) == before
    load(store, **rows)
    assert holds(store, "Ann Owner") == []
    assert sums(store) == before


@pytest.mark.parametrize("seed", range(3))
def test_no_number_of_any_query_moves(sample_store: Store, tmp_path: Path, seed: int) -> None:
    store = Store(tmp_path / "copy.duckdb")
    shutil.copyfile(sample_store.path, store.path)
    with store.reading() as con:
        ids = con.execute(
            "select person_id from person where name is not null union"
            " select contact_id from stakeholder where name is not null order by 1"
        ).df()
    known = str(ids.iloc[:, 0].sample(1, random_state=seed).iloc[0])
    people = [known, "U1078"] if seed == 0 else [known]
    before = sums(store)
    names: list[str] = []
    for one in people:
        person = person_of(store, one)
        names += person.names
        erase(store, person)
    assert names
    assert sums(store) == before
    assert holds(store, *names) == []
    assert check(store) == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Maria Lopez", "X"),
        ("MARIA  LOPEZ's boss", "X's boss"),
        ("Lopez, Maria: yes", "X: yes"),
        ("write to maria.lopez@acme.com", "write to X@acme.com"),
        ("maria_lopez.docx", "X.docx"),
        ('["\\nMaria Lopez"]', '["\\nX"]'),
        ("Ana Maria Lopez Garcia", "Ana X Garcia"),
        ("María López", "X"),
        ("Maria met Lopez", "Maria met Lopez"),
        ("Marial Lopez", "Marial Lopez"),
        ("\\u00c9mile Zola", "Y"),
        ("Émile Zola and Maria Lopez", "Y and X"),
        ("mlopez", "Z"),
        ("mlopez wrote", "mlopez wrote"),
        ("", ""),
    ],
)
def test_how_names_are_found(text: str, after: str) -> None:
    erased = Erased()
    for name, label in (("Maria Lopez", "X"), ("Émile Zola", "Y"), ("mlopez", "Z")):
        for mark, words in marks_of(name):
            erased.add("name", mark, words, label)
    assert erased.cleaned(text) == after


def test_places_move_with_what_stands_before_them() -> None:
    edits = [Edit(2, 6, 1), Edit(10, 12, 5)]
    assert [moved(place, edits) for place in (0, 2, 4, 6, 8, 10, 11, 12, 14)] == [
        0,
        2,
        3,
        3,
        5,
        7,
        12,
        12,
        14,
    ]


def test_the_file_is_the_same_store_after_it_was_rewritten(company_store: Store) -> None:
    before, mode = contents(company_store), company_store.path.stat().st_mode
    company_store.rewrite()
    assert contents(company_store) == before
    assert company_store.path.stat().st_mode == mode
    assert not list(company_store.path.parent.glob("*.rewritten"))
