"""A bearer token counts only if its issuer signed it, for this service, and now."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OctKey

from api.security.jwks import SOONEST_AGAIN, JwksError, PublicKeys, key_set
from api.security.principal import Principal
from api.security.tokens import TokenReader
from api.words import Role
from tests.api.door import identities as who

NOW = who.NOW


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TokenReader:
    settings = who.settings_with_both(tmp_path_factory.mktemp("tokens"))
    return TokenReader(settings, PublicKeys(str(settings.oidc_jwks), seconds=600), now=lambda: NOW)


def principal(reader: TokenReader, token: str) -> Principal | None:
    return asyncio.run(reader.principal(token))


def test_a_good_token_names_its_person_roles_and_sites(reader: TokenReader) -> None:
    assert principal(reader, who.token()) == Principal(
        "oidc:person-1", frozenset({Role.COORDINATOR}), frozenset({who.SITE})
    )


def test_a_token_may_say_what_people_call_its_person(reader: TokenReader) -> None:
    named = principal(reader, who.token(name="Wei Chen"))

    assert named is not None
    assert (named.id, named.name) == ("oidc:person-1", "Wei Chen")


@pytest.mark.parametrize("letters", [1, 195, 196, 254, 255])
def test_two_people_are_never_one_however_late_their_names_differ(
    reader: TokenReader, letters: int
) -> None:
    """OIDC lets a `sub` have 255 letters; whoever acts stands in 200 letters of the log."""
    ann, bob = (principal(reader, who.token(sub="x" * (letters - 1) + last)) for last in "ab")

    assert ann is not None
    assert bob is not None
    assert ann.id != bob.id
    assert max(len(ann.id), len(bob.id)) <= 200


def test_a_name_that_fits_stands_in_the_log_as_it_is(reader: TokenReader) -> None:
    fits, long = (principal(reader, who.token(sub="x" * letters)) for letters in (195, 196))

    assert fits is not None
    assert long is not None
    assert fits.id == "oidc:" + "x" * 195
    # No name that fits is spelled like the hash of one that does not.
    assert long.id == f"oidc-sha256:{hashlib.sha256(b'x' * 196).hexdigest()}"


def test_a_long_name_that_is_no_text_is_told_by_its_hash_too(reader: TokenReader) -> None:
    """JSON may spell half a letter, which has no bytes in UTF-8."""
    content = json.dumps(who.claims(sub="\ud800" * 255)).encode()
    token = jws.serialize_compact({"alg": "ES256", "kid": "now"}, content, who.SIGNER)

    named = principal(reader, token)

    assert named is not None
    assert named.id.startswith("oidc-sha256:")


GOOD: dict[str, dict[str, Any]] = {
    "several audiences": {"aud": ["another", who.AUDIENCE]},
    "not before now": {"nbf": NOW},
    "just expired, within the leeway": {"exp": NOW - 10},
    "just not valid yet, within the leeway": {"nbf": NOW + 15},
    "an RSA signature": {"key": who.RSA_SIGNER, "alg": "RS256", "kid": "rsa"},
}


@pytest.mark.parametrize("changed", GOOD.values(), ids=GOOD)
def test_what_may_vary(reader: TokenReader, changed: dict[str, Any]) -> None:
    assert principal(reader, who.token(**changed)) is not None


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": who.ISSUER + "/"}, "iss"),
    "no issuer": ({"iss": None}, "iss"),
    "another audience": ({"aud": "another"}, "aud"),
    "no audience": ({"aud": None}, "aud"),
    "audience as part of a word": ({"aud": who.AUDIENCE + "-test"}, "aud"),
    "expired": ({"exp": NOW - 60}, "expired"),
    "never expires": ({"exp": None}, "exp"),
    "expiry as text": ({"exp": str(NOW + 600)}, "exp"),
    "not yet valid": ({"nbf": NOW + 120}, "nbf"),
    "nobody": ({"sub": None}, "sub"),
    "a number for a person": ({"sub": 7}, "sub"),
    "another's key": ({"key": who.STRANGER}, "signature"),
    "an unknown key": ({"kid": "next"}, "unknown_key"),
    "an algorithm not allowed": (
        {"key": who.RSA_SIGNER, "alg": "PS256", "kid": "rsa"},
        "algorithm",
    ),
    "another key's id": ({"key": who.RSA_SIGNER, "alg": "RS256", "kid": "now"}, "malformed"),
}


@pytest.mark.parametrize(("changed", "why"), BAD.values(), ids=BAD)
def test_what_is_refused_and_only_the_log_hears_why(
    reader: TokenReader, changed: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, object]] = []
    monkeypatch.setattr(
        "api.security.tokens.log", lambda event, _, *, code: told.append((event, code))
    )

    assert principal(reader, who.token(**changed)) is None
    assert told == [("token_refused", why)]


def test_no_token_is_its_own_witness(reader: TokenReader) -> None:
    """`none`, and the public key taken for a shared secret."""
    body = who.token().split(".")[1]
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    public = OctKey.import_key(json.dumps(who.SIGNER.as_dict(private=False)))
    shared = jwt.encode({"alg": "HS256", "kid": "now"}, who.claims(), public, algorithms=["HS256"])

    assert principal(reader, f"{none}.{body}.") is None
    assert principal(reader, shared) is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "W10.e30.", "e30.e30.e30", "x" * 9000, "é.é.é",
     base64.urlsafe_b64encode(b'{"alg":"ES256","crit":["x"]}').decode() + ".e30.AAAA",
     base64.urlsafe_b64encode(b'{"alg":["ES256"]}').decode() + ".e30.AAAA",
     base64.urlsafe_b64encode(b'{"alg":"ES256","kid":{}}').decode() + ".e30.AAAA",
     base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.AAAA"],
    ids=lambda token: token[:20],
)  # fmt: skip
def test_what_is_no_token(reader: TokenReader, token: str) -> None:
    assert principal(reader, token) is None


def test_every_flip_of_a_letter_is_noticed(reader: TokenReader) -> None:
    good = who.token()
    step = max(1, len(good) // 60)
    # The last letter of a part also holds bits that say nothing.
    places = [
        n
        for n in range(0, len(good), step)
        if good[n] != "." and good[n + 1 : n + 2] not in (".", "")
    ]

    changed = [good[:n] + ("A" if good[n] != "A" else "B") + good[n + 1 :] for n in places]

    assert len(changed) > 40
    assert [token for token in changed if principal(reader, token) is not None] == []


@pytest.mark.parametrize(
    ("roles", "known"),
    [
        (["reader", "owner"], {Role.READER}),
        ("reader admin", {Role.READER, Role.ADMIN}),
        (["Reader", 7, None, ["admin"]], set()),
        ({"admin": True}, set()),
        (None, set()),
    ],
)
def test_unknown_roles_count_for_nothing(
    reader: TokenReader, roles: object, known: set[Role]
) -> None:
    found = principal(reader, who.token(eligibility_roles=roles))

    assert found is not None
    assert found.roles == known


def test_secret_keys_of_a_key_set_are_left_out() -> None:
    secret = OctKey.generate_key(256).as_dict(private=True)
    both = {"keys": [secret, who.SIGNER.as_dict(private=True)]}

    [kept] = key_set(json.dumps(both).encode())

    assert kept.key_type == "EC"
    assert not kept.is_private


class _Issuer:
    """An issuer on a loopback port, whose answer a test chooses."""

    def __init__(self) -> None:
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, b"{}")
        self.asked = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                status, content = outer.answer()
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "/elsewhere")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"http://127.0.0.1:{self.server.server_port}/jwks"


@pytest.fixture
def issuer() -> Iterator[_Issuer]:
    issuer = _Issuer()
    thread = threading.Thread(target=issuer.server.serve_forever, args=(0.01,))
    thread.start()
    yield issuer
    issuer.server.shutdown()
    thread.join()
    issuer.server.server_close()


def published(*keys: Any) -> Callable[[], tuple[int, bytes]]:
    return lambda: (200, json.dumps(KeySet(list(keys)).as_dict(private=False)).encode())


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_fetched_once_and_again_when_old_or_replaced(issuer: _Issuer) -> None:
    clock, issuer.answer = _Clock(), published(who.SIGNER)
    keys = PublicKeys(issuer.place, seconds=600, clock=clock)

    async def ask(kid: str, later: float = 0) -> set[str | None]:
        clock.now += later
        return {key.kid for key in await keys.keys(kid)}

    assert asyncio.run(ask("now")) == asyncio.run(ask("now")) == {"now"}
    assert issuer.asked == 1
    assert asyncio.run(ask("rsa", later=1)) == {"now"}
    assert issuer.asked == 1, "an unknown key asks again only after a while"
    issuer.answer = published(who.SIGNER, who.RSA_SIGNER)
    assert asyncio.run(ask("rsa", later=SOONEST_AGAIN)) == {"now", "rsa"}
    assert asyncio.run(ask("now", later=601)) == {"now", "rsa"}
    assert issuer.asked == 3


BROKEN: dict[str, tuple[int, bytes]] = {
    "an error": (500, b""), "a redirect": (302, b""), "no JSON": (200, b"<html>"), "a list": (200, b"[]"),
    "no keys": (200, b'{"keys":[]}'), "no key set": (200, b'{"keys":[1]}'),
    "a bad key": (200, b'{"keys":[{"kty":"EC"}]}'),
}  # fmt: skip


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_an_issuer_that_fails_lets_nobody_in_or_keeps_the_good_keys(
    issuer: _Issuer, answer: tuple[int, bytes]
) -> None:
    clock, issuer.answer = _Clock(), lambda: answer
    keys = PublicKeys(issuer.place, seconds=600, clock=clock)

    with pytest.raises(JwksError):
        asyncio.run(keys.keys("now"))
    issuer.answer = published(who.SIGNER)
    clock.now += SOONEST_AGAIN
    good = asyncio.run(keys.keys("now"))
    issuer.answer = lambda: answer
    clock.now += 601
    assert asyncio.run(keys.keys("now")) is good
    clock.now += 90_000
    with pytest.raises(JwksError):
        asyncio.run(keys.keys("now"))


def test_a_missing_file_lets_nobody_in(tmp_path: Path) -> None:
    with pytest.raises(JwksError):
        asyncio.run(PublicKeys(str(tmp_path / "absent"), seconds=600).keys(None))
