"""What ``make portal`` runs: Footnote, and the example portal beside it, until Ctrl-C.

Nothing secret is stored: the embed gets a new secret at each start, which this process alone knows.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from portal import Config, bound, port_of, serve

RAG = [sys.executable, "-m", "rag"]
NAME = "example-portal"
MODULE = "/widget/v1/footnote.js"


def main() -> None:
    port = port_of(os.environ)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # So that Footnote is ended then too.
    with suppress(KeyboardInterrupt), bound(port) as listening:
        config = prepared(port)
        with footnote(config.footnote):
            require_known(config)
            sys.stdout.write(f"Footnote is at {config.footnote}\nThe portal is at {config.origin} (Ctrl-C ends both)\n")
            sys.stdout.flush()
            serve(config, listening)


def prepared(port: int) -> Config:
    """Create the portal's embed if there is none, and give it a new secret."""
    origin = f"http://localhost:{port}"
    made = next((one for one in rag("list")["embeds"] if one["name"] == NAME), None)
    if made is None:
        rag("create", NAME, "--origin", origin)
    elif made["origins"] != [origin] or not made["is_active"]:
        rag("change", NAME, "--origin", origin, "--on")
    signed_with, pasted = rag("rotate", NAME, "--keep", "0"), rag("snippet", NAME)
    return Config(
        footnote=pasted["module"].partition(MODULE)[0],
        embed=signed_with["id"],
        secret=signed_with["secret"],
        kid=signed_with["kid"],
        integrity=pasted["integrity"],
        port=port,
    )


def rag(*arguments: str) -> dict[str, Any]:
    """Return the output of ``rag embed``. Exit if it fails, after it has printed why."""
    done = subprocess.run([*RAG, "embed", *arguments, "--json"], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def footnote(address: str) -> Iterator[None]:
    """Use the Footnote that runs at its address, or start one that ends with this program."""
    if answers(address):
        yield
        return
    with subprocess.Popen([*RAG, "serve"], stdout=subprocess.DEVNULL) as served:
        try:
            while not answers(address):
                if served.poll() is not None:
                    sys.exit("Footnote has not started; why is said above.")
                time.sleep(0.2)
            yield
        finally:
            served.terminate()


def answers(address: str) -> bool:
    with suppress(URLError, OSError, ValueError), urlopen(f"{address}/healthz", timeout=5) as answer:
        return bool(json.load(answer)["status"] == "ok")
    return False


def require_known(config: Config) -> None:
    """Exit if the running Footnote has another library."""
    try:
        urlopen(f"{config.footnote}/embed/{config.embed}", timeout=5).close()
    except HTTPError:
        sys.exit(
            f"The Footnote at {config.footnote} does not know the portal's embed: it serves another index. End it and "
            "run make portal again, or name its index in RAG_INDEX."
        )


if __name__ == "__main__":
    main()
