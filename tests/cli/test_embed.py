"""``rag embed``: what it prints, what it keeps to itself, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jwt
import pytest
from typer.testing import CliRunner

from rag.cli import app
from rag.web.embed.store import EmbedStore
from rag.web.embed.tokens import TokenVerifier

ORIGIN = "https://portal.example"


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def run(*arguments: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, ["embed", *arguments, "--index", str(tmp_path)])
        assert done.exit_code == code, done.output
        return done

    return run


@pytest.fixture
def store(tmp_path: Path) -> EmbedStore:
    return EmbedStore(tmp_path)


def test_an_embed_is_made_shown_changed_and_deleted(run: Any, store: EmbedStore) -> None:
    made = json.loads(run("create", "portal", "--origin", ORIGIN, "--tag", "harbour", "--json").stdout)
    assert made["secret"] == store.named("portal").secrets[0].value
    assert made["filters"]["tags"] == ["harbour"]
    shown = run("show", "portal").stdout
    assert ORIGIN in shown and "tags harbour" in shown and made["kid"] in shown
    run("change", "portal", "--origin", "https://new.example", "--all-articles")
    assert store.named("portal").origins == ("https://new.example",)
    assert not store.named("portal").filters.filters()
    run("change", "portal", "--off")
    assert "(off)" in run("list").stdout
    run("delete", made["id"], "--yes")
    assert "There is no embed" in run("list").stderr


def test_the_secret_is_shown_once_and_never_again(run: Any, store: EmbedStore) -> None:
    secret = store.create("portal", (ORIGIN,)).secrets[0].value
    for arguments in (("show", "portal"), ("list",), ("change", "portal", "--on"), ("snippet", "portal")):
        for form in ((), ("--json",)):
            done = run(*arguments, *form)
            assert secret not in done.output + done.stderr, arguments
    rotated = json.loads(run("rotate", "portal", "--json").stdout)
    assert rotated["secret"] != secret and len(rotated["secrets"]) == 2


def test_a_token_to_try_things_out(run: Any, store: EmbedStore) -> None:
    store.create("portal", (ORIGIN,))
    token = run("token", "portal", "--subject", "ada", "--minutes", "1").stdout.strip()
    assert TokenVerifier(store).verify(token).subject == "ada"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 60
    run("revoke", "portal", "--token", claims["jti"])
    assert claims["jti"] in store.named("portal").revoked_tokens
    run("revoke", "portal", "--subject", "ada")
    assert "Subjects:" in run("show", "portal").stdout
    assert "all tokens so far" in run("revoke", "portal").stdout


def test_the_snippet_has_the_hash_of_the_module_that_is_served(run: Any, store: EmbedStore) -> None:
    from rag.web.widget.module import integrity

    made = store.create("portal", (ORIGIN,))
    tag = run("snippet", "portal", "--server", "https://footnote.example/").stdout
    assert re.search(r' src="https://footnote\.example/widget/v1/footnote\.js\?\w{8}" ', tag)
    assert f' integrity="{integrity()}" ' in tag
    assert f'embed="{made.id}"' in tag and "secret" not in tag


def test_an_identity_provider_signs_instead(run: Any, store: EmbedStore, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}')
    made = json.loads(
        run(
            "create", "company", "--origin", ORIGIN, "--jwks", str(keys), "--issuer", "https://i.example", "--json"
        ).stdout
    )
    assert made["secret"] is None and made["issuer"]["audience"] == made["id"]
    assert "rotates its own keys" in run("rotate", "company", code=2).output
    assert "its identity provider signs" in run("token", "company", "--subject", "ada", code=1).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "portal"), "origins"),
        (("create", "portal", "--origin", "*"), "is not an origin"),
        (("create", "a b", "--origin", ORIGIN), "name"),
        (("create", "portal", "--origin", ORIGIN, "--since", "yesterday"), "is not a date"),
        (("create", "portal", "--origin", ORIGIN, "--issuer", "x"), "need --jwks"),
        (("create", "portal", "--origin", ORIGIN, "--jwks", "https://i.example/keys"), "--jwks needs --issuer"),
        (("create", "portal", "--origin", ORIGIN, "--jwks", "http://i.example/k", "--issuer", "x"), "not https"),
        (("create", "portal", "--origin", ORIGIN, "--jwks", "nowhere.json", "--issuer", "x"), "cannot be read"),
        (("show", "none"), "No embed is called 'none'"),
        (("delete", "none", "--yes"), "No embed is called 'none'"),
        (("change", "none", "--on"), "No embed is called 'none'"),
        (("change", "none"), "Nothing to change was given"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    run: Any, store: EmbedStore, arguments: tuple[str, ...], said: str
) -> None:
    assert said in run(*arguments, code=2).output
    assert store.all() == ()
