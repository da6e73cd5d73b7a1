"""The app with the review's pages in its menu, whatever app.py lists yet."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import APP

PAGES = {"pages/review/decisions.py": "Decisions", "pages/review/calls.py": "Calls"}


def open_app(folder: Path, page: str, **query: str) -> AppTest:
    """Open a page; a copy of app.py in `folder` lists those that the app's own does not."""
    text = APP.read_text(encoding="utf-8")
    missing = [f'st.Page("{path}", title="{title}"),' for path, title in PAGES.items() if path not in text]
    script = APP
    if missing:
        script = folder / "app.py"
        script.write_text(text.replace("    [\n", "    [\n" + "\n".join(missing) + "\n", 1), encoding="utf-8")
        if not (folder / "pages").exists():
            (folder / "pages").symlink_to(APP.parent / "pages")
    at = AppTest.from_file(str(script), default_timeout=600)
    at.switch_page(page)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()
