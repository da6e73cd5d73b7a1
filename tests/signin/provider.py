"""A local identity provider: `python -m tests.signin.provider PORT`.

It is oidc-provider-mock, with one addition: what a user's claim `instead` holds replaces claims of the
token after the provider has made it; `signed_by` "stranger" signs it with a key that nobody published,
"nobody" not at all.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from typing import Any

import flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User, app
from werkzeug.serving import run_simple

OVER = 13 * 3600


def person(email: str, *, verified: object = True, signed_by: str = "", **instead: object) -> User:
    """Somebody who can sign in, by their address."""
    claims: dict[str, object] = {"email": email, "name": email.split("@")[0].replace(".", " ").title()}
    if verified is not None:
        claims["email_verified"] = verified
    return User(sub=email, claims={**claims, "instead": instead, "signed_by": signed_by})


def lie(sub: str, *, signed_by: str = "", **instead: object) -> User:
    """Somebody let in, whose token is not in order."""
    found = person("anna@example.com", signed_by=signed_by, **instead)
    return User(sub=sub, claims=found.claims)


def users() -> list[User]:
    """Everybody whom the provider knows."""
    now = int(time.time())
    return [
        *(person(f"{name}@example.com") for name in ("anna", "ben", "vera", "olga", "stranger", "mail")),
        person("Anna@Example.COM"),
        person("anna+2@example.com", verified=False),
        person("quiet@example.com", verified=None),
        lie("wrong audience", aud="another-app"),
        lie("wrong audience, our azp", aud="another-app", azp="plumbline"),
        lie("two audiences", aud=["another-app", "plumbline"], azp="plumbline"),
        lie("wrong issuer", iss="http://localhost:1"),
        lie("wrong nonce", nonce="of-another-sign-in"),
        lie("token over", exp=now - 3600),
        lie("old sign-in", iat=now - OVER),
        lie("sign-in of tomorrow", iat=now + 86400),
        lie("another key", signed_by="stranger"),
        lie("no signature", signed_by="nobody"),
        User(sub="Kelvin sign", claims=person("mi\u212ae@example.com").claims),
    ]


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def falsified(token: str, key: RSAKey) -> str:
    """The token with what its user has `instead`."""
    header, claims = (_decoded(part) for part in token.split(".")[:2])
    claims |= claims.pop("instead", {})
    signed_by = claims.pop("signed_by", "")
    if signed_by == "nobody":
        return f"{_encoded({'alg': 'none'})}.{_encoded(claims)}."
    if signed_by == "stranger":
        key = RSAKey.generate_key()
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def provider() -> flask.Flask:
    """The provider as a WSGI app."""
    found = app(user_claims=users())

    @found.after_request
    def falsify(response: flask.Response) -> flask.Response:
        answer = response.get_json(silent=True) if flask.request.path == "/oauth2/token" else None
        if answer and "id_token" in answer:
            kept = flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
            answer["id_token"] = falsified(answer["id_token"], RSAKey.import_key(kept))
            response.set_data(json.dumps(answer))
        return response

    return found


if __name__ == "__main__":
    run_simple("localhost", int(sys.argv[1]), provider(), threaded=True)
