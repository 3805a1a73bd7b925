"""docs/embedding.md and docs/api.md, done as they are written."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from rag.cli import app as rag
from rag.web.api.app import schema
from rag.web.i18n import strings
from rag.web.problems import KINDS
from rag.web.server import bind
from rag.web.widget import module
from tests.web.serving import serving

ROOT = Path(__file__).parents[3]
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SERVED = "http://127.0.0.1:7860"
COMMENT = "<!-- what rag embed snippet has printed -->"
LAMP = "Who climbed the steps of the harbour lamp for the last time?"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def commands(page: str, program: str) -> list[list[str]]:
    """The command lines of a page that begin with a program."""
    lines = "".join(blocks(page, "sh")).replace("\\\n", "").splitlines()
    return [shlex.split(line) for line in lines if line.startswith(f"{program} ")]


def rows(page: str, *, below: str) -> list[list[str]]:
    """The cells of the first table below these words, without its head."""
    table = re.search(r"(?:^\|.*\n)+", page.partition(below)[2], re.M)
    assert table, f"there is no table below '{below}'"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@dataclass(frozen=True)
class Portal:
    """The page's own portal, served; ``footnote`` is the address of Footnote."""

    address: str
    footnote: str


@pytest.fixture
def portal(open_library_site: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """What docs/embedding.md comes to by its fifth step, at a port of the test's own."""
    with ExitStack() as stack:
        site = open_library_site()
        listening = stack.enter_context(bind("127.0.0.1", 0))
        address = f"http://localhost:{listening.getsockname()[1]}"
        monkeypatch.setenv("RAG_INDEX", str(site.settings.index))
        made, pasted = _step("create", address), _step("snippet", address)

        for name, value in {"EMBED": "id", "SECRET": "secret", "KID": "kid"}.items():
            monkeypatch.setenv(f"FOOTNOTE_{name}", made[value])
        monkeypatch.setenv("PORTAL_ORIGIN", address)
        (page,) = [block for block in blocks(EMBEDDING, "html") if COMMENT in block]
        snippet = pasted["snippet"].replace(SERVED, site.address)
        (tmp_path / "page.html").write_text(page.replace(COMMENT, snippet), encoding="utf-8")
        (tmp_path / "portal.css").write_text(blocks(EMBEDDING, "css")[0], encoding="utf-8")
        namespace: dict[str, Any] = {"__name__": "portal"}
        exec(compile(blocks(EMBEDDING, "python")[0], "portal.py", "exec"), namespace)

        monkeypatch.chdir(tmp_path)
        stack.enter_context(serving(namespace["app"], listening))
        yield Portal(address, site.address)


def _step(deed: str, address: str) -> dict[str, Any]:
    """The first command of this kind on the page, for an origin of the test's own."""
    command = next(line for line in commands(EMBEDDING, "rag") if line[2] == deed)
    arguments = [part.replace("http://localhost:8010", address) for part in command[1:]]
    done = CliRunner().invoke(rag, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_token_of_the_page_lets_in(portal: Portal) -> None:
    token = httpx.post(f"{portal.address}/footnote-token", headers={"Origin": portal.address}).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Origin": portal.address}
    answer = httpx.post(f"{portal.footnote}/api/v1/ask", json={"question": LAMP}, headers=headers, timeout=30)
    assert "Orla Dunmore" in answer.json()["answer"]
    assert answer.json()["conversation"]

    foreign = httpx.post(f"{portal.address}/footnote-token", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


@pytest.mark.browser
def test_the_page_answers_in_its_own_colours(portal: Portal, browser: Browser) -> None:
    complaints: list[str] = []
    with browser.new_context(color_scheme="light", locale="en-GB") as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(portal.address)
        launcher = page.get_by_role("button", name=strings.NAME)
        expect(launcher).to_have_css("background-color", "rgb(11, 110, 79)")
        launcher.click()
        box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
        box.fill(LAMP)
        box.press("Enter")
        expect(page.get_by_role("article")).to_contain_text("Orla Dunmore")
    # The page has no icon, which browsers ask for all the same.
    assert [one for one in complaints if "404" not in one] == []


def test_every_command_of_the_pages_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "index"))
    told = commands(EMBEDDING, "rag") + [line for line in commands(API, "rag") if "embed" in line]
    assert len(told) > 10
    for line in told:
        done = CliRunner().invoke(rag, line[1:], input="y\n")
        assert done.exit_code == 0, (line, done.output)


def test_the_script_around_the_frame_is_that_of_the_example() -> None:
    script = (ROOT / "examples" / "portal" / "static" / "portal-frame.js").read_text(encoding="utf-8")
    assert script in blocks(EMBEDDING, "js")


def test_every_problem_is_documented_with_its_status() -> None:
    found = {names(kind)[0]: int(status) for kind, status, _ in rows(EMBEDDING, below="## What a problem says")}
    assert found == {kind: status for kind, (status, _) in KINDS.items()}


def test_what_the_element_has_is_documented() -> None:
    scripts = "".join((module.FOLDER / name).read_text(encoding="utf-8") for name in module.SCRIPTS)
    styles = "".join((module.FOLDER / name).read_text(encoding="utf-8") for name in module.STYLES)
    element = EMBEDDING.partition("## The element\n")[2]

    observed = re.search(r"observedAttributes = \[(.*?)\]", scripts, re.S)
    attributes = [names(cells[0])[0] for cells in rows(element, below="attributes")]
    assert observed and sorted(attributes) == re.findall(r'"([a-z-]+)"', observed[1])

    properties = [name for cells in rows(element, below="custom properties") for name in names(cells[0])]
    assert set(properties) == set(re.findall(r"--footnote-[a-z-]+", styles))

    parts = re.search(r"The parts\nare (.*?)\.\n", element, re.S)
    assert parts and set(names(parts[1])) == set(re.findall(r'\bpart: "([a-z]+)"', scripts))

    told = set(re.findall(r'\btell\("([a-z-]+)"', scripts))
    events = [name for cells in rows(element, below="### Events") for name in names(cells[0])]
    assert {name.removeprefix("footnote:") for name in events} == told


def test_what_the_frame_hears_and_says_is_documented() -> None:
    frame = (module.FOLDER / "frame.js").read_text(encoding="utf-8")
    heard, told = (re.search(rf"const {name} = (.*?);\n(?=\S)", frame, re.S) for name in ("DEEDS", "TOLD"))
    assert heard and told
    deeds = {names(cells[0])[0] for cells in rows(EMBEDDING, below="Each message is")}
    assert deeds == set(re.findall(r"^  (\w+)(?=[(:,])", heard[1], re.M))
    said = {name for cells in rows(EMBEDDING, below="`configure`") for name in names(cells[0])}
    assert said == {*re.findall(r'"([a-z-]+)"', told[1]), *re.findall(r'\bpost\("([a-z-]+)"', frame)}


def test_every_address_of_the_api_is_documented() -> None:
    for path, methods in schema()["paths"].items():
        for method in methods:
            if not path.startswith("/v1/models/"):
                assert f"`{method.upper()} {path}`" in API


def test_every_field_of_a_question_is_documented() -> None:
    fields = schema()["components"]["schemas"]["Question"]["properties"]
    assert [names(cells[0])[0] for cells in rows(API, below="## Asking")] == list(fields)


def test_the_requests_of_the_page_are_answered(open_library_site: Callable) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    address = open_library_site().address
    sent = [line for line in commands(API, "curl") if any(SERVED in part for part in line)]
    assert len(sent) == 3
    for line in sent:
        command = [part.replace(SERVED, address) for part in line]
        done = subprocess.run([*command, "--fail-with-body"], capture_output=True, text=True, timeout=30, check=True)
        assert "urn:footnote:problem" not in done.stdout


def test_the_official_client_does_as_the_page_says(
    open_library_site: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "".join(blocks(API, "python")).replace(SERVED, open_library_site().address)
    exec(compile(code.replace("Who is the harbour master of Kelverry?", LAMP), "api.md", "exec"), {})
    said = capsys.readouterr().out
    assert said.count("Orla Dunmore") == 3
    assert "Harbour lamp goes out for the winter https://gazette.example/harbour-lamp" in said
