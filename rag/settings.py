"""Settings: ``rag.toml``, then ``RAG_*`` variables over it. Unknown keys are refused; importing does nothing."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

from rag.errors import SettingsError

PREFIX = "RAG_"
CONFIG_VARIABLE = "RAG_CONFIG"
PACKAGE_FOLDER = Path(__file__).resolve().parent


def data_folder() -> Path:
    """Where ``index/`` and ``models/`` live: the checkout, or the platform's user data directory for a wheel."""
    checkout = PACKAGE_FOLDER.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "app.py").is_file():
        return checkout
    return Path(platformdirs.user_data_dir("footnote", appauthor=False))


def cache_folder() -> Path:
    """Where downloaded weights are kept once for each user, whatever the number of checkouts."""
    return Path(platformdirs.user_cache_dir("footnote", appauthor=False))


class Settings(BaseSettings):
    """Every choice that a user may make, with its bounds. ``docs/settings.md`` is checked against this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    index: Path = Field(
        default_factory=lambda: data_folder() / "index", description="Folder of the library and its vectors."
    )
    models: Path = Field(
        default_factory=lambda: data_folder() / "models", description="Folder that the weights are linked into."
    )
    model_cache: Path = Field(
        default_factory=lambda: cache_folder() / "models", description="Folder that downloaded weights are kept in."
    )
    offline: bool = Field(False, description="Refuse every connection to another machine, downloads included.")
    hub: str = Field("https://huggingface.co", description="Address of the model hub, or of a mirror of it.")
    allow_private_addresses: bool = Field(
        False, description="Fetch articles from addresses of private networks and of this machine too."
    )

    embedder: str = Field("all-MiniLM-L6-v2", min_length=1, description="Name of the embedding model.")
    embedding_precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="What the models of the search compute with; auto: bfloat16 where the processor can."
    )
    reranker: str | None = Field(
        None,
        min_length=1,
        description=(
            "Name of a cross-encoder from the catalogue, or the path of a folder with one; none where not set."
        ),
    )
    generator: str = Field(
        "qwen2.5-coder-1.5b-instruct",
        min_length=1,
        description=(
            "Name of the answering model, path of any GGUF file, or `openai+http://HOST:PORT/v1#MODEL` for a server."
        ),
    )
    generator_key: SecretStr | None = Field(
        None, description="Key of the answering model's server; best given as `RAG_GENERATOR_KEY`."
    )
    threads: int | None = Field(
        None, ge=1, le=256, description="Threads of the answering model; one for each physical core where not set."
    )
    context_tokens: int = Field(
        4096, ge=1024, le=131_072, description="Context window of the answering model, in tokens."
    )
    answer_tokens: int = Field(160, ge=16, le=4096, description="Longest answer, in tokens.")

    chunk_words: int = Field(110, ge=30, le=160, description="Aimed length of a passage, in words.")
    candidates: int = Field(30, ge=1, le=200, description="Passages that are looked at a second time.")
    evidence_tokens: int = Field(
        300, ge=50, le=8192, description="Most tokens of evidence that the answering model reads for a question."
    )
    decline_below: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description=(
            "Least probability that the articles hold an answer; below it the question is declined unasked. The "
            "calibration's own threshold where not set."
        ),
    )
    answer_floor: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description=(
            "Least probability that an answer stands, once it is written; below it the question is declined. The "
            "calibration's own threshold where not set."
        ),
    )
    support_floor: float = Field(
        0.4, ge=0.0, le=1.0, description="Least support for a sentence of the answer to be given a citation."
    )
    unsupported: Literal["mark", "drop"] = Field(
        "mark", description="What becomes of a sentence that no source supports: it is marked as such, or left out."
    )
    question_characters: int = Field(4000, ge=100, le=1_000_000, description="Longest question, in characters.")

    host: str = Field("127.0.0.1", min_length=1, description="Address that the web page listens on.")
    port: int = Field(7860, ge=1, le=65_535, description="Port that the web page listens on.")
    library_editing: Literal["local", "on", "off"] = Field(
        "local",
        description=(
            "Who may add and remove articles in the web page; local: browsers on this machine, where the page listens "
            "to no other."
        ),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="What is logged to stderr.")

    @field_validator("index", "models", "model_cache")
    @classmethod
    def _without_tilde(cls, folder: Path) -> Path:
        return folder.expanduser()


def load_settings(overrides: Mapping[str, Any] | None = None, *, file: Path | None = None) -> Settings:
    """Read the settings: defaults, then ``rag.toml``, then ``RAG_*``, then ``overrides`` (``None`` values are unset).

    ``file`` defaults to ``$RAG_CONFIG``, else ``rag.toml`` in the working directory.
    Raises SettingsError that names the key, what is wrong with it and where it came from.
    """
    named = file or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    path = named or Path("rag.toml")
    if named and not named.is_file():
        raise SettingsError(f"There is no settings file {named}. Create it, or unset {CONFIG_VARIABLE}.")
    given = {key: value for key, value in (overrides or {}).items() if value is not None}

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        from_file = TomlConfigSettingsSource(FromFile)()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error}). Correct it or remove it.") from None
    _refuse_unknown(from_file, str(path))
    _refuse_unknown(_environment(), "the environment", PREFIX)
    try:
        return Settings(**{**from_file, **_environment(), **given})
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        shown = "what it is" if key == "generator_key" else repr(problem["input"])
        raise SettingsError(
            f"The setting '{key}' cannot be {shown}: {problem['msg']}. "
            f"Correct it in {path}, or in the variable {PREFIX}{key.upper()}; "
            "docs/settings.md lists every setting with its bounds."
        ) from None


def _environment() -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE and value
    }


def _refuse_unknown(values: Mapping[str, Any], where: str, prefix: str = "") -> None:
    for key in values:
        if key in Settings.model_fields:
            continue
        near = difflib.get_close_matches(key, Settings.model_fields, n=1)

        def spelled(name: str) -> str:
            return prefix + name.upper() if prefix else name

        hint = f"Did you mean '{spelled(near[0])}'?" if near else "Remove it."
        raise SettingsError(
            f"Unknown setting '{spelled(key)}' in {where}. {hint} docs/settings.md lists every setting."
        )
