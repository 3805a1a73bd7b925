"""The page in Gradio, which nothing outside this package imports.

mounting.py   the whole page: its header, its two views, and how it gets into the application
chat.py       questions and answers;  filtering.py which articles are asked
library.py    the articles
"""

from rag.web.page.mount import mount_page

__all__ = ["mount_page"]
