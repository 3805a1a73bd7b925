"""Parse the address of a server of an answering model: ``openai+http://host:port/v1#model``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

import httpx

from rag.core.errors import SettingsError

PREFIX = "openai+"
EXAMPLE = f"{PREFIX}http://localhost:8000/v1#MODEL"
KEY_VARIABLE = "RAG_GENERATOR_KEY"


def is_endpoint(generator: str) -> bool:
    """Return whether the name of an answering model is the address of a server."""
    return generator.lower().startswith(PREFIX)


@dataclass(frozen=True, slots=True)
class Address:
    """A server and a model. ``url`` has no trailing slash; an empty ``model`` is the first one of the server."""

    url: httpx.URL
    model: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse ``openai+http://host:port/v1#model``, or ``…?model=model``. Raises SettingsError."""
        try:
            url = httpx.URL(text[len(PREFIX) :])
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in {"http", "https"} or not url.host:
            raise SettingsError(f"The setting generator is no address of a server. Write it like {EXAMPLE}")
        asked = dict(parse_qsl(url.query.decode("ascii", "replace"), keep_blank_values=True))
        if url.userinfo or asked.keys() - {"model"}:
            raise SettingsError(
                f"The address in the setting generator has a password or an unknown option. Write it like {EXAMPLE}, "
                f"and put a key into the variable {KEY_VARIABLE}."
            )
        model = unquote(url.fragment) or asked.get("model", "")
        return cls(url.copy_with(path=url.path.rstrip("/"), query=None, fragment=None), model)

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine: a loopback address, or the name of one (RFC 6761)."""
        try:
            return ipaddress.ip_address(self.url.host).is_loopback
        except ValueError:
            return self.url.host == "localhost" or self.url.host.endswith(".localhost")

    def at(self, path: str) -> httpx.URL:
        return self.url.copy_with(path=self.url.path + path)

    def beside(self, path: str) -> httpx.URL:
        """Return the URL of a path outside OpenAI's interface."""
        return self.url.copy_with(path=self.url.path.removesuffix("/v1") + path)

    def __str__(self) -> str:
        return str(self.url).rstrip("/")
