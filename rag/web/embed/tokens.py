"""Tokens that a portal signs for its users.

A token says for whom it is (``sub``), for which embed (``aud``), for pages of which origin (``origin``), and until when
(``exp``, with ``iat``). It is signed with the embed's secret (HS256), or by the identity provider of the embed (RS256).
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

LONGEST = 8192
"""Characters of a token."""
LIFETIME = timedelta(hours=1)
"""The longest that a portal's token may live; those of an identity provider are as long-lived as they are."""
LEEWAY = timedelta(seconds=10)
"""How far clocks may be apart."""
SUBJECT_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Admission:
    """What a token that is taken says. ``origin`` is "" where an identity provider's token names none."""

    embed: Embed
    subject: str
    origin: str


def sign(embed: Embed, subject: str, origin: str, lifetime: timedelta = timedelta(minutes=10)) -> str:
    """A token as a portal's back end makes it. Raises TokenRefusedError where the embed has no secret."""
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


class Tokens:
    """Reads tokens. One object is for any number of threads; it may fetch the keys of an identity provider."""

    def __init__(self, store: EmbedStore, *, offline: bool = False) -> None:
        self._store = store
        self._issuer_keys = IssuerKeys(offline=offline)

    def admit(self, token: str) -> Admission:
        """Whom a token lets in. Raises TokenRefusedError, TokenExpiredError, and IssuerUnreachableError.

        The message says no more than who holds a valid token may know.
        """
        if len(token) > LONGEST:
            raise TokenRefusedError("The token is too long to be one. Have the portal sign a new one.")
        try:
            header, claims = jwt.get_unverified_header(token), _unverified(token)
        except jwt.PyJWTError:
            raise TokenRefusedError("This is no token. Have the portal sign one, as docs/embedding.md says.") from None
        algorithm, key_id = header.get("alg"), header.get("kid")
        embed = self._embed(algorithm, claims)
        if embed is None:
            raise TokenRefusedError(
                "The token is for no embed that is there (its aud, iss and alg). Take the id that rag embed list shows."
            )
        now = datetime.now(UTC)
        if embed.issuer:
            keys: list[Any] = self._issuer_keys.of(embed.issuer, key_id)
        else:
            keys = [one.value for one in embed.current_secrets(now) if _names(one, key_id)]
        found = _verified(token, str(algorithm), keys, embed)
        _require_short_life(found, embed, now)
        return _admission(found, embed)

    def _embed(self, algorithm: object, claims: Mapping[str, Any]) -> Embed | None:
        """The embed that a token is for, by what it says itself; its signature is checked afterwards."""
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
            raise TokenRefusedError("The token is of the future. Set the clock of the portal's server.") from None
        except jwt.PyJWTError as error:
            raise TokenRefusedError(f"The token cannot be taken ({error}). Have the portal sign a new one.") from None
    raise TokenRefusedError(
        "The token is not signed with a key of this embed that still holds. Sign it with the secret of the last "
        "rag embed create or rotate."
    )


def _require_short_life(claims: Mapping[str, Any], embed: Embed, now: datetime) -> None:
    if embed.issuer is None and claims["exp"] - claims["iat"] > LIFETIME.total_seconds():
        raise TokenRefusedError(f"The token lives longer than {LIFETIME.seconds // 60} minutes. Sign shorter ones.")


def _admission(claims: Mapping[str, Any], embed: Embed) -> Admission:
    subject, origin, token_id = claims["sub"], claims.get("origin", ""), claims.get("jti", "")
    if not subject or len(subject) > SUBJECT_CHARACTERS or not subject.isprintable():
        raise TokenRefusedError(f"The token's 'sub' is no name of 1 to {SUBJECT_CHARACTERS} printable characters.")
    if origin not in embed.origins and not (embed.issuer and origin == ""):
        raise TokenRefusedError(
            "The token's 'origin' is none of the embed's. Sign it for the origin of the page, or allow that one with "
            "rag embed change --origin."
        )
    issued_at = datetime.fromtimestamp(max(0, claims["iat"]), UTC)
    if embed.revokes(subject, str(token_id), issued_at):
        raise TokenRefusedError("The token was revoked. Have the portal sign a new one.")
    return Admission(embed, subject, origin)
