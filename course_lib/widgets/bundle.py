"""What a widget hands to the page: the live view, and what stands for it where nothing can be live."""

import html
import re

__all__ = ["inline_html", "live_bundle"]


def live_bundle(
    widget, *, text: str, markdown: str = "", png: bytes = b"", alt: str = ""
) -> tuple[dict, dict]:
    """Collect the forms of one output; the page picks the richest that it can show.

    Args:
        widget: the live view, an ipywidgets widget
        text: the plain form; without addresses and without anything the learner recorded
        markdown: the form for GitHub and print; left out when empty
        png: a picture that stands for the widget; left out when empty
        alt: the picture in words, at least 40 characters
    Returns:
        data and metadata, as IPython's ``_repr_mimebundle_`` returns them
    Raises:
        ValueError: there is a picture and ``alt`` does not describe it
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    data = {"application/vnd.jupyter.widget-view+json": view, "text/plain": text}
    metadata = {}
    if markdown:
        data["text/markdown"] = markdown
    if png:
        if len(alt) < 40:
            raise ValueError(
                f"alt must describe the figure in at least 40 characters. It has {len(alt)}. "
                "Say what is plotted and what is to be seen."
            )
        data["image/png"] = png
        metadata["image/png"] = {"alt": alt}
    return data, metadata


def inline_html(text: str) -> str:
    """Make text safe for HTML; what stands in backticks becomes code.

    Args:
        text: plain text, from a lesson or an error
    Returns:
        HTML

    >>> inline_html("is `w < 0`?")
    'is <code>w &lt; 0</code>?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
