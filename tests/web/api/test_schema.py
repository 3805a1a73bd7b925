"""The schema: it does not change unnoticed, and no request that it allows makes the server fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.web.api.app import schema
from tests.web.api.api_site import ApiSite

KEPT = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_schema_is_the_one_that_is_kept() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert schema() == kept, (
        "The API has changed. If that was meant: raise VERSION in rag/web/api/app.py, say it in CHANGELOG.md, and run "
        "python scripts/api_schema.py. What takes something away from callers needs another address."
    )


def test_the_server_tells_the_same_schema_and_a_page_of_it(shared_api: ApiSite) -> None:
    assert shared_api.get("openapi.json").json() == schema()
    page = shared_api.get("docs").text
    for path in schema()["paths"]:
        assert path in page
    assert "<script" not in page


OPERATIONS = [(method.upper(), path) for path, methods in schema()["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_makes_the_server_fail(shared_api: ApiSite, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(schema())[path][method]
    made = [operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode]

    @given(st.one_of(made))
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    def try_it(case: schemathesis.Case) -> None:
        found = case.call(base_url=shared_api.address)
        case.validate_response(found, checks=[schemathesis.checks.not_a_server_error])

    try_it()
