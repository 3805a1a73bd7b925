"""TokenVerifier: what is taken, and everything that must not be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.errors import IssuerUnreachableError, TokenExpiredError, TokenRefusedError
from rag.web.embed import jwks as issuer_keys
from rag.web.embed.store import Embed, EmbedStore, Issuer
from rag.web.embed.tokens import MAX_LIFETIME, TokenVerifier, sign

ORIGIN = "https://portal.example"
ISSUER, AUDIENCE = "https://login.example", "footnote"


@pytest.fixture
def store(tmp_path: Path) -> EmbedStore:
    return EmbedStore(tmp_path)


@pytest.fixture
def embed(store: EmbedStore) -> Embed:
    return store.create("portal", (ORIGIN,))


def claims(embed: Embed, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    whole = {"aud": embed.id, "sub": "ada", "origin": ORIGIN, "iat": now, "exp": now + timedelta(minutes=5), **changes}
    return {name: value for name, value in whole.items() if value is not None}


def signed(embed: Embed, key: str | None = None, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(embed, **changes), key or embed.secrets[-1].value, algorithm=algorithm)


def refused(store: EmbedStore, token: str) -> str:
    with pytest.raises(TokenRefusedError) as error:
        TokenVerifier(store).verify(token)
    return str(error.value)


def test_a_token_says_who_asks_and_from_where(store: EmbedStore, embed: Embed) -> None:
    admission = TokenVerifier(store).verify(sign(embed, "ada", ORIGIN))
    assert (admission.embed.id, admission.subject, admission.origin) == (embed.id, "ada", ORIGIN)


def test_an_expired_token_is_told_from_others(store: EmbedStore, embed: Embed) -> None:
    past = datetime.now(UTC) - timedelta(minutes=5)
    with pytest.raises(TokenExpiredError):
        TokenVerifier(store).verify(signed(embed, iat=past - timedelta(minutes=5), exp=past))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aud": "emb_another"}, "No active embed"),
        ({"aud": None}, "No active embed"),
        ({"sub": None}, "lacks 'sub'"),
        ({"sub": ""}, "'sub' must have"),
        ({"sub": "a\nb"}, "'sub' must have"),
        ({"sub": "x" * 300}, "'sub' must have"),
        ({"sub": 7}, "is invalid"),
        ({"iat": None}, "lacks 'iat'"),
        ({"exp": None}, "lacks 'exp'"),
        ({"origin": None}, "'origin' is not one"),
        ({"origin": "https://evil.example"}, "'origin' is not one"),
        ({"origin": [ORIGIN]}, "'origin' is not one"),
        ({"iat": datetime.now(UTC) + timedelta(hours=2), "exp": datetime.now(UTC) + timedelta(hours=2.5)}, "future"),
        ({"exp": datetime.now(UTC) + timedelta(days=300)}, "valid for over 60 minutes"),
        ({"iat": 1e300}, "future"),
        ({"iat": float("nan")}, "is invalid"),
        ({"iat": -1e15}, "valid for over"),
        ({"nbf": datetime.now(UTC) + timedelta(hours=2)}, "future"),
    ],
)
def test_a_token_that_says_something_else_is_refused(
    store: EmbedStore, embed: Embed, changes: dict[str, Any], said: str
) -> None:
    assert said in refused(store, signed(embed, **changes))


def test_a_forged_token_is_refused(store: EmbedStore, embed: Embed) -> None:
    other = store.create("other", (ORIGIN,))
    assert "not signed with a valid key" in refused(store, signed(embed, key=other.secrets[-1].value))
    head, body, signature = signed(embed).split(".")
    changed = base64.urlsafe_b64encode(json.dumps({**_read(body), "sub": "root"}).encode()).rstrip(b"=").decode()
    assert "not signed with a valid key" in refused(store, f"{head}.{changed}.{signature}")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "HS384", "", None, 7])
def test_other_algorithms_are_refused(store: EmbedStore, embed: Embed, algorithm: Any) -> None:
    head = _written({"alg": algorithm, "typ": "JWT"})
    body = signed(embed).split(".")[1]
    refused(store, f"{head}.{body}.")
    mac = hmac.new(embed.secrets[-1].value.encode(), f"{head}.{body}".encode(), hashlib.sha512).digest()
    refused(store, f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


@given(st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}"))
@example("eyJhbGciOiJIUzI1NiJ9.W10.x")
@example("eyJhbGciOiJIUzI1NiJ9.e30.")
@example("W10.e30.x")
@example("..")
@example("x" * 10_000)
def test_whatever_comes_as_a_token_is_refused_in_a_sentence(token: str) -> None:
    with pytest.raises(TokenRefusedError, match=r"\.$"):
        TokenVerifier(EmbedStore(Path("nowhere"))).verify(token)


def test_what_was_revoked_does_not_come_back(store: EmbedStore, embed: Embed) -> None:
    token, tokens = signed(embed, jti="one"), TokenVerifier(store)
    tokens.verify(token)
    store.change("portal", revoked_tokens={"one": datetime.now(UTC)})
    assert "revoked" in refused(store, token)
    other = signed(embed, jti="two")
    tokens.verify(other)
    store.change("portal", revoked_subjects={"ada": datetime.now(UTC)})
    assert "revoked" in refused(store, other)
    bob = signed(embed, sub="bob")
    tokens.verify(bob)
    store.change("portal", revoked_at=datetime.now(UTC))
    assert "revoked" in refused(store, bob)
    later = datetime.now(UTC) + timedelta(seconds=2)
    assert tokens.verify(signed(embed, sub="bob", iat=later, exp=later + timedelta(minutes=1))).subject == "bob"


def test_an_embed_that_is_off_or_gone_lets_nobody_in(store: EmbedStore, embed: Embed) -> None:
    token = sign(embed, "ada", ORIGIN)
    store.change("portal", is_active=False)
    assert "No active embed" in refused(store, token)
    store.change("portal", is_active=True)
    TokenVerifier(store).verify(token)
    store.delete("portal")
    assert "No active embed" in refused(store, token)


def test_an_origin_that_is_taken_away_is_refused_at_once(store: EmbedStore, embed: Embed) -> None:
    token = sign(embed, "ada", ORIGIN)
    store.change("portal", origins=("https://new.example",))
    assert "'origin' is not one" in refused(store, token)


def test_secrets_rotate_without_a_gap(store: EmbedStore, embed: Embed) -> None:
    old, tokens = sign(embed, "ada", ORIGIN), TokenVerifier(store)
    rotated = store.rotate("portal", timedelta(minutes=5))
    assert tokens.verify(old).subject == tokens.verify(sign(rotated, "ada", ORIGIN)).subject == "ada"
    store.rotate("portal", timedelta(0))
    assert "not signed with a valid key" in refused(store, old)
    assert "not signed with a valid key" in refused(store, sign(rotated, "ada", ORIGIN))


def test_the_longest_life_is_taken(store: EmbedStore, embed: Embed) -> None:
    assert TokenVerifier(store).verify(sign(embed, "ada", ORIGIN, MAX_LIFETIME)).subject == "ada"


# Identity providers


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


def jwks(key: rsa.RSAPrivateKey, key_id: str = "first") -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**public, "kid": key_id, "use": "sig", "alg": "RS256"}]}


def issued(key: rsa.RSAPrivateKey, key_id: str = "first", **changes: Any) -> str:
    now = datetime.now(UTC)
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + timedelta(hours=8), **changes}
    return jwt.encode(said, key, algorithm="RS256", headers={"kid": key_id})


@pytest.fixture
def issuing(store: EmbedStore, key: rsa.RSAPrivateKey, tmp_path: Path) -> Embed:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(jwks(key)))
    return store.create("company", (ORIGIN,), issuer=Issuer(keys=str(file), name=ISSUER, audience=AUDIENCE))


def test_tokens_of_an_identity_provider_are_taken(store: EmbedStore, issuing: Embed, key: rsa.RSAPrivateKey) -> None:
    admission = TokenVerifier(store).verify(issued(key))
    assert (admission.embed.id, admission.subject, admission.origin) == (issuing.id, "ada", "")
    assert TokenVerifier(store).verify(issued(key, origin=ORIGIN)).origin == ORIGIN
    assert issuing.secrets == ()


@pytest.mark.parametrize(
    "changes", [{"iss": "https://evil.example"}, {"aud": "another"}, {"origin": "https://evil.example"}, {"sub": None}]
)
def test_what_it_says_of_others_is_refused(
    store: EmbedStore, issuing: Embed, key: rsa.RSAPrivateKey, changes: dict[str, Any]
) -> None:
    refused(store, issued(key, **changes))


def test_a_public_key_is_no_secret(store: EmbedStore, issuing: Embed, key: rsa.RSAPrivateKey) -> None:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    now = datetime.now(UTC)
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 60}
    unsigned = f"{_written({'alg': 'HS256', 'kid': 'first'})}.{_written(body)}"
    mac = base64.urlsafe_b64encode(hmac.new(public, unsigned.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    assert "No active embed" in refused(store, f"{unsigned}.{mac}")


def test_another_key_and_an_unknown_one_are_refused(store: EmbedStore, issuing: Embed, key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(65_537, 2048)
    assert "not signed with a valid key" in refused(store, issued(other))
    assert "not signed with a valid key" in refused(store, issued(key, "second"))


@pytest.fixture
def provider(key: rsa.RSAPrivateKey) -> Any:
    """A server of keys, which counts how often it is asked."""

    class Provider(BaseHTTPRequestHandler):
        asked = 0
        found: dict[str, Any] = jwks(key)

        def do_GET(self) -> None:
            Provider.asked += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(Provider.found).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Provider.address = f"http://127.0.0.1:{server.server_port}/keys"  # type: ignore[attr-defined]
    yield Provider
    server.shutdown()
    server.server_close()


def test_keys_are_fetched_once_and_again_when_a_new_one_is_named(
    store: EmbedStore, provider: Any, key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create("company", (ORIGIN,), issuer=Issuer(keys=provider.address, name=ISSUER, audience=AUDIENCE))
    tokens = TokenVerifier(store)
    for _ in range(3):
        tokens.verify(issued(key))
    assert provider.asked == 1
    provider.found = jwks(key, "second")
    for _ in range(5):
        with pytest.raises(TokenRefusedError):
            tokens.verify(issued(key, "second"))
    assert provider.asked == 1, "anybody could have the provider asked"
    monkeypatch.setattr(issuer_keys, "RETRY_SECONDS", 0)
    assert tokens.verify(issued(key, "second")).subject == "ada"


def test_keys_that_cannot_be_had_are_told_as_such(store: EmbedStore, provider: Any, key: rsa.RSAPrivateKey) -> None:
    store.create("company", (ORIGIN,), issuer=Issuer(keys=provider.address, name=ISSUER, audience=AUDIENCE))
    with pytest.raises(IssuerUnreachableError, match="RAG_OFFLINE"):
        TokenVerifier(store, offline=True).verify(issued(key))
    provider.found = {"keys": "none"}
    tokens = TokenVerifier(store)
    for _ in range(3):
        with pytest.raises(IssuerUnreachableError, match="cannot be read"):
            tokens.verify(issued(key))
    assert provider.asked == 1, "whoever asks would have to wait each time"


@pytest.mark.parametrize("found", [[], None, 7, {}, {"keys": []}, {"keys": [7]}, {"keys": [{"kty": "RSA"}]}])
def test_keys_that_are_none_are_told_as_such(
    store: EmbedStore, provider: Any, key: rsa.RSAPrivateKey, found: Any
) -> None:
    store.create("company", (ORIGIN,), issuer=Issuer(keys=provider.address, name=ISSUER, audience=AUDIENCE))
    provider.found = found
    with pytest.raises((IssuerUnreachableError, TokenRefusedError), match=r"\.$"):
        TokenVerifier(store).verify(issued(key))


def test_keys_that_were_there_count_while_new_ones_cannot_be_had(
    store: EmbedStore, provider: Any, key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create("company", (ORIGIN,), issuer=Issuer(keys=provider.address, name=ISSUER, audience=AUDIENCE))
    tokens = TokenVerifier(store)
    tokens.verify(issued(key))
    monkeypatch.setattr(issuer_keys, "CACHE_SECONDS", 0)
    provider.found = None
    assert tokens.verify(issued(key)).subject == "ada"
    assert provider.asked == 2


def test_only_https_is_trusted_beyond_this_machine() -> None:
    assert issuer_keys.is_address("https://login.example/keys")
    assert issuer_keys.is_address("http://127.0.0.1:8080/keys")
    assert not issuer_keys.is_address("/etc/keys.json")
    with pytest.raises(ValueError, match="not https"):
        issuer_keys.is_address("http://login.example/keys")


def _written(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
