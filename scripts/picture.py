"""Takes the picture of the page that the README shows: docs/pictures/chat.png.

Without an address, the page is served for it from the articles in seeds/, with fakes of the models.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright
from uvicorn import Config

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.ingest.pipeline import ingest
from rag.retrieval.opening import open_retriever
from rag.store import FILE, SqliteLibrary
from rag.testing import FakeEmbedder, FakeGenerator
from rag.web.app import create_app
from rag.web.i18n import strings
from rag.web.server import Server, bind

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "chat.png"
WIDTH, HEIGHT = 1440, 900
MOST_BYTES = 250_000
QUESTION = "Which harbour tug brought the trawler into Kelverry?"
ANSWER = "The harbour tug Patience brought her into Kelverry at a quarter past seven in the evening."


@contextmanager
def seeds_served() -> Iterator[str]:
    """The address of the page with the articles in seeds/ and fakes of the models."""
    with tempfile.TemporaryDirectory() as folder, bind("127.0.0.1", 0) as listening:
        settings = Settings(
            index=Path(folder), embedder="fake-embedder", generator="fake-generator", decline_below=0.01
        )
        embedder = FakeEmbedder()
        ingest([ROOT / "seeds"], settings, embedder)
        library = SqliteLibrary.open(settings.index / FILE, embedder.name)
        retriever = open_retriever(library, embedder, settings)
        app = create_app(Chatbot(library, retriever, FakeGenerator(ANSWER), settings), settings)
        ready = threading.Event()
        server = Server(Config(app, log_level="warning", proxy_headers=False), ready.set, app.state.close)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        ready.wait(60)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


def taken(address: str, question: str) -> bytes:
    """The page at an address after a question, as a PNG."""
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next((path for path in map(shutil.which, names) if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", locale="en-GB")
        page.goto(address)
        box = page.get_by_role("textbox", name=strings.QUESTION_LABEL)
        expect(box).to_be_enabled()
        box.fill(question)
        box.press("Enter")
        expect(page.locator("#current .fn-answer[aria-busy=false]")).to_be_visible(timeout=120_000)
        if page.locator("#current .fn-answered").count() == 0:
            raise SystemExit("The question was not answered. Ask another one with --question.")
        expect(box).to_be_enabled()
        page.evaluate("document.fonts.ready")
        page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        page.wait_for_timeout(800)
        picture = page.screenshot()
        browser.close()
    return picture


def compressed(picture: bytes) -> bytes:
    """The picture with the 256 colours that come nearest, which a page of text has hardly more of."""
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="of a running Footnote, such as http://127.0.0.1:7860")
    parser.add_argument("--question", default=QUESTION)
    given = parser.parse_args()
    if given.address:
        picture = taken(given.address, given.question)
    else:
        with seeds_served() as address:
            picture = taken(address, given.question)
    small = compressed(picture)
    if len(small) > MOST_BYTES:
        raise SystemExit(f"The picture has {len(small):,} bytes, more than {MOST_BYTES:,}. Ask something shorter.")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(small)


if __name__ == "__main__":
    main()
