"""Where articles come from: paths in, articles and readable reasons out. One module per kind of source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.articles import jsonl, markdown, text
from rag.errors import ArticleError, PathError
from rag.types import Article

Loader = Callable[[Path, str], Iterable[Article | ArticleError]]

LOADERS: dict[str, Loader] = {
    ".md": markdown.load,
    ".markdown": markdown.load,
    ".txt": text.load,
    ".text": text.load,
    ".jsonl": jsonl.load,
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be taken in, and why, in a sentence."""

    source: str
    reason: str


def find_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every article file below the paths, in a stable order, each with the id that its name suggests.

    Hidden files and files called README are passed over in folders. Raises PathError for a path that does not exist,
    and ArticleError where there is no article at all.
    """
    found: list[tuple[Path, str]] = []
    paths = list(paths)
    for path in paths:
        if path.is_dir():
            found += [(file, _id_below(path, file)) for file in sorted(path.rglob("*")) if _is_article(file, path)]
        elif path.is_file():
            found.append((path, path.stem))
        else:
            raise PathError(f"There is no file or folder {path}. Check the spelling, or give another path.")
    if not found:
        named = ", ".join(str(path) for path in paths)
        kinds = ", ".join(sorted(LOADERS))
        raise ArticleError(f"No article was found in {named}. Put files of these kinds there: {kinds}.")
    return list(dict(found).items())


def load(path: Path, suggested_id: str) -> Iterator[Article | Unreadable]:
    """Read one file. What cannot be read comes back as Unreadable; the caller goes on with the next."""
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        yield Unreadable(str(path), f"Files of the kind '{path.suffix or path.name}' are not read. Use {_kinds()}.")
        return
    if not _is_utf8(path):
        yield Unreadable(_printable(path), "The file's name is not UTF-8. Rename the file.")
        return
    try:
        for found in loader(path, suggested_id):
            yield Unreadable(str(path), str(found)) if isinstance(found, ArticleError) else found
    except ArticleError as error:
        yield Unreadable(str(path), str(error))
    except RecursionError:
        yield Unreadable(str(path), "The file is nested too deeply. Make it simpler, or leave it out.")
    except OSError as error:
        yield Unreadable(str(path), f"The file cannot be opened ({error.strerror}). Check its permissions.")


def _is_utf8(path: Path) -> bool:
    return _printable(path) == str(path) and _printable(path.resolve()) == str(path.resolve())


def _printable(path: Path) -> str:
    return str(path).encode("utf-8", "replace").decode()


def _kinds() -> str:
    return ", ".join(sorted(LOADERS))


def _is_article(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    known = file.suffix.lower() in LOADERS and file.stem.lower() != "readme"
    # Question files lie beside their articles and have the same ending.
    questions = file.suffix.lower() == ".jsonl" and file.stem.lower() in {"questions", "qa"}
    return known and not hidden and not questions and file.is_file()


def _id_below(folder: Path, file: Path) -> str:
    return file.relative_to(folder).with_suffix("").as_posix()
