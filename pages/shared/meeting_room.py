"""What a meeting room needs of the browser: large letters on a wide screen, and the cursor in a form's field.

A component of Streamlit's own kind. Its script is fixed and gets nothing from the CRM; it sets the size of
the page's letters while the meeting is shown, and puts the cursor into an open form's first field.
"""

from __future__ import annotations

import streamlit as st

#: From this width, px, letters are as large as a projector needs.
_SCRIPT = """
const WIDE = 1800, LETTERS = '22px', TRIES = 40, PAUSE = 80;
export default function ({ data }) {
  const root = document.documentElement;
  if (data.room) {
    const fit = () => { root.style.fontSize = window.innerWidth >= WIDE ? LETTERS : ''; };
    fit();
    window.addEventListener('resize', fit);
    return () => { window.removeEventListener('resize', fit); root.style.fontSize = ''; };
  }
  let left = TRIES, timer, last = null;
  const seek = () => {
    const form = document.querySelector('[role=dialog]');
    const field = form && form.querySelector('input:not([type=hidden]), textarea');
    if (field && field === last) {
      const held = document.activeElement;
      if (!form.contains(held) || !held.matches('input, textarea')) field.focus();
      return;
    }
    last = field;  // fields come one after the other: the first one is it only if it stays the first
    if (left-- > 0) timer = setTimeout(seek, PAUSE);
  };
  timer = setTimeout(seek, PAUSE);
  return () => clearTimeout(timer);
}
"""
_room = st.components.v2.component("plumbline_meeting_room", js=_SCRIPT)


def large_letters() -> None:
    """Larger letters on a wide screen for as long as the page is shown."""
    _room(key="meeting letters", data={"room": True})


def cursor_in_form(form: str) -> None:
    """The cursor in the first field of the open form; `form` names it."""
    _room(key=f"meeting cursor {form}", data={"room": False})
