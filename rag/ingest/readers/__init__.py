"""Where articles come from: paths or documents in, articles and readable reasons out.

Each kind of source is a module with a function ``read``, the ``Reader`` of ``document.py``; ``kinds.py`` lists them.
"""

from rag.ingest.readers.discovery import find_files
from rag.ingest.readers.document import Document
from rag.ingest.readers.reader import Unreadable, load, read_document

__all__ = ["Document", "Unreadable", "find_files", "load", "read_document"]
