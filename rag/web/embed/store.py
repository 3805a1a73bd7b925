"""Embeds: the pages of other origins that may show the chat, kept in ``embeds.json`` beside the library.

Nothing is allowed that is not written there. A running server sees a change with the next request.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from filelock import FileLock
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rag.core.errors import EmbedError, IndexDamagedError
from rag.web.embed.filter_schema import FilterFields

FILE = "embeds.json"
PORTS = {"https": 443, "http": 80}
PRIVATE = 0o600
"""Rights of the file: it holds the secrets that tokens are signed with."""


def origin_of(address: str) -> str:
    """The origin as browsers send it, such as ``https://portal.example``. Raises ValueError for anything else.

    A path, a user or a wildcard is no part of one.
    """
    try:
        parts = urlsplit(address.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        parts, port, host = urlsplit(""), None, ""
    beyond = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or "*" in host
    if parts.scheme not in PORTS or not host or beyond:
        raise ValueError(
            f"'{address}' is no origin; one is written like https://portal.example or http://localhost:8010"
        )
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")


Origin = Annotated[str, AfterValidator(origin_of)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(_Kept):
    """What a portal's back end signs tokens with (HS256). ``id`` is their ``kid``."""

    id: str
    value: str = Field(min_length=43, repr=False)
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class Issuer(_Kept):
    """An identity provider whose tokens (RS256) are taken: its keys, and what its tokens must say.

    ``keys`` is the address of its JWKS, or the path of a file with one.
    """

    keys: str = Field(min_length=1)
    name: str = Field(min_length=1)
    """The claim ``iss``."""
    audience: str = ""
    """The claim ``aud``; where it is not given, the id that the embed gets."""


class Embed(_Kept):
    """One place that may show the chat. ``id`` is public; ``filters`` are those of every question asked there."""

    id: str
    name: Name
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=50)]
    filters: FilterFields = FilterFields()
    secrets: tuple[Secret, ...] = ()
    issuer: Issuer | None = None
    created_at: AwareDatetime
    is_active: bool = True
    revoked_at: AwareDatetime | None = None
    """Tokens that were issued until then do not count any more."""
    revoked_subjects: Mapping[str, AwareDatetime] = {}
    """The same for single subjects."""
    revoked_tokens: Mapping[str, AwareDatetime] = {}
    """Single tokens by their ``jti``, with the moment at which they were taken back."""

    def current_secrets(self, now: datetime) -> tuple[Secret, ...]:
        return tuple(secret for secret in self.secrets if secret.holds(now))

    def revokes(self, subject: str, token_id: str, issued_at: datetime) -> bool:
        """Whether a token was taken back. Its second of issue counts as before: tokens know no smaller unit."""
        moments = (self.revoked_at, self.revoked_subjects.get(subject))
        return token_id in self.revoked_tokens or any(moment and issued_at <= moment for moment in moments)


class _Embeds(_Kept):
    schema_version: Literal[1] = 1
    embeds: tuple[Embed, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> _Embeds:
        names = [one.name.casefold() for one in self.embeds]
        issuers = [(one.issuer.name, one.issuer.audience) for one in self.embeds if one.issuer]
        if len(set(names)) < len(names):
            raise ValueError("two embeds have the same name")
        if len(set(issuers)) < len(issuers):
            raise ValueError("two embeds have the same issuer and audience, so that a token would say of neither")
        return self


class EmbedStore:
    """The embeds of an index folder. One object may be used by several threads, and several processes may change them.

    Reading raises IndexDamagedError where the file cannot be used.
    """

    def __init__(self, index: Path) -> None:
        self.file = index / FILE
        self._known: tuple[tuple[int, ...], tuple[Embed, ...]] = ((), ())

    def all(self) -> tuple[Embed, ...]:
        """In the order in which they were made."""
        try:
            found = self.file.stat()
        except FileNotFoundError:
            return ()
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        seen, embeds = self._known
        if mark != seen:
            embeds = self._read()
            self._known = mark, embeds
        return embeds

    def find(self, embed_id: str) -> Embed | None:
        return next((one for one in self.all() if one.id == embed_id), None)

    def named(self, name: str) -> Embed:
        """By name or id. Raises EmbedError where there is none."""
        for one in self.all():
            if one.id == name or one.name.casefold() == name.casefold():
                return one
        known = ", ".join(one.name for one in self.all())
        there = f"There are: {known}." if known else "There is none yet: rag embed create NAME --origin https://…"
        raise EmbedError(f"No embed is called '{name}'. {there}")

    def allows(self, origin: str) -> bool:
        """Whether any embed is for pages of this origin."""
        return any(one.is_active and origin in one.origins for one in self.all())

    def create(
        self,
        name: str,
        origins: tuple[str, ...],
        filters: FilterFields = FilterFields(),  # noqa: B008 (frozen)
        issuer: Issuer | None = None,
    ) -> Embed:
        """A new embed, with a secret unless an ``issuer`` signs the tokens. Raises EmbedError, saying what is wrong."""
        now, embed_id = datetime.now(UTC), f"emb_{secrets.token_urlsafe(12)}"
        if issuer and not issuer.audience:
            issuer = issuer.model_copy(update={"audience": embed_id})
        made = {
            "id": embed_id, "name": name, "origins": origins, "filters": filters,
            "secrets": () if issuer else (new_secret(now),), "issuer": issuer, "created_at": now,
        }  # fmt: skip

        def added(embeds: tuple[Embed, ...]) -> tuple[Embed, ...]:
            if any(one.name.casefold() == name.casefold() for one in embeds):
                raise EmbedError(f"There is an embed called '{name}' already. Choose another name, or change that one.")
            return (*embeds, Embed.model_validate(made))

        return self._write(added)[-1]

    def change(self, name: str, **fields: object) -> Embed:
        """Give an embed other values. Raises EmbedError, saying what is wrong."""
        return self.revise(name, lambda _: fields)

    def revise(self, name: str, fields: Callable[[Embed], Mapping[str, object]]) -> Embed:
        """The same, for values that depend on those that are there: nobody else changes them in between."""
        known = self.named(name)

        def revised(one: Embed) -> Embed:
            return Embed.model_validate({**dict(one), **fields(one)})

        def changed(embeds: tuple[Embed, ...]) -> tuple[Embed, ...]:
            return tuple(revised(one) if one.id == known.id else one for one in embeds)

        return next(one for one in self._write(changed) if one.id == known.id)

    def rotate(self, name: str, keep: timedelta) -> Embed:
        """Give an embed a new secret, its last; those before it hold for as long as ``keep`` says."""
        now = datetime.now(UTC)
        ending = now + keep

        def rotated(one: Embed) -> Mapping[str, object]:
            before = one.current_secrets(now) if keep else ()
            ends = (min(ending, secret.expires_at or ending) for secret in before)
            old = (secret.model_copy(update={"expires_at": end}) for secret, end in zip(before, ends, strict=True))
            return {"secrets": (*old, new_secret(now))}

        return self.revise(name, rotated)

    def delete(self, name: str) -> Embed:
        """Take an embed away: nothing that belongs to it is let in any more."""
        known = self.named(name)
        self._write(lambda embeds: tuple(one for one in embeds if one.id != known.id))
        return known

    def _read(self) -> tuple[Embed, ...]:
        try:
            return _Embeds.model_validate_json(self.file.read_bytes()).embeds
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            problem = str(error).splitlines()[0]
            raise IndexDamagedError(
                f"{self.file}, which says what pages may show the chat, cannot be used ({problem}). Check its "
                "permissions, or move it away and make the embeds anew with rag embed create."
            ) from None

    def _write(self, changed: Callable[[tuple[Embed, ...]], tuple[Embed, ...]]) -> tuple[Embed, ...]:
        """Change the file; what was there before stays until the new one is whole."""
        temporary = self.file.with_suffix(".tmp")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.file.with_suffix(".lock"), timeout=30):
                kept = _Embeds(embeds=changed(self._read()))
                temporary.unlink(missing_ok=True)
                with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as written:  # noqa: PTH123
                    written.write(kept.model_dump_json(indent=2) + "\n")
                    written.flush()
                    os.fsync(written.fileno())
                temporary.replace(self.file)
        except ValidationError as error:
            first = error.errors()[0]
            message = str(first["msg"]).removeprefix("Value error, ")
            where = next((str(part) for part in first["loc"] if isinstance(part, str)), "")
            raise EmbedError(f"The embed cannot be made so ({where}{': ' if where else ''}{message}).") from None
        except OSError as error:
            raise IndexDamagedError(
                f"{self.file} cannot be written ({error}). Check the folder's permissions and the free disk space."
            ) from error
        return kept.embeds


def new_secret(now: datetime) -> Secret:
    """A secret of 256 bits."""
    return Secret(id=secrets.token_hex(4), value=secrets.token_urlsafe(32), created_at=now)
