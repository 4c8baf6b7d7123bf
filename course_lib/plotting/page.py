"""Put a figure into the page together with its description in words."""

import html
import io

from IPython.display import Markdown, display

__all__ = ["png_bytes", "show"]


def png_bytes(ax) -> bytes:
    """Return the figure that ``ax`` belongs to as a PNG picture.

    The version of Matplotlib is left out of the file, so that the same figure gives the same bytes.

    Args:
        ax: axes made by ``new_axes`` or by Matplotlib
    Returns:
        the bytes of the picture
    """
    buffer = io.BytesIO()
    ax.figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def show(ax, *, alt: str) -> None:
    """Show the figure of ``ax`` in the notebook, with a description for those who cannot see it.

    The description goes with the picture as its alt text, and folded below it, because JupyterLab does not
    hand alt texts on to screen readers.

    Args:
        ax: axes made by ``new_axes`` or by Matplotlib
        alt: what a reader who cannot see the figure must know: the kind of plot, what it shows, the finding
    Raises:
        ValueError: ``alt`` is too short to describe a figure
    """
    if len(alt) < 40:
        raise ValueError(
            f"show: alt must describe the figure in at least 40 characters. It has {len(alt)}. "
            "Say what is plotted and what is to be seen."
        )
    display(
        {"image/png": png_bytes(ax), "text/plain": f"[figure: {alt}]"},
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )
    display(Markdown(f"<details><summary>This figure in words</summary>{html.escape(alt)}</details>"))
