"""The command line in a process of its own, which ends when anything but loopback is connected to or looked up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

GUARDED = """
import os, sys
LOOPBACK = ("127.0.0.1", "::1", "localhost", None)
def guard(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in LOOPBACK \\
            or event == "socket.getaddrinfo" and arguments[0] not in LOOPBACK:
        sys.stderr.write(f"CONNECTED {event} {arguments}\\n")
        os._exit(99)
sys.addaudithook(guard)
from rag.cli import main
main()
"""


def environment_with(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return {**kept, "RAG_OFFLINE": "1", **changes}


def rag(*arguments: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED, *map(str, arguments)],
        cwd=folder,
        env=environment_with(**environment),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
