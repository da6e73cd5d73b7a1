"""The HTML page: every number is the review's, nothing is loaded from outside, every text stays a text."""

from __future__ import annotations

import re

import lxml.html
import pytest

from analytics.brief.content import brief_of
from analytics.brief.html import html_page
from analytics.brief.parts import Brief, BriefKind, seen
from analytics.pipeline.quarter_end import total
from analytics.weekly_review import WeeklyReview
from analytics.wording import money, percent
from tests.brief.hostile import TURNS, in_turn, with_texts


def parsed(page: bytes) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(page.decode("utf-8"))


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: lxml.html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells of the table whose caption begins with some words; its total last."""
    table = next(one for one in page.iter("table") if words(one.find("caption")).startswith(caption))
    return [[words(cell) for cell in row] for row in table.iter("tr")][1:]


@pytest.fixture(scope="module")
def page(brief: Brief) -> lxml.html.HtmlElement:
    return parsed(html_page(brief))


def test_the_first_thing_said_is_the_screens_sentence(page: lxml.html.HtmlElement, brief: Brief) -> None:
    answers = [words(one) for one in page.iter("p") if one.get("class") == "answer"]
    assert answers[0] == brief.answer
    assert brief.changed.finding in answers
    assert brief.agenda_words in answers


def test_each_waterfall_shows_the_reviews_steps(
    page: lxml.html.HtmlElement, review: WeeklyReview, brief: Brief
) -> None:
    company = review.company

    def short(amount: float, *, signed: bool) -> str:
        return money(amount, company.currency, signed=signed, locale=company.locale)

    bridge = rows(page, "From what the CRM states")
    steps = {step.step: step.amount for step in review.number.forecast.bridge}
    assert bridge[-1][2] == short(review.number.forecast.expected, signed=False)  # type: ignore[arg-type]
    shown = {cells[0]: cells[2] for cells in bridge}
    for step, amount in steps.items():
        label = step[:1].upper() + step.replace("_", " ")[1:]
        assert shown[label] == short(amount, signed=label != "Won")
    changed = rows(page, "Open pipeline, by what happened")
    assert changed[0][2] == short(review.changes.start, signed=False)
    assert changed[-1][2] == short(review.changes.end, signed=False)
    assert [cells[0] for cells in changed] == list(brief.changed.rows["step"])
    moved = rows(page, "Expected number, then and now")
    assert moved[0][2] == short(review.moved.before, signed=False)
    assert moved[-1][2] == short(review.moved.after, signed=False)


def test_the_tables_add_up_to_what_the_screen_says(
    page: lxml.html.HtmlElement, review: WeeklyReview, brief: Brief
) -> None:
    changed = rows(page, "What changed, deal by deal")
    difference = round(review.changes.end - review.changes.start, 2)
    assert changed[-1][2] == brief.cell(difference, "change")
    quiet = rows(page, "Not on the agenda")
    assert brief.cell(total(review.agenda.quiet["amount"].dropna()), "money") in quiet[-1]


def test_a_card_shows_what_is_stated_and_what_is_evidenced(
    page: lxml.html.HtmlElement, review: WeeklyReview
) -> None:
    articles = [words(one) for one in page.iter("article")]
    assert len(articles) == len(review.agenda.cards)
    for card, text in zip(review.agenda.cards, articles, strict=True):
        assert card.name in text
        assert f"{percent(card.stated)} stated" in text
        assert f"{percent(card.evidenced)} evidenced" in text
        assert card.why_now in text
        assert card.question in text


def test_actions_stand_with_the_longest_due_first(page: lxml.html.HtmlElement, review: WeeklyReview) -> None:
    shown = [cells[0] for cells in rows(page, "Open actions")]
    assert shown == list(review.agenda.actions["action"])


def test_tables_say_what_their_heads_are(page: lxml.html.HtmlElement) -> None:
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert all(head.get("scope") in ("col", "row") for head in table.iter("th"))


def test_nothing_is_loaded_and_nothing_runs(brief: Brief) -> None:
    text = html_page(brief).decode()
    page = parsed(text.encode())
    assert not list(page.iter("script", "link", "img", "iframe", "object", "form"))
    assert all(link.get("href").startswith("#") for link in page.iter("a"))
    assert "url(" not in text
    assert "@import" not in text
    ids = {one.get("id") for one in page.iter() if one.get("id")}
    assert {link.get("href")[1:] for link in page.iter("a")} <= ids


def test_the_minutes_begin_with_what_was_decided(minutes: Brief, decided: WeeklyReview) -> None:
    page = parsed(html_page(minutes))
    told = rows(page, "Decided on this day")
    assert [cells[2] for cells in told] == ["Ann", "Ann"]
    assert told[0][1] == "Call the CFO"
    assert told[0][3] == "Bob"
    reported = rows(page, "Actions reported")
    assert (reported[0][0], reported[0][2]) == ("Ask for the budget", "Done")
    left = [cells[1] for cells in rows(page, "On the agenda, not decided")]
    assert left[:-1] == [card.name for card in decided.agenda.cards[2:]]
    actions = [cells[0] for cells in rows(page, "Open actions")]
    assert len(actions) == len(decided.agenda.actions) + 1
    assert "Call the CFO" in actions


def test_the_pre_read_does_not_know_what_the_meeting_will_decide(decided: WeeklyReview) -> None:
    page = parsed(html_page(brief_of(decided, "pre-read")))
    assert "Call the CFO" not in [cells[0] for cells in rows(page, "Open actions")]


@pytest.mark.parametrize("kind", ["pre-read", "minutes"])
@pytest.mark.parametrize("turn", TURNS)
def test_a_text_stays_a_text(decided: WeeklyReview, turn: int, kind: BriefKind) -> None:
    content = html_page(brief_of(with_texts(decided, turn), kind))
    page = parsed(content)
    assert not list(page.iter("script", "img")), "markup came alive"
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", content.decode("utf-8"))
    told = words(page)
    on_page = in_turn(turn, len(decided.agenda.cards))
    for text in on_page if kind == "pre-read" else on_page[2:]:
        assert " ".join(seen(text).split()) in told
