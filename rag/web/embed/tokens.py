"""JSON Web Tokens that a portal signs for its users.

A token names the user (``sub``), the embed (``aud``), the origin of the page (``origin``), and when it was issued and
expires (``iat``, ``exp``). It is signed with the embed's secret (HS256), or by the embed's identity provider (RS256).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from rag.core.errors import TokenExpiredError, TokenRefusedError
from rag.web.embed.jwks import IssuerKeys
from rag.web.embed.store import Embed, EmbedStore, Secret

MAX_CHARACTERS = 8192
MAX_LIFETIME = timedelta(hours=1)
"""Of tokens that a portal signs. An identity provider decides on its own."""
LEEWAY = timedelta(seconds=10)
"""Tolerated difference between clocks."""
SUBJECT_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A verified token. ``origin`` is "" if an identity provider's token names none."""

    embed: Embed
    subject: str
    origin: str


def sign(embed: Embed, subject: str, origin: str, lifetime: timedelta = timedelta(minutes=10)) -> str:
    """Sign a token as a portal's back end does. Raises TokenRefusedError if the embed has no secret."""
    now = datetime.now(UTC)
    current = embed.current_secrets(now)
    if not current:
        raise TokenRefusedError(
            f"'{embed.name}' has no secret: its identity provider signs the tokens. Get one from there."
        )
    claims = {
        "aud": embed.id, "sub": subject, "origin": origin, "iat": now, "exp": now + lifetime,
        "jti": secrets.token_urlsafe(12),
    }  # fmt: skip
    return jwt.encode(claims, current[-1].value, algorithm="HS256", headers={"kid": current[-1].id})


class TokenVerifier:
    """Verify tokens. Thread-safe; may fetch the keys of an identity provider."""

    def __init__(self, store: EmbedStore, *, offline: bool = False) -> None:
        self._store = store
        self._issuer_keys = IssuerKeys(offline=offline)

    def verify(self, token: str) -> VerifiedToken:
        """Verify a token. Messages of errors tell nothing that the holder of a valid token may not know.

        Raises:
            TokenExpiredError: if it was valid once.
            TokenRefusedError: if it is invalid, revoked, or for another origin.
            IssuerUnreachableError: if the identity provider's keys cannot be read.
        """
        if len(token) > MAX_CHARACTERS:
            raise TokenRefusedError("The token is too long. Have the portal sign a new one.")
        try:
            header, claims = jwt.get_unverified_header(token), _unverified(token)
        except jwt.PyJWTError:
            raise TokenRefusedError("This is not a token. Have the portal sign one: see docs/embedding.md.") from None
        algorithm, key_id = header.get("alg"), header.get("kid")
        embed = self._embed(algorithm, claims)
        if embed is None:
            raise TokenRefusedError(
                "No active embed matches the token's aud, iss and alg. Use the id that rag embed list shows."
            )
        now = datetime.now(UTC)
        if embed.issuer:
            keys: list[Any] = self._issuer_keys.of(embed.issuer, key_id)
        else:
            keys = [one.value for one in embed.current_secrets(now) if _names(one, key_id)]
        found = _verified(token, str(algorithm), keys, embed)
        _require_short_life(found, embed, now)
        return _verified_token(found, embed)

    def _embed(self, algorithm: object, claims: Mapping[str, Any]) -> Embed | None:
        """Find the embed that the unverified claims of a token name."""
        audience = claims.get("aud")
        named = {audience} if isinstance(audience, str) else set(map(str, audience or ()))
        for one in self._store.all():
            if not one.is_active:
                continue
            if algorithm == "HS256" and one.issuer is None and one.id in named:
                return one
            issuer = one.issuer
            if algorithm == "RS256" and issuer and issuer.name == claims.get("iss") and issuer.audience in named:
                return one
        return None


def _unverified(token: str) -> Mapping[str, Any]:
    claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _names(secret: Secret, key_id: object) -> bool:
    return key_id is None or key_id == secret.id


def _verified(token: str, algorithm: str, keys: list[Any], embed: Embed) -> Mapping[str, Any]:
    issuer = embed.issuer
    for key in keys:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=issuer.audience if issuer else embed.id,
                issuer=issuer.name if issuer else None,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )
            return claims
        except jwt.InvalidSignatureError:
            continue
        except jwt.ExpiredSignatureError:
            raise TokenExpiredError("The token has expired. Have the portal sign a new one.") from None
        except jwt.MissingRequiredClaimError as error:
            raise TokenRefusedError(f"The token lacks '{error.claim}'. Have the portal sign it with that.") from None
        except jwt.ImmatureSignatureError:
            raise TokenRefusedError("The token was issued in the future. Correct the portal's clock.") from None
        except jwt.PyJWTError as error:
            raise TokenRefusedError(f"The token is invalid ({error}). Have the portal sign a new one.") from None
    raise TokenRefusedError(
        "The token is not signed with a valid key of this embed. Sign it with the secret of the last rag embed create "
        "or rotate."
    )


def _require_short_life(claims: Mapping[str, Any], embed: Embed, now: datetime) -> None:
    if embed.issuer is None and claims["exp"] - claims["iat"] > MAX_LIFETIME.total_seconds():
        raise TokenRefusedError(f"The token is valid for over {MAX_LIFETIME.seconds // 60} minutes. Sign shorter ones.")


def _verified_token(claims: Mapping[str, Any], embed: Embed) -> VerifiedToken:
    subject, origin, token_id = claims["sub"], claims.get("origin", ""), claims.get("jti", "")
    if not subject or len(subject) > SUBJECT_CHARACTERS or not subject.isprintable():
        raise TokenRefusedError(f"The token's 'sub' must have 1 to {SUBJECT_CHARACTERS} printable characters.")
    if origin not in embed.origins and not (embed.issuer and origin == ""):
        raise TokenRefusedError(
            "The token's 'origin' is not one of the embed's. Sign it for the origin of the page, or allow it with "
            "rag embed change --origin."
        )
    issued_at = datetime.fromtimestamp(max(0, claims["iat"]), UTC)
    if embed.revokes(subject, str(token_id), issued_at):
        raise TokenRefusedError("The token was revoked. Have the portal sign a new one.")
    return VerifiedToken(embed, subject, origin)
