from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.core.errors import DownloadError
from rag.models.download import ProgressMeter, PullProgress, RetryPolicy, fetch, open_client
from tests.helpers.file_server import FileServer, serve

BODY = bytes(range(256)) * 4000  # 1,024,000 bytes: several reads
SHA = hashlib.sha256(BODY).hexdigest()
QUICK = RetryPolicy(connect_seconds=2.0, stall_seconds=0.25, tries=3, backoff_seconds=0.01)


@pytest.fixture
def shop() -> Iterator[FileServer]:
    with serve() as server:
        server.files["/file"] = BODY
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with open_client(QUICK) as opened:
        yield opened


def get(client: httpx.Client, shop: FileServer, folder: Path, **changes: object) -> Path:
    target = folder / "file"
    options: dict[str, Any] = {"size": len(BODY), "sha256": SHA, "retries": QUICK, **changes}
    fetch(client, f"{shop.url}/file", target, **options)
    return target


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_fresh_download_is_whole_and_leaves_nothing_beside_it(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    counts: list[int] = []
    assert get(client, shop, tmp_path, count=counts.append).read_bytes() == BODY
    assert left(tmp_path) == ["file"]
    assert counts == sorted(counts)
    assert counts[-1] == len(BODY)
    assert shop.asked[0].range is None


def test_a_cut_connection_is_resumed_where_it_stopped(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.fail("/file", 400_000)
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == [None, "bytes=400000-"]


def test_a_later_run_goes_on_where_an_earlier_one_stopped(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(BODY[:123_456])
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == ["bytes=123456-"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(BODY) - 1), max_size=3), ignores=st.booleans())
def test_cut_anywhere_any_number_of_times_it_becomes_the_same_file(
    client: httpx.Client, shop: FileServer, cuts: list[int], ignores: bool
) -> None:
    shop.faults.clear()
    shop.ignores_range = ignores
    shop.fail("/file", *cuts)
    retries = RetryPolicy(2.0, 0.25, tries=5, backoff_seconds=0.0)
    with tempfile.TemporaryDirectory() as folder:
        assert get(client, shop, Path(folder), retries=retries).read_bytes() == BODY


def test_a_server_that_ignores_ranges_sends_all_of_it_again(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    shop.ignores_range = True
    (tmp_path / "file.partial").write_bytes(b"x" * 1000)
    assert get(client, shop, tmp_path).read_bytes() == BODY


def test_a_resumed_file_of_two_versions_is_fetched_once_more_from_its_start(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(b"no part of it")
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == ["bytes=13-", None]


def test_a_complete_partial_is_only_verified(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    (tmp_path / "file.partial").write_bytes(BODY)
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert shop.asked == []


def test_a_complete_partial_of_unknown_size_is_found_out_by_416(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(BODY)
    assert get(client, shop, tmp_path, size=None).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == [f"bytes={len(BODY)}-"]


def test_a_partial_longer_than_the_file_begins_again(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    (tmp_path / "file.partial").write_bytes(BODY + b"more")
    assert get(client, shop, tmp_path, size=None).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == [f"bytes={len(BODY) + 4}-", None]
    (tmp_path / "file.partial").write_bytes(BODY + b"more")
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert shop.asked[-1].range is None


def test_passing_faults_are_tried_again(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.fail("/file", "500", "503")
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert len(shop.asked) == 3


def test_a_fault_that_stays_is_named_after_three_tries(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.fail("/file", *["502"] * 5)
    with pytest.raises(DownloadError, match=r"answered 502 \(Bad Gateway\).*tried 3 times"):
        get(client, shop, tmp_path)
    assert len(shop.asked) == 3


def test_progress_between_faults_starts_the_count_of_tries_again(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    shop.fail("/file", 200_000, "500", 200_000, "500", 200_000, "500")
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert len(shop.asked) == 7


def test_a_missing_file_is_not_asked_for_twice(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.files.clear()
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:\d+ answered 404 \(Not Found\)"):
        get(client, shop, tmp_path)
    assert len(shop.asked) == 1


def test_a_stalled_read_is_given_up_and_resumed(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.fail("/file", "stall")
    assert get(client, shop, tmp_path).read_bytes() == BODY
    assert [asked.range for asked in shop.asked] == [None, f"bytes={len(BODY) // 2}-"]


def test_wrong_content_is_deleted_and_named(client: httpx.Client, shop: FileServer, tmp_path: Path) -> None:
    shop.files["/file"] = b"\0" * len(BODY)
    with pytest.raises(DownloadError, match=rf"'file' had the sha256 .* where {SHA[:16]}.* deleted"):
        get(client, shop, tmp_path)
    assert left(tmp_path) == []


def test_another_size_is_refused_before_the_body_and_costs_nothing_on_disk(
    client: httpx.Client, shop: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(BODY[:5000])
    shop.files["/file"] = b"<html>Sign in to the network</html>"
    shop.ignores_range = True
    with pytest.raises(DownloadError, match=r"has 35 bytes for 'file' where 1,024,000 are expected"):
        get(client, shop, tmp_path)
    assert (tmp_path / "file.partial").stat().st_size == 5000


def test_nobody_there(client: httpx.Client, tmp_path: Path) -> None:
    with serve() as gone:
        url = gone.url
    with pytest.raises(DownloadError, match="cannot be reached"):
        fetch(client, f"{url}/file", tmp_path / "file", retries=QUICK)


@pytest.mark.parametrize("address", ["no address", "ftp://127.0.0.1/x", "http://127.0.0.1:port/x"])
def test_an_address_that_is_none(client: httpx.Client, tmp_path: Path, address: str) -> None:
    with pytest.raises(DownloadError, match="cannot be used"):
        fetch(client, address, tmp_path / "file", retries=QUICK)


def test_the_meter_counts_the_whole_model() -> None:
    seen: list[PullProgress] = []
    meter = ProgressMeter(seen.append, 1000)
    meter.begin(400)
    meter.report("asking", 0)
    assert seen[-1] == PullProgress(400, 1000, "asking")
    meter.report("downloading", 5000)
    assert seen[-1].done_bytes == 1000, "never more than all of it"
    ProgressMeter(None, 10).count(5)
