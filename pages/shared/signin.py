"""Who is looking: the sign-in gate, and the reader of this run."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from analytics.access.ended import end, has_ended
from analytics.access.rights import Deed, may
from analytics.access.viewer import LOCAL, Role, Viewer, viewer_of
from analytics.problems import BadInput
from analytics.store.database import Store, store_path
from analytics.wording import plain
from pages.shared import exposure, noting

#: Clocks of two machines may differ by this much.
_SKEW_SECONDS = 300
_LONGEST_NAME = 24
_SEES = {
    Role.VP: "You see every deal.",
    Role.REVOPS: "You see every deal, load data, and let people in.",
    Role.MANAGER: "You see your own deals and those of everybody who reports to you.",
    Role.REP: "You see your own deals.",
}
#: What browsers asked for before they signed in: page and query, by the token of their XSRF cookie.
_links: dict[bytes, tuple[str, dict[str, str]]] = {}
_MOST_LINKS, _LONGEST_LINK = 1000, 2000


class Refused(BadInput):
    """Somebody signed in whom nobody has let in, or the app may not be open here; the text says which."""


def reader() -> Viewer | None:
    """Who is looking; None before they signed in. Raises Refused."""
    if found := exposure.fault(exposure.listens_on()):
        _tell(found)
        raise Refused("Plumbline shows nothing here yet. Whoever runs it finds in its log what to do.")
    if exposure.has_sign_in():
        return _signed_in(st.user.to_dict())
    if not exposure.is_at_home() and not exposure.is_open_on_purpose():
        _tell(
            "Plumbline showed nothing to somebody who came through a proxy, by another name than localhost,"
            " or from another site, as nobody has to sign in. Set up the sign-in (docs/running.md)."
        )
        raise Refused(
            "Without a sign-in, Plumbline shows deals only in a browser on the machine that it runs on, under"
            " its own address (http://localhost). Whoever runs it finds in its log what to do."
        )
    return LOCAL


def _signed_in(claims: dict[str, Any]) -> Viewer | None:
    """Who a sign-in is; None where there is none, or no longer."""
    if not claims.get("is_logged_in") or _is_over(claims) or has_ended(store_path(), _key(claims)):
        return None
    email = _address(claims)
    if not email or not _is_for_us(claims):
        raise Refused("The sign-in service sent no confirmed email address, so nobody can tell who you are.")
    try:
        store = Store(store_path())
        found = _let_in(store, store.version(), email, str(claims.get("name") or ""), tuple(admins()))
    except BadInput as problem:
        _tell(str(problem))
        raise Refused(
            "Plumbline cannot read its data now. Whoever runs it finds why in its log."
        ) from problem
    if found is None:
        raise Refused(f"{email} has no access to Plumbline. Ask RevOps to let you in (Trust > People).")
    return found


@lru_cache(maxsize=256)
def _let_in(store: Store, version: str, email: str, name: str, admins: tuple[str, ...]) -> Viewer | None:
    """Who an address is, kept while the store stays as it is: a look-up takes 25 ms, and every click asks."""
    return viewer_of(store, email, name, admins)


def admins() -> list[str]:
    """Who is RevOps whatever the store says: how the first one gets in."""
    return [one for one in os.environ.get("PLUMBLINE_ADMINS", "").replace(";", ",").split(",") if one.strip()]


def _is_over(claims: dict[str, Any]) -> bool:
    """Whether the sign-in is older than a working day (PLUMBLINE_SESSION_HOURS), or has no known age."""
    try:
        age = datetime.now(UTC).timestamp() - float(str(claims["iat"]))
    except (KeyError, ValueError):
        return True
    return not -_SKEW_SECONDS <= age <= exposure.session_hours() * 3600


def _key(claims: dict[str, Any]) -> tuple[str, ...]:
    """What tells one sign-in from every other."""
    return tuple(str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce"))


def _address(claims: dict[str, Any]) -> str:
    """The confirmed email address; '' without one.

    Some services (Microsoft Entra) do not say whether an address is confirmed; they may be trusted.
    """
    email, said = str(claims.get("email") or "").strip(), claims.get("email_verified")
    if email.lower().isascii() != email.isascii():
        return ""  # the Kelvin sign becomes a k in lower case: somebody else's address
    if said is None:
        return email if os.environ.get("PLUMBLINE_TRUST_EMAIL") == "yes" else ""
    return email if str(said).lower() == "true" else ""


def _is_for_us(claims: dict[str, Any]) -> bool:
    """Whether the service meant this for Plumbline: Authlib accepts any audience where `azp` is ours."""
    meant = claims.get("aud")
    return st.secrets["auth"]["client_id"] in (meant if isinstance(meant, list) else [meant])


@cache
def _tell(problem: str) -> None:
    """Write to the log, once, what whoever runs this should know."""
    logging.getLogger(__name__).error(problem)


def ask() -> None:
    """The page of those who are not signed in."""
    st.title("Plumbline", anchor=False)
    st.write(f"Sign in to see your deals. A sign-in lasts {exposure.session_hours():g} hours.")
    st.button("Sign in", type="primary", on_click=st.login)


def refuse(problem: Refused) -> None:
    """The page of those who are not let in."""
    st.title("Plumbline", anchor=False)
    st.error(plain(str(problem)))
    if exposure.has_sign_in() and st.user.get("is_logged_in"):
        noting.refused(_said(), "to be let in")
        st.button("Sign out", on_click=leave)


def account() -> None:
    """Who is signed in, what they see, and the way out."""
    viewer = the_viewer()
    st.title("Signed in", anchor=False)
    st.write(plain(f"{viewer.name} ({viewer.email}), {viewer.role.label}. {_SEES[viewer.role]}"))
    st.button("Sign out", type="primary", on_click=leave)


def leave() -> None:
    """End this sign-in, in every tab and for every copy of the cookie."""
    end(store_path(), _key(st.user.to_dict()))
    noting.left(_said())
    st.logout()


def _said() -> str:
    """The address that the sign-in service gave, whether or not it leads in; for the audit only."""
    return str(st.user.get("email") or "").strip().lower() or "no address"


def label(viewer: Viewer) -> str:
    """A reader and their role, short enough for the menu."""
    name = viewer.name if len(viewer.name) <= _LONGEST_NAME else f"{viewer.name[: _LONGEST_NAME - 1]}…"
    return f"{name} · {viewer.role.label}"


def keep_link(page: str) -> None:
    """Keep what was asked for until its reader has signed in: the sign-in service leads to the first page."""
    kept_link()
    browser, query = _browser(), st.query_params.to_dict()
    if browser and (page or query) and len(str(query)) <= _LONGEST_LINK:
        _links[browser] = (page, query)
        if len(_links) > _MOST_LINKS:
            del _links[next(iter(_links))]


def kept_link() -> tuple[str, dict[str, str]] | None:
    """What this browser asked for before it signed in, once."""
    browser = _browser()
    return _links.pop(browser, None) if browser else None


def _browser() -> bytes | None:
    """What stays the same in a browser's XSRF cookie, which is written anew with every page."""
    return decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))[0]


def remember(viewer: Viewer) -> None:
    """Keep the reader of this run; set anew in every run, before anything is read."""
    st.session_state["viewer"] = viewer


def forget() -> None:
    """The run is over: what comes before the next gate (a click's callback, a fragment) asks anew."""
    st.session_state.pop("viewer", None)


def the_viewer() -> Viewer:
    """The reader of this run. Raises Refused where nobody is signed in, or no longer let in."""
    viewer: Viewer | None = st.session_state.get("viewer") or reader()
    if viewer is None:
        raise Refused("Your sign-in is over. Sign in again.")
    return viewer


def still() -> Callable[[], None]:
    """What asks, later and outside of a run, whether this reader may still see what they see now.

    It raises Refused where the sign-in is over, or their access was changed.
    """
    viewer = the_viewer()
    claims = st.user.to_dict() if exposure.has_sign_in() else None

    def ask_again() -> None:
        try:
            is_same = claims is None or _signed_in(claims) == viewer
        except Refused:
            is_same = False
        if not is_same:
            raise Refused("Your access has changed. Reload the page.")

    return ask_again


def can(deed: Deed) -> bool:
    """Whether the reader of this run may do something: what is only refused is better not offered."""
    return may(the_viewer(), deed)
