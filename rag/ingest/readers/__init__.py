"""Read files and pages of many formats into articles.

``find_files`` finds the files below folders, and ``load`` reads one: ``file_types.py`` recognises its format from its
bytes and calls the ``read`` function of that format's module (a ``Reader`` of ``document.py``).

| format | module | with the help of |
|---|---|---|
| Markdown, plain text | markdown, plain_text | html_blocks for HTML inside Markdown |
| web page, feed | html, feed | xml, html_blocks, hidden_text |
| PDF | pdf | pdf_layout: lines to paragraphs |
| Word, PowerPoint, Excel | docx, pptx, xlsx | ooxml, zip_reader, xml |
| OpenDocument, EPUB | odf, epub | zip_reader, xml |
| e-mail, ZIP | email, zip_reader | yield further documents, read in turn by reader |
| JSONL, JSON, CSV | jsonl, csv_table | records: one record to one article |
| web address, sitemap | urls, sitemap | rag.ingest.fetch |

``document_builder`` joins blocks to a text with offsets, ``metadata`` cleans titles, dates, tags and languages.
docs/ingesting.md says how to add a reader.
"""

from rag.ingest.readers.discovery import find_files
from rag.ingest.readers.document import Document
from rag.ingest.readers.reader import Unreadable, load, read_document

__all__ = ["Document", "Unreadable", "find_files", "load", "read_document"]
