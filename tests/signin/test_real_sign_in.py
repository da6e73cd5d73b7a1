"""The real app and a real identity provider, over HTTP and the websocket: who gets in, and who does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from websockets.exceptions import InvalidStatus

from analytics.access.granting import grant, revoke
from analytics.access.rights import PAGES
from analytics.company import company_of
from analytics.store.database import Store
from tests.serving import free_port
from tests.signin.conftest import DEALS, PEOPLE, SECRET, App
from tests.visitor import Seen, Visitor, names_in

pytestmark = pytest.mark.slow
OVER = 13 * 3600
WORDS = [*DEALS.values(), *PEOPLE.values()]


def nothing_in(seen: Seen) -> bool:
    """Whether no deal and no person was sent, nor an address of a page that shows any."""
    return not names_in(seen.everything, WORDS)


def deals_in(seen: Seen) -> list[str]:
    """Which deals were sent."""
    return [deal_id for deal_id, name in DEALS.items() if names_in(seen.everything, [name])]


def asks(seen: Seen) -> bool:
    """Whether the page asks to sign in, and shows nothing."""
    return "Sign in to see your deals" in seen.texts and nothing_in(seen)


def cookie_of(claims: dict[str, object], app: App, *, secret: str = SECRET, age: float = 0) -> str:
    """A cookie as the app writes it, `age` seconds ago."""

    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - age)

    payload = {"origin": app.url, "is_logged_in": True, "provider": "default", **claims}
    serializer = URLSafeTimedSerializer(secret, salt="_streamlit_user", signer=Then)
    return str(serializer.dumps(json.dumps(payload)))


def claims_of(email: str, **more: object) -> dict[str, object]:
    """What the identity provider says of somebody."""
    claims = {"email": email, "email_verified": True, "aud": "plumbline", "iat": int(time.time())}
    return {**claims, "sub": email, "iss": "http://localhost", **more}


def test_a_link_shows_nothing_on_a_fresh_server(app: App) -> None:
    assert asks(app.first_seen)


def test_no_address_shows_anything_without_a_sign_in(visitor: Visitor) -> None:
    with visitor.tab() as tab:
        for page in ["", *PAGES, "account", "sign-in", "pages/deals/one_deal.py"]:
            assert asks(tab.run(page, "deal=D3&owner=U3")), page
    assert b"Aquila" not in visitor.http.get(f"{visitor.url}/one_deal", timeout=60).content


def test_only_those_let_in_upload(app: App, visitor: Visitor) -> None:
    with visitor.tab() as tab:
        assert visitor.upload(tab.run()) == 400
    visitor.sign_in("anna@example.com")
    with visitor.tab() as tab:
        seen = tab.run("account")
        assert visitor.upload(seen) == 204
        tab.run("account", press=seen.button("Sign out"))
        assert visitor.upload(seen) == 400
    stranger = Visitor(app.url)
    stranger.sign_in("stranger@example.com")
    with stranger.tab() as tab:
        assert stranger.upload(tab.run()) == 400


def test_signed_in_and_out_again(app: App, visitor: Visitor) -> None:
    visitor.sign_in("anna@example.com")
    copy = visitor.cookie
    assert copy
    with visitor.tab() as other_tab:
        assert deals_in(other_tab.run("one_deal")) == ["D1", "D2"]
        with visitor.tab() as tab:
            account = tab.run("account")
            assert "Anna (anna@example.com), Rep. You see your own deals." in account.texts
            leads_to = tab.run("account", press=account.button("Sign out")).leads_to
        visitor.http.get(f"{app.url}{leads_to}", timeout=60)
        assert visitor.cookie is None
        assert asks(visitor.look("one_deal"))
        assert asks(other_tab.run("one_deal"))
    thief = Visitor(app.url)
    thief.cookie = copy
    assert asks(thief.look("one_deal"))


@pytest.mark.parametrize(
    ("user", "deals"),
    [
        ("Anna@Example.COM", ["D1", "D2"]),
        ("ben@example.com", ["D1", "D2", "D3"]),
        ("olga@example.com", [*DEALS]),  # let in by PLUMBLINE_ADMINS only
        ("two audiences", ["D1", "D2"]),
    ],
)
def test_each_sees_their_own(visitor: Visitor, user: str, deals: list[str]) -> None:
    visitor.sign_in(user)
    assert deals_in(visitor.look("one_deal")) == deals


def test_a_link_is_kept_until_its_reader_has_signed_in(visitor: Visitor) -> None:
    visitor.sign_in("anna@example.com", "one_deal", "deal=D2")
    assert "One deal" in visitor.look().texts
    assert "Quarter end" in visitor.look().texts  # once only


@pytest.mark.parametrize(
    "user",
    [
        "wrong audience",
        "wrong issuer",
        "wrong nonce",
        "token over",
        "another key",
        "no signature",
        "sign-in of tomorrow",
    ],
)
def test_a_token_that_is_not_in_order_signs_nobody_in(visitor: Visitor, user: str) -> None:
    visitor.sign_in(user)
    assert visitor.cookie is None
    assert asks(visitor.look("one_deal"))


def test_a_sign_in_ends_after_its_hours(visitor: Visitor) -> None:
    visitor.sign_in("old sign-in")
    assert visitor.cookie
    assert asks(visitor.look("one_deal"))


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("stranger@example.com", "stranger@example.com has no access to Plumbline. Ask RevOps"),
        ("anna+2@example.com", "sent no confirmed email address"),
        ("quiet@example.com", "sent no confirmed email address"),
        ("Kelvin sign", "sent no confirmed email address"),
        ("wrong audience, our azp", "sent no confirmed email address"),
    ],
)
def test_who_is_not_let_in_is_told_why(visitor: Visitor, user: str, words: str) -> None:
    visitor.sign_in(user)
    seen = visitor.look("one_deal", "deal=D1")
    assert words in seen.texts
    assert nothing_in(seen)
    assert seen.button("Sign out")


def test_a_cookie_counts_only_as_it_was_signed(app: App) -> None:
    good = cookie_of(claims_of("vera@example.com"), app)
    head, rest = good.split(".", 1)
    old = {"iat": int(time.time() - OVER)}
    cookies = {
        "of another secret": cookie_of(claims_of("vera@example.com"), app, secret="x" * 40),
        "changed": head[:-3] + ("AAA" if head[-3:] != "AAA" else "BBB") + "." + rest,
        "without a signature": head,
        "of another site": cookie_of(claims_of("vera@example.com", origin="https://evil.example"), app),
        "expired": cookie_of(claims_of("vera@example.com"), app, age=32 * 86400),
        "of yesterday's sign-in": cookie_of(claims_of("vera@example.com", **old), app),
        "without its age": cookie_of(claims_of("vera@example.com", iat=None), app),
        "of no age": cookie_of(claims_of("vera@example.com", iat="nan"), app),
        "no claims": cookie_of({"is_logged_in": False}, app),
        "rubbish": "%00\u00ff.{}",
    }
    for name, cookie in cookies.items():
        visitor = Visitor(app.url)
        visitor.cookie = cookie
        assert asks(visitor.look("one_deal")), name
    visitor = Visitor(app.url)
    visitor.cookie = good
    assert deals_in(visitor.look("one_deal")) == [*DEALS]


def test_who_is_let_in_no_longer_is_refused_in_the_middle(app: App, visitor: Visitor) -> None:
    company = company_of(app.store)
    grant(app.store, company, "mail@example.com", "vp", "", author="The tests")
    visitor.sign_in("mail@example.com")
    with visitor.tab() as tab:
        assert not nothing_in(tab.run("one_deal"))
        revoke(app.store, company, "mail@example.com", author="The tests")
        seen = tab.run("one_deal")
        assert "has no access" in seen.texts
        assert nothing_in(seen)


def test_a_callback_of_somebody_else_signs_nobody_in(app: App, visitor: Visitor) -> None:
    visitor.http.get(f"{app.url}/oauth2callback?code=stolen&state=of-another", timeout=60)
    assert visitor.cookie is None
    assert asks(visitor.look("one_deal"))


def test_another_site_gets_no_connection(app: App, visitor: Visitor) -> None:
    visitor.sign_in("vera@example.com")
    with pytest.raises(InvalidStatus), visitor.tab({"Origin": "https://evil.example"}) as tab:
        tab.run("one_deal")
    hostile = {"X-Forwarded-Email": "vera@example.com", "Streamlit-User": "vera@example.com"}
    assert asks(Visitor(app.url).look("one_deal", headers=hostile))


def test_an_app_open_to_others_shows_nothing_and_says_why(
    start: Callable[..., Path], tiny_store: Store
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = start(
        *("streamlit", "run", "app.py", "--server.address=0.0.0.0", f"--server.port={port}"),
        awaited=f"{url}/_stcore/health",
        PLUMBLINE_STORE=str(tiny_store.path),
    )
    for page in ("one_deal", "", "definitions"):
        seen = Visitor(url).look(page, "deal=D3")
        assert "Plumbline shows nothing here yet" in seen.texts
        assert nothing_in(seen)
    said = log.read_text(encoding="utf-8")
    assert said.count("it can be reached from other machines") == 1  # once, not for every visitor
    assert "PLUMBLINE_WITHOUT_SIGN_IN=everybody-sees-every-deal" in said
