"""The layouts of the sample Blue Sheets: one function each, from a deal to a Word file and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analytics.sample_company.sheet_word import Word, embolden, fill
from analytics.sample_company.sheets import Expected, Person, SheetDeal
from analytics.store.subjects import QUESTIONS

Made = tuple[bytes, list[Expected]]
WORDING = {
    "problem": "What problem are we solving for the prospect?",
    "root_cause": "What is the root cause of it?",
    "impact": "Why does the problem, or its solution, matter to them?",
    "budget": "How do we know budget has been allocated?",
    "stakeholders": "Are we talking to the right stakeholders?",
    "gotchas": "Is there a security audit or another gotcha that could slow the deal?",
    "compelling_event": "What business driver or compelling event gets the whole deal done on time?",
}
SHORT = {
    "problem": "Problem",
    "root_cause": "Root cause",
    "impact": "Business impact",
    "budget": "Budget",
    "stakeholders": "Stakeholders",
    "gotchas": "Security audit & other gotchas",
    "compelling_event": "Compelling event",
}
_ROLE = {"economic": "Economic buyer", "user": "User buyer", "technical": "Technical buyer", "coach": "Coach"}


def _start(deal: SheetDeal, title: str = "Blue Sheet") -> Word:
    return Word(title, deal.owner, deal.dated)


def _signed(number: int) -> str:
    return f"{number:+d}" if number else "0"


def _answers(deal: SheetDeal, keys: Iterable[str] = QUESTIONS) -> list[Expected]:
    return [Expected("answer", deal.answers[key], question=key) for key in keys if key in deal.answers]


def _influence(person: Person, *known: str) -> Expected:
    fields = {**vars(person), "rating": str(person.rating), "win_result": person.win}
    return Expected("influence", person.name, fields={key: fields[key] for key in ("name", "role", *known)})


def _facts(kind: str, texts: Iterable[str]) -> list[Expected]:
    return [Expected(kind, text) for text in texts]


def _tasks(deal: SheetDeal) -> list[Expected]:
    return [
        Expected("action", t.text, fields={"owner": t.owner, "due": t.due.isoformat()}) for t in deal.tasks
    ]


def _id(deal: SheetDeal) -> str:
    return deal.deal_id or "n/a"


def classic_form(deal: SheetDeal) -> Made:
    """The form as printed: one table with title rows, a grid of people, strengths beside red flags."""
    word = _start(deal)
    people = deal.people
    table = word.document.add_table(12 + len(people), 6, "Table Grid")
    rows = [row.cells for row in table.rows]
    head = (
        ("Account", deal.account, "Opportunity", deal.name, "CRM ID", _id(deal)),
        ("Owner", deal.owner, "Amount", deal.amount, "Date", f"{deal.dated:%d %b %Y}"),
    )
    word.title_row(table, 0, "Blue Sheet")
    for number, texts in enumerate(head, 1):
        for cell, text in zip(rows[number], texts, strict=True):
            fill(cell, text)
    word.title_row(table, 3, "Single Sales Objective")
    word.title_row(table, 4, deal.objective)
    word.title_row(table, 5, "Buying Influences")
    heads = ("Name & title", "Role", "Degree of influence", "Mode", "Win-Results", "Rating")
    for cell, text in zip(rows[6], heads, strict=True):
        fill(cell, text)
        embolden(cell)
    for number, person in enumerate(people, 7):
        texts = (
            f"{person.name}\n{person.title}",
            _ROLE[person.role],
            person.influence[0].upper(),
            person.mode.title(),
            person.win,
            _signed(person.rating),
        )
        for cell, text in zip(rows[number], texts, strict=True):
            fill(cell, text)
    at = 7 + len(people)
    _halves(table, at, "Strengths", "Red Flags")
    _halves(table, at + 1, "\n".join(deal.strengths), "\n".join(deal.red_flags))
    _halves(table, at + 2, "Possible Actions", "Information Needed")
    _halves(table, at + 3, "\n".join(task.text for task in deal.tasks), "\n".join(deal.unknown))
    word.title_row(table, at + 4, "Current position: " + deal.position)
    word.heading("Business case", 2)
    for key, text in deal.answers.items():
        word.run_in(WORDING[key], text)
    expected = [Expected("objective", deal.objective), Expected("position", deal.position), *_answers(deal)]
    expected += [_influence(p, "title", "influence", "mode", "rating", "win_result") for p in people]
    expected += _facts("strength", deal.strengths) + _facts("red_flag", deal.red_flags)
    expected += _facts("action", [t.text for t in deal.tasks]) + _facts("information_needed", deal.unknown)
    return word.saved(), expected


def _halves(table: object, number: int, left: str, right: str) -> None:
    cells = table.rows[number].cells  # type: ignore[attr-defined]
    fill(cells[0].merge(cells[2]), left)
    fill(cells[3].merge(cells[5]), right)


def label_value_table(deal: SheetDeal) -> Made:
    """Two columns: what is asked, what we know."""
    word = _start(deal)
    word.heading("Opportunity Plan", 0)
    rows = [
        ("Account name", deal.account),
        ("Deal name", deal.name),
        ("Deal ID", _id(deal)),
        ("Deal owner", deal.owner),
        ("Deal size", deal.amount),
        ("Expected close", f"{deal.close_date:%Y-%m-%d}"),
        ("Last updated", f"{deal.dated:%Y-%m-%d}"),
    ]
    rows += [(SHORT[key], deal.answers.get(key, "")) for key in QUESTIONS]
    rows += [
        ("Red flags", "\n".join(deal.red_flags)),
        ("Competition", "\n".join(deal.competition)),
        ("Ideal customer fit", ""),
    ]
    word.table(rows)
    expected = _answers(deal) + _facts("red_flag", deal.red_flags)
    return word.saved(), [*expected, Expected("competition", "\n".join(deal.competition))]


def headings(deal: SheetDeal) -> Made:
    """A text with headings: the seven questions in full, then the rest."""
    word = _start(deal)
    word.heading(f"Blue Sheet: {deal.name}", 0)
    word.line(f"Account: {deal.account}")
    word.line(f"Account executive: {deal.owner}")
    word.line(f"Close date: {deal.close_date:%d %B %Y}")
    word.line(f"Updated: {deal.dated:%d %B %Y}")
    for key in QUESTIONS:
        word.heading(WORDING[key], 2)
        if key in deal.answers:
            word.line(deal.answers[key])
    word.heading("Buying influences", 2)
    for person in deal.people:
        word.line(
            f"{person.name}, {person.title} – {_ROLE[person.role].lower()}, {person.mode}, "
            f"{_signed(person.rating)}"
        )
    word.heading("Red flags", 2)
    word.bullets(deal.red_flags)
    word.heading("Next steps", 2)
    word.bullets(f"{t.text} ({t.owner}, {t.due:%d %b %Y})" for t in deal.tasks)
    expected = _answers(deal) + [_influence(p, "title", "mode", "rating") for p in deal.people]
    expected += _facts("red_flag", deal.red_flags) + _tasks(deal)
    return word.saved(), expected


def bullet_list(deal: SheetDeal) -> Made:
    """Everything as bullets, with the people and lists one step further in."""
    word = _start(deal)
    word.run_in("Strategic account sheet", f"– {deal.account}")
    word.bullets(
        [f"Opportunity: {deal.name} ({deal.deal_id})" if deal.deal_id else f"Opportunity: {deal.name}"]
    )
    word.bullets([f"Sales rep: {deal.owner}", f"Value: {deal.amount}", f"As of: {deal.dated:%d.%m.%Y}"])
    word.bullets(f"{SHORT[key]}: {text}" for key, text in deal.answers.items())
    word.bullets(["Buying influences:"])
    for person in deal.people:
        word.bullets([f"{person.name} ({person.title})"], "List Bullet 2")
        word.bullets(
            [f"Role: {person.role}", f"Mode: {person.mode}; Rating: {_signed(person.rating)}"],
            "List Bullet 3",
        )
    for label, texts in (("Strengths:", deal.strengths), ("Red flags:", deal.red_flags)):
        word.bullets([label])
        word.bullets(texts, "List Bullet 2")
    expected = _answers(deal) + [_influence(p, "title", "mode", "rating") for p in deal.people]
    return word.saved(), expected + _facts("strength", deal.strengths) + _facts("red_flag", deal.red_flags)


def plain_lines(deal: SheetDeal) -> Made:
    """As if typed into a mail: label, colon, value."""
    word = _start(deal)
    word.line("BLUE SHEET")
    word.line(f"Customer: {deal.account}")
    word.line(f"Deal: {deal.name}")
    if deal.deal_id:
        word.line(f"CRM ID: {deal.deal_id}")
    word.line(f"Rep: {deal.owner}   |   ACV: {deal.amount}   |   Close: {deal.close_date:%d-%b-%Y}")
    word.line("")
    for key, text in deal.answers.items():
        word.line(f"{SHORT[key].upper()}: {text}")
    word.line("")
    for person in deal.people:
        word.line(
            f"{_ROLE[person.role]}: {person.name}, {person.title}, {person.mode} mode, "
            f"influence {person.influence}"
        )
    word.line("")
    word.line("Red flags:")
    for text in deal.red_flags:
        word.line(f"- {text}")
    word.line("Information needed:")
    for text in deal.unknown:
        word.line(f"- {text}")
    expected = _answers(deal) + [_influence(p, "title", "mode") for p in deal.people]
    return word.saved(), expected + _facts("red_flag", deal.red_flags) + _facts(
        "information_needed", deal.unknown
    )


def bold_run_in(deal: SheetDeal) -> Made:
    """Paragraphs that begin with a bold label, without tables and headings."""
    word = _start(deal)
    word.run_in("Account plan", "")
    word.run_in("Client:", deal.account)
    word.run_in("Opportunity name:", deal.name)
    word.run_in("Prepared by:", f"{deal.owner}")
    word.run_in("Date:", f"{deal.dated:%B %d, %Y}")
    word.run_in("Single sales objective.", deal.objective)
    labels = dict(
        SHORT,
        problem="Pain",
        impact="Cost of inaction",
        budget="Funding",
        stakeholders="Who decides",
        gotchas="Paper process",
        compelling_event="Why now",
    )
    for key, text in deal.answers.items():
        word.run_in(f"{labels[key]}.", text)
    word.run_in("Competition.", deal.competition[0])
    word.run_in("Red flags", "")
    word.bullets(deal.red_flags)
    expected = [
        Expected("objective", deal.objective),
        Expected("competition", deal.competition[0]),
        *_answers(deal),
    ]
    return word.saved(), expected + _facts("red_flag", deal.red_flags)


def content_controls(deal: SheetDeal) -> Made:
    """A form of content controls: some with a visible label, some known by their title or tag only."""
    word = _start(deal)
    word.heading("Strategic Opportunity Sheet", 1)
    word.control("Account", "account_name", deal.account, before="Account: ")
    word.control("Opportunity", "OpportunityName", deal.name)
    word.control("CRM ID", "deal_id", _id(deal), before="CRM ID: ")
    word.control("Owner", "owner", deal.owner, before="Owner: ")
    word.control("Close date", "close_date", f"{deal.close_date:%Y-%m-%d}", before="Close date: ")
    for key in QUESTIONS:
        text = deal.answers.get(key)
        word.control(SHORT[key], key, text or "Click or tap here to enter text.", placeholder=text is None)
    word.control("Strengths", "strengths", "Click or tap here to enter text.", placeholder=True)
    for text in deal.red_flags:
        word.control("Red flags", "red_flags", text)
    return word.saved(), _answers(deal) + _facts("red_flag", deal.red_flags)


def text_boxes(deal: SheetDeal) -> Made:
    """A poster of text boxes, each with its title."""
    word = _start(deal)
    word.line(f"{deal.account} – Blue Sheet")
    word.box(
        [
            "Deal facts",
            f"Opportunity: {deal.name}",
            f"Opportunity ID: {_id(deal)}",
            f"Owner: {deal.owner}",
            f"Amount: {deal.amount}",
        ]
    )
    for key, text in deal.answers.items():
        word.box([SHORT[key], text])
    word.box(["Red flags", *deal.red_flags])
    word.box(["Best action plan", *[f"{t.text} – {t.owner} – {t.due:%Y-%m-%d}" for t in deal.tasks]])
    return word.saved(), _answers(deal) + _facts("red_flag", deal.red_flags) + _tasks(deal)


def two_columns(deal: SheetDeal) -> Made:
    """Set in two newspaper columns, headings in capitals, the deal in the page header."""
    word = _start(deal)
    section = word.document.sections[0]
    section.header.paragraphs[
        0
    ].text = f"Account: {deal.account}\tOwner: {deal.owner}\tDate: {deal.dated:%d %b %Y}"
    section.footer.paragraphs[0].text = "Page 1 of 1"
    word.columns(2)
    word.heading(f"Blue Sheet – {deal.name}", 1)
    for key, text in deal.answers.items():
        word.line(SHORT[key].upper())
        word.line(text)
    for label, texts in (
        ("STRENGTHS", deal.strengths),
        ("RED FLAGS", deal.red_flags),
        ("OPEN QUESTIONS", deal.unknown),
    ):
        word.line(label)
        word.bullets(texts)
    expected = _answers(deal) + _facts("strength", deal.strengths)
    return word.saved(), expected + _facts("red_flag", deal.red_flags) + _facts(
        "information_needed", deal.unknown
    )


def meddpicc(deal: SheetDeal) -> Made:
    """A MEDDPICC table: letter, element, what we know."""
    word = _start(deal, "MEDDPICC")
    word.heading(f"MEDDPICC – {deal.name}", 1)
    word.line(
        f"Customer: {deal.account}; Deal ID: {_id(deal)}; Owner: {deal.owner}"
        if deal.deal_id
        else f"Customer: {deal.account}"
    )
    answers = deal.answers
    by_role = {person.role: person for person in reversed(deal.people)}
    people = {role: f"{p.name}, {p.title}" for role, p in by_role.items()}
    rows = [
        ("", "Element", "What we know"),
        ("M", "Metrics", answers.get("impact", "")),
        ("E", "Economic buyer", people.get("economic", "TBD")),
        ("D", "Decision criteria", "Fits their ERP, live in one quarter"),
        ("D", "Decision process", answers.get("stakeholders", "")),
        ("P", "Paper process", answers.get("gotchas", "")),
        ("I", "Identify pain", answers.get("problem", "")),
        ("C", "Champion", people.get("coach", "")),
        ("C", "Competition", deal.competition[0]),
    ]
    word.table(rows, header=True)
    expected = _answers(deal, ("impact", "gotchas", "problem"))
    expected += [_influence(by_role[role], "title") for role in ("economic", "coach") if role in by_role]
    if "stakeholders" in answers:
        expected.append(Expected("decision_process", answers["stakeholders"]))
    expected += [
        Expected("decision_criteria", "Fits their ERP, live in one quarter"),
        Expected("competition", deal.competition[0]),
    ]
    return word.saved(), expected


def people_across(deal: SheetDeal) -> Made:
    """A person per column, and the questions with an answer and a score per row."""
    word = _start(deal)
    word.heading("Blue Sheet", 1)
    word.table(
        [("Account", "Opportunity", "Deal no.", "Rep"), (deal.account, deal.name, _id(deal), deal.owner)],
        header=True,
    )
    word.heading("Who is involved in the decision", 2)
    people = deal.people
    rows = [
        ("", *(f"Influence {n}" for n in range(1, len(people) + 1))),
        ("Name", *(p.name for p in people)),
        ("Title", *(p.title for p in people)),
        ("Role", *(_ROLE[p.role] for p in people)),
        ("Mode", *(p.mode for p in people)),
        ("Influence (H/M/L)", *(p.influence[0].upper() for p in people)),
        ("Rating", *(_signed(p.rating) for p in people)),
    ]
    word.table(rows)
    word.heading("Business case", 2)
    answered = [("Question", "Answer", "Score")]
    answered += [(WORDING[key], deal.answers.get(key, ""), str(1 + len(key) % 4)) for key in QUESTIONS]
    word.table(answered, header=True)
    expected = _answers(deal) + [_influence(p, "title", "mode", "influence", "rating") for p in people]
    return word.saved(), expected


def check_boxes(deal: SheetDeal) -> Made:
    """Boxes to tick for role, mode and position, a card per person."""
    word = _start(deal)
    word.heading("Opportunity sheet", 1)
    word.line(f"Account:\t{deal.account}\tCRM no.:\t{_id(deal)}")
    word.line(f"Opportunity:\t{deal.name}")
    for number, person in enumerate(deal.people, 1):
        word.heading(f"Buying influence {number}", 3)
        rows = [
            ("Name", person.name),
            ("Job title", person.title),
            ("Role", _boxes(_ROLE.values(), _ROLE[person.role])),
            ("Mode", _boxes(("growth", "trouble", "even keel", "overconfident"), person.mode)),
            ("Degree of influence", _boxes(("high", "medium", "low"), person.influence)),
        ]
        word.table(rows)
    positions = (
        "Euphoria",
        "Great",
        "Secure",
        "Comfort",
        "OK",
        "Concern",
        "Discomfort",
        "Worry",
        "Fear",
        "Panic",
    )
    word.heading("Our position today", 3)
    word.line(_boxes(positions, deal.position))
    word.heading("Red flags", 3)
    for text in deal.red_flags:
        word.line(f"☒ {text}")
    for key, text in deal.answers.items():
        word.run_in(f"{SHORT[key]}:", text)
    expected = _answers(deal) + [_influence(p, "title", "mode", "influence") for p in deal.people]
    return word.saved(), [*expected, Expected("position", deal.position), *_facts("red_flag", deal.red_flags)]


def _boxes(options: Iterable[str], chosen: str) -> str:
    return "   ".join(f"{'☒' if option == chosen else '☐'} {option}" for option in options)


def german(deal: SheetDeal) -> Made:
    """A German form; the texts are in whatever language the rep wrote them."""
    word = _start(deal)
    word.heading("Blue Sheet", 1)
    word.table(
        [
            ("Kunde", deal.account, "Projekt", deal.name),
            ("CRM-Nummer", _id(deal), "Verantwortlich", deal.owner),
            ("Auftragswert", deal.amount, "Stand", f"{deal.dated:%d.%m.%Y}"),
        ]
    )
    labels = {
        "problem": "Welches Problem lösen wir?",
        "root_cause": "Ursache",
        "impact": "Auswirkung",
        "budget": "Ist Budget freigegeben?",
        "stakeholders": "Sprechen wir mit den richtigen Ansprechpartnern?",
        "gotchas": "Stolpersteine",
        "compelling_event": "Warum jetzt?",
    }
    for key, text in deal.answers.items():
        word.heading(labels[key], 2)
        word.line(text)
    word.heading("Einkaufsbeteiligte", 2)
    roles = {
        "economic": "wirtschaftlicher Entscheider",
        "user": "Anwender",
        "technical": "technischer Entscheider",
        "coach": "Coach",
    }
    modes = dict(
        zip(
            ("growth", "trouble", "even keel", "overconfident"),
            ("Wachstum", "Schwierigkeiten", "Gleichlauf", "übermütig"),
            strict=True,
        )
    )
    degrees = {"high": "hoch", "medium": "mittel", "low": "niedrig"}
    rows = [("Name", "Funktion", "Rolle", "Einfluss", "Modus")]
    rows += [(p.name, p.title, roles[p.role], degrees[p.influence], modes[p.mode]) for p in deal.people]
    word.table(rows, header=True)
    word.heading("Risiken", 2)
    word.bullets(deal.red_flags)
    word.heading("Maßnahmen", 2)
    word.table(
        [("Was", "Wer", "Bis wann"), *((t.text, t.owner, f"{t.due:%d.%m.%Y}") for t in deal.tasks)],
        header=True,
    )
    expected = _answers(deal) + [_influence(p, "title", "influence", "mode") for p in deal.people]
    return word.saved(), expected + _facts("red_flag", deal.red_flags) + _tasks(deal)


def questionnaire(deal: SheetDeal) -> Made:
    """Numbered questions in words of its own, with instructions in grey, some of them never answered."""
    word = _start(deal)
    word.heading("Deal review", 0)
    word.line(f"Prospect: {deal.account}")
    word.line(f"Opportunity: {deal.name}" + (f" [{deal.deal_id}]" if deal.deal_id else ""))
    asked = {
        "problem": "Which pain do we take away?",
        "root_cause": "Why do they have it in the first place?",
        "impact": "Why does that matter to their business?",
        "budget": "How is it funded?",
        "stakeholders": "Do we talk to the right people?",
        "gotchas": "What could slow us down (audit, legal)?",
        "compelling_event": "Why now?",
    }
    for number, (key, question) in enumerate(asked.items(), 1):
        word.line(f"{number}. {question}").runs[0].bold = True
        word.hint("Describe it in the customer's own words, with numbers and names.")
        word.line(deal.answers.get(key, "[enter answer]"))
    word.line("8. Red flags").runs[0].bold = True
    word.hint("List at least two.")
    word.bullets(deal.red_flags)
    return word.saved(), _answers(deal) + _facts("red_flag", deal.red_flags)


def reviewed(deal: SheetDeal) -> Made:
    """A sheet in use: tracked changes, a comment, a footnote, a merged label, marks in a grid of roles."""
    word = _start(deal)
    word.document.sections[0].header.paragraphs[0].text = (
        f"{_id(deal)}" if deal.deal_id else "Northbeam Software"
    )
    word.heading(f"Blue Sheet: {deal.name}", 1)
    word.line(f"Company: {deal.account}")
    first, *others = deal.answers.items()
    word.heading(SHORT[first[0]], 2)
    word.inserted(first[1], "They want to be more modern", deal.owner)
    for count, (key, text) in enumerate(others):
        word.heading(SHORT[key], 2)
        paragraph = word.line(text)
        if count == 0:
            word.comment(paragraph, "Who told us this, and when?", "Manager")
        if count == 1:
            word.footnote(paragraph, "Checked against the notes of the last visit.")
    word.heading("Buying influences", 2)
    roles = ("economic", "user", "technical", "coach")
    rows: list[Sequence[str]] = [
        (
            "Contact",
            "Economic",
            "User",
            "Technical",
            "Coach",
            "Growth",
            "Trouble",
            "Even keel",
            "Overconfident",
        )
    ]
    modes = ("growth", "trouble", "even keel", "overconfident")
    for p in deal.people:
        rows.append(
            (
                f"{p.name}, {p.title}",
                *("x" if p.role == r else "" for r in roles),
                *("x" if p.mode == m else "" for m in modes),
            )
        )
    word.table(rows, header=True)
    flags = word.table([("Red flags" if not n else "", text) for n, text in enumerate(deal.red_flags)])
    flags.cell(0, 0).merge(flags.cell(len(deal.red_flags) - 1, 0))
    expected = _answers(deal) + [_influence(p, "title", "mode") for p in deal.people]
    return word.saved(), expected + _facts("red_flag", deal.red_flags)


def french(deal: SheetDeal) -> Made:
    """A French table in which each label stands above its value."""
    word = _start(deal)
    word.heading("Blue Sheet", 1)
    labels = {
        "problem": "Quel problème résolvons-nous ?",
        "root_cause": "Cause profonde",
        "impact": "Coût de l'inaction",
        "budget": "Financement",
        "stakeholders": "Parties prenantes",
        "gotchas": "Audit de sécurité",
        "compelling_event": "Pourquoi maintenant ?",
    }
    rows = [
        ["Client", "Affaire", "Commercial"],
        [deal.account, deal.name, deal.owner],
        ["Référence CRM", "Montant", "Date de clôture"],
        [_id(deal), deal.amount, f"{deal.close_date:%d/%m/%Y}"],
    ]
    keys = list(deal.answers)
    for start in range(0, len(keys), 3):
        chunk = [*keys[start : start + 3], "", ""][:3]
        rows += [[labels.get(key, "") for key in chunk], [deal.answers.get(key, "") for key in chunk]]
    table = word.table(rows)
    for number in range(0, len(rows), 2):
        for cell in table.rows[number].cells:
            embolden(cell)
    word.run_in("Drapeaux rouges :", "")
    word.bullets(deal.red_flags)
    return word.saved(), _answers(deal) + _facts("red_flag", deal.red_flags)


LAYOUTS: dict[str, Callable[[SheetDeal], Made]] = {
    "classic form": classic_form,
    "label and value": label_value_table,
    "headings": headings,
    "bullet list": bullet_list,
    "plain lines": plain_lines,
    "bold run-in": bold_run_in,
    "content controls": content_controls,
    "text boxes": text_boxes,
    "two columns": two_columns,
    "MEDDPICC": meddpicc,
    "people across": people_across,
    "check boxes": check_boxes,
    "German": german,
    "questionnaire": questionnaire,
    "reviewed": reviewed,
    "French": french,
}
