"""Draw readme.png: one neuron on real data, before and while it learns.

python tools/readme_picture.py
"""

import sys
from pathlib import Path

# Started as a script, Python looks for modules in this folder, not in the one above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from course_lib.data import Standardiser, load_breast_cancer
from course_lib.neuron import descend
from course_lib.plotting import new_row, plot_classes, plot_decision_line, png_bytes
from tools.pages import ROOT

PICTURE = ROOT / "readme.png"
START = np.array([-1.0, 1.5])  # weights that are wrong about the radius, so that the line has to turn
TITLES = {0: "before it learns", 3: "after 3 steps", 1000: "after 1000 steps"}


def draw() -> bytes:
    """Train one neuron on two measurements of 569 lumps and draw its line at three moments.

    Returns:
        the picture as PNG
    """
    data = load_breast_cancer()
    X = Standardiser.fit(data.X[:, :2]).apply(data.X[:, :2])  # (569, 2): radius and texture
    y = 1 - data.y  # 1 is malignant, as in lesson 10
    way = descend(X, y, learning_rate=1.0, n_steps=max(TITLES), w=START)
    row = new_row(
        len(TITLES),
        titles=[
            f"{title}: {np.mean((X @ way.w[k] + way.b[k] > 0) == y):.0%} right" for k, title in TITLES.items()
        ],
        xlabel="radius of the nuclei [standard deviations]",
        ylabel="texture [standard deviations]",
    )
    for ax, k in zip(row, TITLES, strict=True):
        plot_classes(ax, X, y, ("benign", "malignant"))
        plot_decision_line(ax, way.w[k], way.b[k])
    return png_bytes(row[0])


if __name__ == "__main__":
    PICTURE.write_bytes(draw())
    print(f"{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB")
