"""From where the app can be reached, and whether people have to sign in there.

`python -m pages.shared.exposure` says before a start what would keep the app from showing anything: exit 2.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

#: What the operator must write, in so many words, to serve everybody without a sign-in.
OPEN_NAME, OPEN_WORDS = "PLUMBLINE_WITHOUT_SIGN_IN", "everybody-sees-every-deal"
_HOURS_NAME, _HOURS = "PLUMBLINE_SESSION_HOURS", 12.0
_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\s:/@\[\]\\?#]+))(?::\d{1,5})?", re.IGNORECASE)
#: Headers that a proxy adds; a browser on this machine sends none of them.
_PROXIED = ("Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip")


def has_sign_in() -> bool:
    """Whether the operator has set up a sign-in service, well or badly (then nobody gets in)."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def is_open_on_purpose() -> bool:
    """Whether the operator has said that everybody may see every deal."""
    return os.environ.get(OPEN_NAME) == OPEN_WORDS


def listens_on() -> str:
    """The address that the app listens on."""
    return st.get_option("server.address") or "0.0.0.0"  # nosec B104 # named, not bound


def is_at_home() -> bool:
    """Whether this request comes from the machine itself: no proxy stands between, and no other site asks."""
    headers = st.context.headers
    if any(name in _PROXIED or name.startswith("X-Forwarded-") for name in headers):
        return False
    asked = [*headers.get_all("Host"), *(urlsplit(origin).netloc for origin in headers.get_all("Origin"))]
    return is_loopback(listens_on()) and all(is_loopback(host_of(one)) for one in asked)


def host_of(header: str) -> str:
    """The host of a Host header, without its port; '' for what is none."""
    found = _HOST.fullmatch(header)
    return (found[1] or found[2]).lower().removesuffix(".") if found else ""


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def session_hours() -> float:
    """How long a sign-in lasts. Raises ValueError for what is no length of time."""
    hours = float(os.environ.get(_HOURS_NAME, _HOURS))
    if not 0 < hours <= 24 * 30:
        raise ValueError(hours)
    return hours


def fault(address: str) -> str:
    """What keeps an app at this address from showing anything, for whoever runs it; '' where all is well."""
    if has_sign_in():
        return _fault_of(st.secrets["auth"])
    if is_loopback(address) or is_open_on_purpose():
        return ""
    return (
        "Plumbline shows nothing: it can be reached from other machines, and nobody would have to sign in."
        " Set up the sign-in (docs/running.md), or let it listen on 127.0.0.1 only."
        f" To show every deal to everybody, set {OPEN_NAME}={OPEN_WORDS}."
    )


def _fault_of(auth: Mapping[str, Any]) -> str:
    """The first thing that is wrong with the sign-in's settings, and what to do."""
    where = "Plumbline shows nothing: in .streamlit/secrets.toml, section [auth],"
    missing = [key for key in _KEYS if not isinstance(auth.get(key), str) or not auth[key]]
    if missing:
        return f"{where} there is no {' and no '.join(missing)}. See .streamlit/secrets.example.toml."
    if len(auth["cookie_secret"]) < _SHORTEST_SECRET:
        return (
            f"{where} cookie_secret must have {_SHORTEST_SECRET} characters or more: whoever guesses it is"
            ' anybody. Make one: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    back = urlsplit(auth["redirect_uri"])
    if back.scheme != "https" and not is_loopback(host_of(back.netloc)):
        return f"{where} redirect_uri must begin with https://; otherwise a sign-in can be read on its way."
    if not back.path.endswith("/oauth2callback"):
        return f"{where} redirect_uri must end with /oauth2callback, where the app takes the sign-in."
    if st.get_option("server.trustedUserHeaders"):
        return (
            "Plumbline shows nothing: server.trustedUserHeaders is set, so that a header could say who"
            " somebody is. Take it out; the sign-in service says it."
        )
    try:
        session_hours()
    except ValueError:
        return f"Plumbline shows nothing: {_HOURS_NAME} must be a number of hours, such as {_HOURS:g}."
    return ""


if __name__ == "__main__":
    # as `streamlit run` would read it: the environment goes before .streamlit/config.toml
    found = fault(os.environ.get("STREAMLIT_SERVER_ADDRESS") or listens_on())
    print(found or "The app may be started.", file=sys.stderr if found else sys.stdout)
    sys.exit(2 if found else 0)
