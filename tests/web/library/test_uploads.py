"""Names of uploaded files: safe on the disk, the same for the same name, and readable again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.errors import UsageError
from rag.web.library.uploads import NAME_BYTES, Uploads, original

INDEX = Path("/srv/index#1/x")
NAMES = st.text(max_size=400) | st.sampled_from(
    ["../../x.md", "..\\..\\x.md", "<img onerror=a()>.md", "CON", ".hidden", "a#b.md", "100%.md", "ä" * 300 + ".pdf"]
)


@given(NAMES)
@example("‮gnp.md")
@example("\ud800.md")
def test_a_file_never_lies_outside_its_folder_and_its_name_comes_back(name: str) -> None:
    uploads = Uploads(INDEX)
    shown = original(name)
    if not shown:
        with pytest.raises(UsageError, match="no name"):
            uploads.path_of(name)
        return
    path = uploads.path_of(name)
    assert path.parent.parent == uploads.folder
    assert ".." not in path.parts
    assert len(path.name.encode()) <= NAME_BYTES + 2
    assert not set(path.name) & set('<>:"/\\|?*#\x00\n')
    assert not path.name.startswith(".")
    back = uploads.name_of(str(path))
    assert back
    assert shown == back if len(shown) < 20 else shown.startswith(back[:12])
    assert uploads.name_of(f"{path}#7") == f"{back} › 7"
    assert uploads.file_of(f"{path}#7") == path


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.md", "x.md"), ("C:\\Papers\\x.md", "x.md"), ("Überland (2).pdf", "Überland (2).pdf"),
        ("a\nb\t.md", "a b .md"), ("<img onerror>.md", "<img onerror>.md"), ("..", ""), ("", ""), ("x/", ""),
    ],
)  # fmt: skip
def test_what_a_file_was_called(name: str, shown: str) -> None:
    assert original(name) == shown


def test_names_that_look_alike_have_places_of_their_own() -> None:
    uploads = Uploads(INDEX)
    paths = {
        uploads.path_of(name) for name in ("a.md", "A.md", "a.txt", "a (1).md", "x" * 300 + ".md", "x" * 301 + ".md")
    }
    assert len(paths) == 6
    assert uploads.path_of("Cafe\u0301.md") == uploads.path_of("Café.md")
    assert uploads.path_of("folder/a.md") == uploads.path_of("a.md")


@pytest.mark.parametrize(
    "origin", ["/srv/articles/a.md", "https://x.example/uploads/a", "/srv/index#1/x/uploads/stray"]
)
def test_other_origins_are_no_uploads(origin: str) -> None:
    assert Uploads(INDEX).name_of(origin) is None
    assert Uploads(INDEX).file_of(origin) is None


def test_a_file_takes_the_place_of_the_one_before_and_goes_with_its_folder(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    kept = []
    for content in (b"one", b"two"):
        part = uploads.new_part()
        part.write_bytes(content)
        kept.append(uploads.keep(part, "dir/notes.md"))
    assert kept[0] == kept[1]
    assert kept[0].read_bytes() == b"two"
    uploads.discard(kept[0])
    uploads.discard(kept[0])
    assert list(uploads.folder.iterdir()) == []
