"""Who is looking: the sign-in gate, and the reader of this run."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from ipaddress import ip_address

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from analytics.access.viewer import LOCAL, Viewer, viewer_of
from analytics.store.database import Store, store_path
from analytics.wording import plain

#: What the operator must write, in so many words, to serve everybody without a sign-in.
OPEN_NAME, OPEN_WORDS = "PLUMBLINE_WITHOUT_SIGN_IN", "everybody-sees-every-deal"
_HOURS = 12.0
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip")


class Refused(Exception):
    """Somebody signed in whom nobody has let in, or the app may not be open here; the text says which."""


def reader() -> Viewer | None:
    """Who is looking; None before they signed in. Raises Refused."""
    if not has_sign_in():
        if not is_at_home() and os.environ.get(OPEN_NAME) != OPEN_WORDS:
            raise Refused(
                "Plumbline shows nothing here: it can be reached from other machines, and nobody would have"
                " to sign in. Whoever runs it: set up the sign-in (docs/running.md), or let it listen on"
                f" 127.0.0.1 only. To show every deal to everybody, set {OPEN_NAME}={OPEN_WORDS}."
            )
        return LOCAL
    claims = st.user.to_dict()
    if not claims.get("is_logged_in") or _is_over(claims):
        return None
    email = str(claims.get("email") or "")
    if not email or not _is_verified(claims):
        raise Refused("The sign-in service sent no confirmed email address, so nobody can tell who you are.")
    found = viewer_of(_whole(), email, str(claims.get("name") or ""), admins())
    if found is None:
        raise Refused(f"{email} has no access to Plumbline. Ask RevOps to let you in (Trust > People).")
    return found


def has_sign_in() -> bool:
    """Whether the operator has set up a sign-in service."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def is_at_home() -> bool:
    """Whether this request comes from the machine itself, and no proxy stands in between."""
    if not is_loopback(st.get_option("server.address") or "0.0.0.0"):
        return False
    headers = st.context.headers
    if any(name in headers for name in _FORWARDED):
        return False
    return is_loopback(host_of(headers.get("Host") or "localhost"))


def host_of(header: str) -> str:
    """The host of a Host header, without its port."""
    return header[1:].split("]")[0] if header.startswith("[") else header.split(":")[0]


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def admins() -> list[str]:
    """Who is RevOps whatever the store says: how the first one gets in."""
    return [one for one in os.environ.get("PLUMBLINE_ADMINS", "").replace(";", ",").split(",") if one.strip()]


def _is_over(claims: dict[str, object]) -> bool:
    """Whether the sign-in is older than a working day (PLUMBLINE_SESSION_HOURS)."""
    try:
        hours = float(os.environ.get("PLUMBLINE_SESSION_HOURS", _HOURS))
        since = float(str(claims["iat"]))
    except (KeyError, ValueError):
        return True
    return datetime.now(UTC).timestamp() - since > hours * 3600


def _is_verified(claims: dict[str, object]) -> bool:
    """Some services (Microsoft Entra) do not say whether an address is confirmed; they may be trusted."""
    said = claims.get("email_verified")
    if said is None:
        return os.environ.get("PLUMBLINE_TRUST_EMAIL") == "yes"
    return str(said).lower() == "true"


def _whole() -> Store:
    return Store(store_path())


def ask() -> None:
    """The page of those who are not signed in."""
    st.title("Plumbline")
    st.write("Sign in to see your deals. You come back to the start page.")
    st.button("Sign in", type="primary", on_click=st.login)


def refuse(problem: Refused) -> None:
    """The page of those who are not let in."""
    st.title("Plumbline")
    st.error(plain(str(problem)))
    if has_sign_in():
        st.button("Sign out", on_click=st.logout)


def remember(viewer: Viewer) -> None:
    """Keep the reader of this run; set anew in every run, before anything is read."""
    st.session_state["viewer"] = viewer


def the_viewer() -> Viewer:
    """The reader of this run."""
    viewer: Viewer = st.session_state["viewer"]
    return viewer
