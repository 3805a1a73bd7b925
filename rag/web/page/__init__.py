"""The chat page in Gradio. ``mount.py`` puts it together; only it and the modules beside it import gradio."""
