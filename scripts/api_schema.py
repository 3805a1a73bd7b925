"""Write docs/openapi.json anew, after a change of the API that was meant: ``python scripts/api_schema.py``."""

from __future__ import annotations

import json
from pathlib import Path

from rag.web.api.app import schema

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def written() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
