"""Settings from ``rag.toml`` and ``RAG_*`` variables, which take precedence. Unknown keys are errors."""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.core.errors import SettingsError

PREFIX = "RAG_"
CONFIG_VARIABLE = "RAG_CONFIG"
PASSWORD_CHARACTERS = (12, 1024)
RATE = r"^[1-9]\d{0,6}/(second|minute|hour|day)$"
HEADER_NAME = r"^[A-Za-z0-9-]+$"
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]


def _separated(names: object) -> object:
    """Split names that are separated by commas, as in an environment variable; pass lists on."""
    if not isinstance(names, str):
        return names
    return tuple(name.strip() for name in names.split(",") if name.strip())


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_separated)]


def data_folder() -> Path:
    """Return the folder of ``index/`` and ``models/``: the checkout, or the user's data directory for a wheel."""
    checkout = PACKAGE_FOLDER.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "app.py").is_file():
        return checkout
    return Path(platformdirs.user_data_dir("footnote", appauthor=False))


def cache_folder() -> Path:
    """Return the folder of downloaded weights, which all checkouts of a user share."""
    return Path(platformdirs.user_cache_dir("footnote", appauthor=False))


class Settings(BaseSettings):
    """All settings with their bounds. ``docs/settings.md`` is tested against this class."""

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
        "auto",
        description=(
            "Precision of the embedding model and the cross-encoder; auto: bfloat16 if the processor supports it."
        ),
    )
    reranker: str | None = Field(
        None,
        min_length=1,
        description="Name of a cross-encoder from the catalogue, or path of a folder with one; not used if not set.",
    )
    generator: str = Field(
        "qwen2.5-coder-1.5b-instruct",
        min_length=1,
        description=(
            "Name of the answering model, path of any GGUF file, or `openai+http://HOST:PORT/v1#MODEL` for a server."
        ),
    )
    generator_key: SecretStr | None = Field(
        None, description="Key for the answering model's server; best given as `RAG_GENERATOR_KEY`."
    )
    threads: int | None = Field(
        None, ge=1, le=256, description="Threads of the answering model; one per physical core if not set."
    )
    context_tokens: int = Field(
        4096, ge=1024, le=131_072, description="Context window of the answering model, in tokens."
    )
    answer_tokens: int = Field(160, ge=16, le=4096, description="Longest answer, in tokens.")

    chunk_words: int = Field(110, ge=30, le=160, description="Target length of a passage, in words.")
    candidates: int = Field(30, ge=1, le=200, description="Passages that are reranked.")
    evidence_tokens: int = Field(
        300, ge=50, le=8192, description="Most tokens of evidence that the answering model reads for a question."
    )
    decline_below: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description=(
            "Least probability that the articles hold an answer; below it the chatbot abstains without asking the "
            "model. The calibration's own threshold if not set."
        ),
    )
    answer_floor: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description=(
            "Least probability that a written answer is right; below it the chatbot abstains. The calibration's own "
            "threshold if not set."
        ),
    )
    second_thought: Literal["auto", "always"] = Field(
        "auto",
        description=(
            "When the model is asked whether the quotes of an answer answer the question; auto: if that decides "
            "whether the answer is accepted. A result for `rag calibrate --answers` needs always."
        ),
    )
    support_floor: float = Field(
        0.4, ge=0.0, le=1.0, description="Least support, from 0 to 1, for a sentence of the answer to get a citation."
    )
    unsupported: Literal["mark", "drop"] = Field(
        "mark", description="What happens to a sentence that no source supports: it is marked, or dropped."
    )
    question_characters: int = Field(4000, ge=100, le=1_000_000, description="Longest question, in characters.")

    host: str = Field("127.0.0.1", min_length=1, description="Address that the web page listens on.")
    port: int = Field(7860, ge=1, le=65_535, description="Port that the web page listens on.")
    library_editing: Literal["local", "on", "off"] = Field(
        "local",
        description=(
            "Who may add and remove articles on the web page; local: editors if there is a login, else browsers on "
            "this machine, provided the page listens to no other."
        ),
    )
    chat_days: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="Days that a conversation is kept after its last question; forever if not set.",
    )
    language: Literal["auto", "en", "de", "fr", "es", "ar"] = Field(
        "auto",
        description="Language of the web page for readers who choose none; auto: their browser's preference.",
    )
    viewer_password: SecretStr | None = Field(
        None,
        description="Password for asking and reading; best given as `RAG_VIEWER_PASSWORD`.",
    )
    editor_password: SecretStr | None = Field(
        None,
        description="Password for changing the library, too; best given as `RAG_EDITOR_PASSWORD`.",
    )
    login_days: int = Field(30, ge=1, le=365, description="Days after which the password is asked for again.")
    proxy_user_header: str | None = Field(
        None,
        pattern=HEADER_NAME,
        description="Header in which an authenticating proxy names the user, such as `X-Forwarded-User`.",
    )
    proxy_groups_header: str | None = Field(
        None,
        pattern=HEADER_NAME,
        description="Header in which that proxy names the user's groups, separated by commas.",
    )
    proxy_addresses: Names = Field(
        ("127.0.0.1", "::1"), description="Addresses or networks of that proxy; the headers of others are ignored."
    )
    proxy_editors: Names = Field(
        (),
        description=(
            "Users who may change the library, or groups if `proxy_groups_header` is set; separated by commas."
        ),
    )
    subject_limit: str = Field(
        "20/minute",
        pattern=RATE,
        description=(
            "Questions and searches of one reader through the HTTP API; beyond it readers are told when to try again."
        ),
    )
    address_limit: str = Field(
        "600/minute", pattern=RATE, description="The same for one network address, which many readers may share."
    )
    embed_limit: str = Field("1200/minute", pattern=RATE, description="The same for one embed (docs/embedding.md).")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="What is logged to stderr.")

    @property
    def has_login(self) -> bool:
        """Whether the web page asks for a login."""
        return bool(self.viewer_password or self.editor_password or self.proxy_user_header)

    @field_validator("viewer_password", "editor_password")
    @classmethod
    def _hard_to_guess(cls, password: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        text = password.get_secret_value() if password else None
        if password is None or text is None:
            return None
        if not PASSWORD_CHARACTERS[0] <= len(text) <= PASSWORD_CHARACTERS[1]:
            raise ValueError("a password has {} to {} characters".format(*PASSWORD_CHARACTERS))
        if not text.isprintable():
            raise ValueError("a password has no line breaks or control characters")
        if password == known.data.get("viewer_password"):
            raise ValueError("it is the password of the viewers, who would all be editors")
        return password

    @field_validator("proxy_groups_header", "proxy_editors")
    @classmethod
    def _named_by_the_proxy(cls, value: object, known: ValidationInfo) -> object:
        if value and not known.data.get("proxy_user_header"):
            raise ValueError("it says nothing without proxy_user_header")
        return value

    @field_validator("proxy_addresses")
    @classmethod
    def _networks(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            ipaddress.ip_network(address)
        return addresses

    @field_validator("index", "models", "model_cache")
    @classmethod
    def _without_tilde(cls, folder: Path) -> Path:
        return folder.expanduser()


def load_settings(overrides: Mapping[str, Any] | None = None, *, file: Path | None = None) -> Settings:
    """Load the settings. Later sources win: defaults, the file, ``RAG_*`` variables, ``overrides``.

    Args:
        overrides: Settings by name; None values are ignored.
        file: A TOML file; ``$RAG_CONFIG`` if None, else ``rag.toml`` in the working directory, which need not exist.

    Raises:
        SettingsError: if a setting is unknown or invalid; the message names the key and its source.
    """
    named = file or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    path = named or Path("rag.toml")
    if named and not named.is_file():
        raise SettingsError(f"There is no settings file {named}. Create it, or unset {CONFIG_VARIABLE}.")
    given = {key: value for key, value in (overrides or {}).items() if value is not None}

    try:
        from_file = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error}). Correct it or remove it.") from None
    _refuse_unknown(from_file, str(path))
    _refuse_unknown(_environment(), "the environment", PREFIX)
    try:
        return Settings(**{**from_file, **_environment(), **given})
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        shown = "what it is" if _is_secret(key) else repr(problem["input"])
        raise SettingsError(
            f"The setting '{key}' cannot be {shown}: {problem['msg'].removeprefix('Value error, ')}. "
            f"Correct it in {path}, or in the variable {PREFIX}{key.upper()}; "
            "docs/settings.md lists every setting with its bounds."
        ) from None


def _is_secret(key: str) -> bool:
    field = Settings.model_fields.get(key)
    return field is not None and SecretStr in get_args(field.annotation)


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
