"""The chat on pages of other websites: the element ``<footnote-chat>`` in one module, and a page for an iframe."""
