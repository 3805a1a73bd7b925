from __future__ import annotations

from pathlib import Path

import pytest

from rag.core.errors import SettingsError
from rag.core.settings import Settings, load_settings


def write_toml(text: str) -> Path:
    file = Path("rag.toml")
    file.write_text(text, encoding="utf-8")
    return file


def test_without_file_or_environment_the_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.chunk_words, settings.port, settings.offline) == (110, 7860, False)


def test_file_overrides_defaults_environment_overrides_file_and_options_override_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_toml("port = 1111\ncandidates = 11\nchunk_words = 60\n")
    monkeypatch.setenv("RAG_PORT", "2222")
    monkeypatch.setenv("RAG_CANDIDATES", "22")
    settings = load_settings({"port": 3333, "candidates": None})
    assert (settings.port, settings.candidates, settings.chunk_words) == (3333, 22, 60)


def test_unknown_key_of_the_file_is_refused_with_the_nearest_name() -> None:
    write_toml("chunk_word = 60\n")
    with pytest.raises(SettingsError, match=r"'chunk_word' in rag\.toml\. Did you mean 'chunk_words'\?"):
        load_settings()


def test_unknown_variable_is_refused_with_the_nearest_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PROT", "1")
    with pytest.raises(SettingsError, match=r"'RAG_PROT' in the environment\. Did you mean 'RAG_PORT'\?"):
        load_settings()


def test_unknown_option_is_refused() -> None:
    with pytest.raises(SettingsError, match="colour"):
        load_settings({"colour": "blue"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("chunk_words", "29"), ("port", "65536"), ("decline_below", "nan"), ("threads", "0"), ("log_level", '"loud"')],
)
def test_value_out_of_bounds_is_refused_by_name(key: str, value: str) -> None:
    write_toml(f"{key} = {value}\n")
    with pytest.raises(SettingsError, match=f"The setting '{key}' cannot be .*docs/settings.md"):
        load_settings()


def test_wrong_variable_is_named_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_OFFLINE", "perhaps")
    with pytest.raises(SettingsError, match="RAG_OFFLINE"):
        load_settings()


@pytest.mark.parametrize("content", [b"port = = 1", b"port = 1\nport = 2", b"\xff\xfe\x00", b"[port"])
def test_broken_file_is_a_settings_error_that_names_it(content: bytes) -> None:
    Path("rag.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings file rag\.toml cannot be read"):
        load_settings()


def test_named_file_that_is_missing_or_a_folder_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAG_CONFIG", "elsewhere.toml")
    with pytest.raises(SettingsError, match=r"no settings file elsewhere\.toml"):
        load_settings()
    with pytest.raises(SettingsError, match="no settings file"):
        load_settings(file=tmp_path)


def test_config_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = tmp_path / "other.toml"
    named.write_text("port = 4444\n")
    write_toml("port = 1111\n")
    monkeypatch.setenv("RAG_CONFIG", str(named))
    assert load_settings().port == 4444


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml('index = "here"\n')
    monkeypatch.setenv("RAG_INDEX", "")
    assert load_settings().index == Path("here")


def test_tilde_in_a_folder_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_toml('index = "~/articles"\n')
    assert load_settings().index == tmp_path / "articles"


def test_reading_settings_creates_nothing(tmp_path: Path) -> None:
    load_settings({"index": tmp_path / "index", "models": tmp_path / "models"})
    assert list(tmp_path.iterdir()) == []


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = Settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_every_setting_has_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_an_empty_variable_of_a_number_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_PORT", "")

    assert load_settings().port == 7860
