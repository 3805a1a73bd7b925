"""Embeds: the origins whose pages may show the chat, stored in ``embeds.json`` in the index folder.

Everything that no embed allows is refused. A running server sees changes with the next request.
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
"""Mode of the file, which holds the secrets that sign tokens."""


def origin_of(address: str) -> str:
    """Normalize an origin to the form that browsers send, such as ``https://portal.example``.

    Raises:
        ValueError: for anything else, such as an address with a path, a user or a wildcard.
    """
    try:
        parts = urlsplit(address.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        parts, port, host = urlsplit(""), None, ""
    beyond = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or "*" in host
    if parts.scheme not in PORTS or not host or beyond:
        raise ValueError(
            f"'{address}' is not an origin. Write one like https://portal.example or http://localhost:8010"
        )
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")


Origin = Annotated[str, AfterValidator(origin_of)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(_Stored):
    """A secret that signs a portal's tokens (HS256). ``id`` is their ``kid``."""

    id: str
    value: str = Field(min_length=43, repr=False)
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class Issuer(_Stored):
    """An identity provider whose tokens (RS256) are accepted."""

    keys: str = Field(min_length=1)
    """The https address of its JWKS, or the path of a file with one."""
    name: str = Field(min_length=1)
    """The claim ``iss``."""
    audience: str = ""
    """The claim ``aud``; by default the id of the embed."""


class Embed(_Stored):
    """A portal that may show the chat. ``id`` is public; ``filters`` apply to every question asked there."""

    id: str
    name: Name
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=50)]
    filters: FilterFields = FilterFields()
    secrets: tuple[Secret, ...] = ()
    issuer: Issuer | None = None
    created_at: AwareDatetime
    is_active: bool = True
    revoked_at: AwareDatetime | None = None
    """Tokens issued until then are revoked."""
    revoked_subjects: Mapping[str, AwareDatetime] = {}
    """The same for the tokens of one subject."""
    revoked_tokens: Mapping[str, AwareDatetime] = {}
    """When single tokens were revoked, by their ``jti``."""

    def current_secrets(self, now: datetime) -> tuple[Secret, ...]:
        return tuple(secret for secret in self.secrets if secret.is_valid(now))

    def revokes(self, subject: str, token_id: str, issued_at: datetime) -> bool:
        """Return whether a token is revoked. A token issued in the second of the revocation is, too."""
        moments = (self.revoked_at, self.revoked_subjects.get(subject))
        return token_id in self.revoked_tokens or any(moment and issued_at <= moment for moment in moments)


class _Embeds(_Stored):
    schema_version: Literal[1] = 1
    embeds: tuple[Embed, ...] = ()

    @model_validator(mode="after")
    def _unambiguous(self) -> _Embeds:
        names = [one.name.casefold() for one in self.embeds]
        issuers = [(one.issuer.name, one.issuer.audience) for one in self.embeds if one.issuer]
        if len(set(names)) < len(names):
            raise ValueError("two embeds have the same name")
        if len(set(issuers)) < len(issuers):
            raise ValueError("two embeds have the same issuer and audience, so a token would match both")
        return self


class EmbedStore:
    """The embeds of an index folder, for several threads and processes.

    Raises:
        IndexDamagedError: from every method, if the file cannot be read.
    """

    def __init__(self, index: Path) -> None:
        self.file = index / FILE
        self._known: tuple[tuple[int, ...], tuple[Embed, ...]] = ((), ())

    def all(self) -> tuple[Embed, ...]:
        """Return all embeds in the order of their creation."""
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
        """Return an embed by its name or id. Raises EmbedError if there is none."""
        for one in self.all():
            if one.id == name or one.name.casefold() == name.casefold():
                return one
        known = ", ".join(one.name for one in self.all())
        next_step = f"Choose one of: {known}." if known else "Create one: rag embed create NAME --origin https://…"
        raise EmbedError(f"No embed is called '{name}'. {next_step}")

    def allows(self, origin: str) -> bool:
        """Return whether any active embed allows this origin."""
        return any(one.is_active and origin in one.origins for one in self.all())

    def create(
        self,
        name: str,
        origins: tuple[str, ...],
        filters: FilterFields = FilterFields(),  # noqa: B008 (frozen)
        issuer: Issuer | None = None,
    ) -> Embed:
        """Create an embed, with a secret unless an ``issuer`` signs the tokens. Raises EmbedError if it is invalid."""
        now, embed_id = datetime.now(UTC), f"emb_{secrets.token_urlsafe(12)}"
        if issuer and not issuer.audience:
            issuer = issuer.model_copy(update={"audience": embed_id})
        made = {
            "id": embed_id, "name": name, "origins": origins, "filters": filters,
            "secrets": () if issuer else (new_secret(now),), "issuer": issuer, "created_at": now,
        }  # fmt: skip

        def added(embeds: tuple[Embed, ...]) -> tuple[Embed, ...]:
            if any(one.name.casefold() == name.casefold() for one in embeds):
                raise EmbedError(f"An embed called '{name}' already exists. Choose another name, or change that one.")
            return (*embeds, Embed.model_validate(made))

        return self._write(added)[-1]

    def change(self, name: str, **fields: object) -> Embed:
        """Change fields of an embed. Raises EmbedError if a value is invalid."""
        return self.revise(name, lambda _: fields)

    def revise(self, name: str, fields: Callable[[Embed], Mapping[str, object]]) -> Embed:
        """Change fields of an embed to values computed from it, atomically."""
        known = self.named(name)

        def revised(one: Embed) -> Embed:
            return Embed.model_validate({**dict(one), **fields(one)})

        def changed(embeds: tuple[Embed, ...]) -> tuple[Embed, ...]:
            return tuple(revised(one) if one.id == known.id else one for one in embeds)

        return next(one for one in self._write(changed) if one.id == known.id)

    def rotate(self, name: str, keep: timedelta) -> Embed:
        """Add a new secret; the older ones stay valid for ``keep``."""
        now = datetime.now(UTC)
        ending = now + keep

        def rotated(one: Embed) -> Mapping[str, object]:
            before = one.current_secrets(now) if keep else ()
            ends = (min(ending, secret.expires_at or ending) for secret in before)
            old = (secret.model_copy(update={"expires_at": end}) for secret, end in zip(before, ends, strict=True))
            return {"secrets": (*old, new_secret(now))}

        return self.revise(name, rotated)

    def delete(self, name: str) -> Embed:
        """Delete an embed, which invalidates its tokens."""
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
                f"{self.file}, which lists the embeds, cannot be read ({problem}). Check its permissions, or move it "
                "away and create the embeds again with rag embed create."
            ) from None

    def _write(self, changed: Callable[[tuple[Embed, ...]], tuple[Embed, ...]]) -> tuple[Embed, ...]:
        """Replace the file atomically."""
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
            raise EmbedError(f"Could not create the embed ({where}{': ' if where else ''}{message}).") from None
        except OSError as error:
            raise IndexDamagedError(
                f"{self.file} cannot be written ({error}). Check the folder's permissions and the free disk space."
            ) from error
        return kept.embeds


def new_secret(now: datetime) -> Secret:
    """Generate a secret of 256 bits."""
    return Secret(id=secrets.token_hex(4), value=secrets.token_urlsafe(32), created_at=now)
