"""The page "Playbook", run by Streamlit itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import texts

App = Callable[..., AppTest]
PAGE = "pages/team/playbook.py"
VIEWS = ("Questions", "By stage", "Left empty", "Waiting", "Warnings")


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "")


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_from_the_url(app: App, view: str) -> None:
    at = app(PAGE, view=view)
    assert "Playbook" in said(at)
    assert not at.error
    print(said(at))
