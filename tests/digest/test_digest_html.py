"""The digest's file: its numbers are the page's, it loads nothing, and a text stays a text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import lxml.html
import pandas as pd
import pytest

from analytics.company import Company, company_of
from analytics.digest import words
from analytics.digest.content import Digest, digest_of
from analytics.digest.html import html_page, pieces
from analytics.digest.week import best, causes, closed, still_empty, week_of
from analytics.figures.style import DARK, LIGHT
from analytics.playbook.versions import versions_as_of
from analytics.store.database import Store
from analytics.team_digest import css, team_digest
from analytics.wording import money
from tests.brief.hostile import TEXTS
from tests.conftest import TODAY
from tests.pages.case_store import AS_OF, UGLY, case_store
from tests.small_stores import load

UNTIL = date.fromisoformat(AS_OF)


@pytest.fixture(scope="module")
def digest(small_world: Store, small_company: Company) -> Digest:
    return digest_of(small_world, small_company, TODAY)


@pytest.fixture(scope="module")
def page(digest: Digest) -> lxml.html.HtmlElement:
    return parsed(digest)


def parsed(digest: Digest) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html_page(digest, css(LIGHT), css(DARK)).decode())


def said(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows(page: lxml.html.HtmlElement, section: str) -> list[list[str]]:
    found = page.get_element_by_id(section).iter("tr")
    return [[said(cell) for cell in line] for line in found][1:]


def test_it_says_what_the_page_says(
    page: lxml.html.HtmlElement, digest: Digest, small_world: Store, small_company: Company
) -> None:
    week = week_of(small_world, small_company, TODAY)
    for sentence in (*words.headline(week, small_company), words.best_title(week)):
        assert " ".join(sentence.split()) in said(page)
    gaps = closed(week)
    assert f"Gaps closed: {len(gaps)}" in said(page)
    shown = rows(page, "closed")
    assert [line[0] for line in shown] == [" ".join(name.split()) for name in gaps["name"].head(20)]
    assert [line[-1] for line in shown] == [
        money(one, small_company.currency, locale=small_company.locale)
        for one in gaps["amount_company"].head(20)
    ]
    assert f"Root causes found: {len(causes(week))}" in said(page)
    names = [said(one) for one in page.get_element_by_id("best").iter("h3")]
    assert names == [" ".join(name.split()) for name in best(week)["name"]]
    for section in ("best", "empty"):  # who has not answered is not named
        heads = {said(one) for one in page.get_element_by_id(section).iter("th")}
        assert "Owner" not in heads
    empty = still_empty(week)
    assert [line[0] for line in rows(page, "empty")] == [" ".join(name.split()) for name in empty["name"]]
    assert f"Open actions due: {len(digest.actions)}" in said(page)


def test_tables_and_headings_say_what_they_are(page: lxml.html.HtmlElement) -> None:
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert all(head.get("scope") in ("col", "row") for head in table.iter("th"))
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.get("lang")


def test_nothing_is_loaded_and_nothing_runs(digest: Digest) -> None:
    text = html_page(digest, css(LIGHT), css(DARK)).decode()
    found = lxml.html.document_fromstring(text)
    assert not list(found.iter("script", "link", "img", "iframe", "object", "form", "a"))
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert "@import" not in text
    assert not re.search(r"https?://", text)


def test_the_marked_words_are_those_that_earned_the_level(digest: Digest) -> None:
    for row in [*digest.best.itertuples(), *digest.causes.itertuples()]:
        parts = pieces(row)
        assert "".join(text for text, _ in parts) == row.answer
        assert any(is_evidence for _, is_evidence in parts)


@pytest.mark.parametrize("turn", range(0, len(TEXTS), 6))
def test_a_text_stays_a_text(digest: Digest, turn: int) -> None:
    hostile = list(TEXTS.values())

    def said_there(frame: pd.DataFrame) -> pd.DataFrame:
        names = [
            "name",
            "answer",
            "author_name",
            "owner_name",
            "label",
            "title",
            "author",
            "hypothesis",
            "action",
        ]
        out = frame.copy()
        for name in [one for one in names if one in out]:
            out[name] = [hostile[(turn + at) % len(hostile)] for at in range(len(out))]
        return out

    rows = {
        name: said_there(getattr(digest, name)) for name in ("best", "closed", "causes", "empty", "actions")
    }
    playbook = pd.DataFrame({"title": hostile, "starts_on": TODAY, "author": hostile, "hypothesis": hostile})
    content = html_page(
        replace(digest, whose=hostile[turn], playbook=playbook, **rows), css(LIGHT), css(DARK)
    ).decode("utf-8")
    page = lxml.html.document_fromstring(content)
    assert not list(page.iter("script", "img", "a")), "markup came alive"
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", content)
    assert "{{ 7 * 7 }}" in content
    assert "49" not in said(page.get_element_by_id("playbook"))


def test_customers_words_and_playbook_changes_of_the_week(tmp_path: object) -> None:
    store = case_store(tmp_path)  # type: ignore[arg-type]
    change = {
        "version_id": "V1",
        "valid_at": f"{AS_OF}T08:00:00",
        "kind": "exit criteria",
        "question": "budget",
        "stage": "Propose",
        "level": 3,
        "teams": '["North"]',
        "starts_on": "2024-05-20",
        "title": "Budget <before> Negotiate",
        "hypothesis": "Fewer dates slip",
        "measure": "kept",
        "author": "Ann",
    }
    load(store, playbook_version=[change])
    company = company_of(store)
    assert len(versions_as_of(store, company, UNTIL)) == 1
    name, content = team_digest(store, company, UNTIL, "North")
    assert name.startswith(f"digest {AS_OF} North ")
    assert "Budget &lt;before&gt; Negotiate" in content.decode()
    assert "Budget &lt;before&gt;" not in team_digest(store, company, UNTIL, "South")[1].decode()
    whole = team_digest(store, company, UNTIL)
    assert whole[0] == f"digest {AS_OF} company.html"
    assert UGLY not in whole[1].decode()  # level 0: not told


def test_the_same_week_gives_the_same_bytes(digest: Digest) -> None:
    assert html_page(digest, css(LIGHT), css(DARK)) == html_page(digest, css(LIGHT), css(DARK))
