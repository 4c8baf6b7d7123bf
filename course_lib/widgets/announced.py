"""A line of text that changes, and that a screen reader reads out when it does."""

from pathlib import Path

import anywidget
import traitlets

__all__ = ["Announced"]


class Announced(anywidget.AnyWidget):
    """A line of HTML in a region that stays in the page, so that its changes are announced.

    An ``ipywidgets.HTML`` cannot do this: it has no place for ``aria-live``.

    Args:
        html: what the line says
    """

    _esm = Path(__file__).parent / "announced.js"
    html = traitlets.Unicode("").tag(sync=True)
