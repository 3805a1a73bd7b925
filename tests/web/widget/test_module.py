"""The widget's module as it is served: small, whole, with nothing in it that a strict policy forbids."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from string import Formatter

import pytest

from rag.web.i18n.catalogs import LOCALES, catalog
from rag.web.widget.module import FOLDER, SCRIPTS, STYLES, compact, frame_script, integrity, module

MOST = 20_000
SOURCES = {name: (FOLDER / name).read_text(encoding="utf-8") for name in (*SCRIPTS, "frame.js")}
SHEETS = "".join((FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
COLOUR = re.compile(r"--([a-z-]+): (?:var\(--footnote-[a-z-]+, )?light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|createElement\([\"']style"
    r"|setAttribute\([\"']style|\.style\b|cssText|localStorage|\bhttps?://(?!www\.w3\.org/2000/svg)"
)


def constants() -> tuple[list[str], dict, str]:
    lines = module().decode().split("\n")
    return tuple(json.loads(line.partition(" = ")[2].removesuffix(";")) for line in lines[:3])  # type: ignore[return-value]


def test_it_is_small_and_its_hash_is_that_of_what_is_served() -> None:
    assert len(gzip.compress(module(), 9, mtime=0)) <= MOST
    assert integrity() == "sha384-" + base64.b64encode(hashlib.sha384(module()).digest()).decode()


def test_every_file_is_in_it_once() -> None:
    assert sorted((*SOURCES, *STYLES)) == sorted(file.name for end in ("js", "css") for file in FOLDER.glob(f"*.{end}"))
    for name in SCRIPTS:
        assert module().decode().count(compact(SOURCES[name])) == 1


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_in_it_needs_a_policy_that_allows_more(name: str) -> None:
    assert FORBIDDEN.findall(SOURCES[name]) == []
    assert not re.search(r"^(?:import|export)\b(?! \"\./footnote\.js\")", SOURCES[name], re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_left_out_of_a_script_is_never_part_of_a_string(name: str) -> None:
    """What ``compact`` relies on."""
    for line in SOURCES[name].splitlines():
        before = re.split(r"(?:^|\s)// ", line)[0]
        for mark in '"`':
            assert before.count(mark) % 2 == 0, line
        assert "/*" not in line


def test_compacting_leaves_out_indentation_comments_and_empty_lines() -> None:
    script = '// Why.\n  const a = "https://b"; // why\n\n\n  //\n// x\na("//");\n'
    assert compact(script) == 'const a = "https://b";\n//\na("//");'


def test_the_words_are_there_in_every_language_in_their_places() -> None:
    names, words, _ = constants()
    said = {name for script in SOURCES.values() for name in re.findall(r'\bsay\(\s*"([^"]*)"', script)}
    assert sorted(said) == names
    assert list(words) == list(LOCALES)
    for language, known in words.items():
        assert known["direction"] == ("rtl" if language == "ar" else "ltr")
        assert len(known["words"]) == len(names)
        assert words["en"]["words"][names.index("WIDGET.back")] == "Back to the conversation"
        plain = {name: word for name, word in zip(names, known["words"], strict=True) if isinstance(word, str)}
        for name, word in plain.items():
            assert places(word) == places(words["en"]["words"][names.index(name)]), name
        assert set(known["words"][names.index("ahead")]) == set(catalog(language).plural_categories("ahead"))


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_every_colour_and_size_that_is_used_is_there() -> None:
    used = set(re.findall(r"var\((--(?!footnote)[a-z-]+)[,)]", SHEETS))
    assert used - set(re.findall(r"(--[a-z-]+):", SHEETS)) == set()
    assert not re.search(r"(?<![-\w])(?:left|right|(?:margin|padding|border)-(?:left|right))\s*:", SHEETS)
    assert set(re.findall(r"\[hidden\]|!important", constants()[2])) == {"[hidden]", "!important"}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_can_be_read(scheme: int) -> None:
    colours = {name: values[scheme] for name, *values in COLOUR.findall(SHEETS)}
    texts = [(ink, ground) for ink in ("ink", "soft", "accent", "doubt") for ground in ("surface", "ground")]
    texts += [("ink", "wash"), ("accent", "wash"), ("on-accent", "accent"), ("mark-ink", "mark")]
    texts += [("doubt", "doubt-wash")]
    for ink, ground in texts:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for edge in ("edge", "accent", "doubt"):
        for ground in ("surface", "ground"):
            assert contrast(colours[edge], colours[ground]) >= 3, (edge, ground)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.skipif(not shutil.which("node"), reason="node checks the syntax where it is installed")
@pytest.mark.parametrize("script", [module, frame_script], ids=["module", "frame"])
def test_it_can_be_parsed(script, tmp_path) -> None:
    file = tmp_path / "script.mjs"
    file.write_bytes(script())
    done = subprocess.run(["node", "--check", file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
