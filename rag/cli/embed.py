"""``rag embed``: which pages of other origins may show the chat, and which articles they may ask."""

from __future__ import annotations

import hashlib
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import console
from rag.cli.console import AsJson, Index, OnlyLanguages, OnlySources, OnlyTags, Since, Until, Yes
from rag.core.errors import EmbedError

if TYPE_CHECKING:
    from rag.web.embed.filter_schema import FilterFields
    from rag.web.embed.store import Embed, EmbedStore, Issuer

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of an embed, as rag embed list shows them.")]
Origins = Annotated[
    list[str] | None,
    typer.Option("--origin", metavar="ORIGIN", help="Origin of the pages, such as https://portal.example; repeatable."),
]
Keys = Annotated[
    str | None,
    typer.Option("--jwks", metavar="URL|FILE", help="Keys of the identity provider that signs the tokens (RS256)."),
]
IssuerName = Annotated[str | None, typer.Option("--issuer", help="With --jwks: the claim iss of its tokens.")]
Audience = Annotated[
    str | None, typer.Option("--audience", help="With --jwks: the claim aud; the embed's id if not given.")
]
KEPT_MINUTES = 60
"""How long an old secret stays valid after ``rag embed rotate``."""

app = typer.Typer(no_args_is_help=True, help="Manage which pages of other origins may show the chat.")


@app.command(epilog="Example: rag embed create portal --origin https://portal.example --source 'The Coast Gazette'")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the embed: letters, digits, '.', '-' and '_'.")],
    origins: Origins = None,
    sources: OnlySources = None,
    tags: OnlyTags = None,
    languages: OnlyLanguages = None,
    since: Since = "",
    until: Until = "",
    jwks: Keys = None,
    issuer: IssuerName = None,
    audience: Audience = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Allow pages of an origin to show the chat, with all articles or only those that pass the filters.

    The secret is shown only now: the portal's back end signs its tokens with it.
    """
    store = _store(index)
    fields = _fields(sources, tags, languages, since, until)
    made = store.create(name, tuple(origins or ()), fields, _issuer(jwks, issuer, audience or ""))
    _print_with_secret(made, as_json)


@app.command(name="list", epilog="Example: rag embed list --json")
def list_embeds(index: Index = None, as_json: AsJson = False) -> None:
    """List the embeds; secrets are never shown."""
    found = _store(index).all()
    if as_json:
        console.print_json({"embeds": [_as_json(one) for one in found]})
        return
    for one in found:
        state = "" if one.is_active else "  (off)"
        typer.echo(f"{one.id}  {one.name}  {' '.join(one.origins)}{state}")
    if not found:
        console.messages.print(
            "There is no embed: no other page may show the chat. Create one with rag embed create.", style="dim"
        )


@app.command(epilog="Example: rag embed show portal")
def show(name: Name, index: Index = None, as_json: AsJson = False) -> None:
    """Show what an embed allows; secrets are never shown."""
    one = _store(index).named(name)
    facts = _as_json(one)
    only = {key: value for key, value in facts["filters"].items() if value}
    shown = {
        "Id": one.id, "Name": one.name, "Origins": " ".join(one.origins), "State": "on" if one.is_active else "off",
        "Articles": ", ".join(f"{key} {_listed(value)}" for key, value in only.items()) or "all of them",
        "Secrets": ", ".join(_secret_line(secret) for secret in facts["secrets"]) or "none",
        "Issuer": f"{one.issuer.name} for {one.issuer.audience}, keys from {one.issuer.keys}" if one.issuer else "",
        "Revoked": f"all tokens until {one.revoked_at:%Y-%m-%d %H:%M:%S} UTC" if one.revoked_at else "",
        "Subjects": ", ".join(f"{who} until {at:%Y-%m-%d %H:%M:%S} UTC" for who, at in one.revoked_subjects.items()),
    }  # fmt: skip
    console.print_result(as_json, facts, "\n".join(f"{key + ':':<9} {value}" for key, value in shown.items() if value))


@app.command(epilog="Example: rag embed snippet portal --server https://footnote.example")
def snippet(
    name: Name,
    server: Annotated[str, typer.Option(metavar="URL", help="Address at which browsers reach Footnote.")] = "",
    token_url: Annotated[
        str, typer.Option("--token-url", metavar="PATH", help="Address on the portal that returns a token.")
    ] = "/footnote-token",
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Print the tag for the portal's pages. Print it again after updating Footnote: its hash changes."""
    from rag.web.server import address
    from rag.web.widget.module import integrity

    settings = console.settings_of(index)
    one = _store(index).named(name)
    base = (server or address(settings.host, settings.port)).rstrip("/")
    hashed = integrity()
    # Each version has its own address: a browser that cached the old module would refuse it for its hash.
    module = f"{base}/widget/v1/footnote.js?{hashlib.sha256(hashed.encode()).hexdigest()[:8]}"
    tag = (
        f'<script type="module" src="{module}" integrity="{hashed}" crossorigin="anonymous"></script>\n'
        f'<footnote-chat embed="{one.id}" token-url="{token_url}" mode="launcher"></footnote-chat>'
    )
    console.print_result(as_json, {"id": one.id, "snippet": tag, "integrity": hashed, "module": module}, tag)


@app.command(epilog="Example: rag embed token portal --subject ada")
def token(
    name: Name,
    subject: Annotated[str, typer.Option(help="Whom the token is for: the portal's name for a user.")],
    origin: Annotated[str | None, typer.Option(help="Origin of the page; the embed's first if not given.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=60, help="How long the token is valid.")] = 10,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Sign a token as the portal's back end would, for testing."""
    from rag.web.embed.tokens import sign

    one = _store(index).named(name)
    lifetime = timedelta(minutes=minutes)
    signed = sign(one, subject, origin or one.origins[0], lifetime)
    expires_at = (datetime.now(UTC) + lifetime).isoformat(timespec="seconds")
    console.print_result(as_json, {"token": signed, "expires_at": expires_at}, signed)


@app.command(epilog="Example: rag embed change portal --origin https://portal.example --tag harbour")
def change(
    name: Name,
    origins: Origins = None,
    sources: OnlySources = None,
    tags: OnlyTags = None,
    languages: OnlyLanguages = None,
    since: Since = "",
    until: Until = "",
    all_articles: Annotated[bool, typer.Option("--all-articles", help="Remove the filters.")] = False,
    active: Annotated[bool | None, typer.Option("--on/--off", help="Enable or disable the embed.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Change an embed's origins or filters, or disable it, from the next request on; the rest is kept."""
    fields: dict[str, Any] = {}
    if origins:
        fields["origins"] = tuple(origins)
    filters = _fields(sources, tags, languages, since, until)
    if all_articles or filters.filters():
        fields["filters"] = filters
    if active is not None:
        fields["is_active"] = active
    if not fields:
        raise EmbedError("Nothing to change was given. Use --origin, --source, --tag, --all-articles, --on or --off.")
    changed = _store(index).change(name, **fields)
    text = f"Changed: {changed.name}. See it with: rag embed show {shlex.quote(changed.name)}"
    console.print_result(as_json, _as_json(changed), text)


@app.command(epilog="Example: rag embed rotate portal --keep 10")
def rotate(
    name: Name,
    keep: Annotated[
        int, typer.Option(min=0, max=10_080, metavar="MINUTES", help="How long old secrets stay valid.")
    ] = KEPT_MINUTES,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Create a new secret; tokens signed with an old one are accepted for --keep minutes."""
    store = _store(index)
    if store.named(name).issuer:
        raise EmbedError("The identity provider signs the tokens of this embed and rotates its own keys.")
    _print_with_secret(store.rotate(name, timedelta(minutes=keep)), as_json)


@app.command(epilog="Example: rag embed revoke portal --subject ada")
def revoke(
    name: Name,
    subject: Annotated[str | None, typer.Option(help="Only the tokens of this subject.")] = None,
    token_id: Annotated[
        str | None, typer.Option("--token", metavar="JTI", help="Only the token with this jti.")
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Revoke every token signed until now, or only those of a subject, or a single one."""
    store = _store(index)
    now = datetime.now(UTC)

    def revoked(one: Embed) -> dict[str, object]:
        if token_id:
            return {"revoked_tokens": {**one.revoked_tokens, token_id: now}}
        if subject:
            return {"revoked_subjects": {**one.revoked_subjects, subject: now}}
        return {"revoked_at": now}

    changed = store.revise(name, revoked)
    what = f"the token {token_id}" if token_id else f"the tokens of {subject}" if subject else "all tokens so far"
    console.print_result(as_json, _as_json(changed), f"Revoked: {what}, of {changed.name}.")


@app.command(epilog="Example: rag embed delete portal --yes")
def delete(name: Name, yes: Yes = False, index: Index = None, as_json: AsJson = False) -> None:
    """Delete an embed for good; conversations held there are kept until they expire."""
    store = _store(index)
    one = store.named(name)
    if not yes:
        typer.confirm(f"Delete the embed {one.name} of {' '.join(one.origins)}?", abort=True, err=True)
    store.delete(one.id)
    console.print_result(as_json, {"deleted": one.id}, f"Deleted: {one.name}")


def _store(index: Path | None) -> EmbedStore:
    from rag.web.embed.store import EmbedStore

    return EmbedStore(console.settings_of(index).index)


def _fields(
    sources: list[str] | None, tags: list[str] | None, languages: list[str] | None, since: str, until: str
) -> FilterFields:
    from rag.web.embed.filter_schema import FilterFields

    asked, _ = console.filters_and_day(sources, tags, languages, since, until)
    return FilterFields(
        sources=asked.sources, tags=asked.tags, languages=asked.languages,
        since=asked.published.start, until=asked.published.end,
    )  # fmt: skip


def _issuer(jwks: str | None, issuer: str | None, audience: str) -> Issuer | None:
    """Read the identity provider options. Raises EmbedError if they are incomplete."""
    from rag.web.embed.jwks import is_address
    from rag.web.embed.store import Issuer

    if not jwks:
        if issuer or audience:
            raise EmbedError("--issuer and --audience need --jwks: the provider's keys.")
        return None
    if not issuer:
        raise EmbedError("--jwks needs --issuer: the claim iss of the identity provider's tokens.")
    try:
        keys = jwks if is_address(jwks) else str(Path(jwks).expanduser().resolve(strict=True))
    except (ValueError, OSError) as error:
        raise EmbedError(f"The keys cannot be read ({error}). Give an https address, or a file.") from None
    return Issuer(keys=keys, name=issuer, audience=audience)


def _as_json(one: Embed) -> dict[str, Any]:
    """Return the embed without the values of its secrets."""
    shown = one.model_dump(mode="json", exclude={"secrets"})
    now = datetime.now(UTC)
    secrets = [secret.model_dump(mode="json", exclude={"value"}) for secret in one.current_secrets(now)]
    return {**shown, "secrets": secrets}


def _print_with_secret(one: Embed, as_json: bool) -> None:
    secret = one.secrets[-1] if one.secrets else None
    if as_json:
        console.print_json(
            {**_as_json(one), "secret": secret.value if secret else None, "kid": secret.id if secret else None}
        )
        return
    typer.echo(f"Id:      {one.id}")
    if secret:
        typer.echo(f"Secret:  {secret.value}\nKey id:  {secret.id}")
        console.messages.print(
            "The secret is shown only now. Keep it in the portal's back end, never in a page.", style="dim"
        )
    console.messages.print(
        f"The tag for the page: rag embed snippet {shlex.quote(one.name)}", style="dim", markup=False
    )


def _secret_line(secret: dict[str, Any]) -> str:
    return f"{secret['id']} until {secret['expires_at'][:16]}" if secret["expires_at"] else str(secret["id"])


def _listed(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)
