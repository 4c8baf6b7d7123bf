"""Arrays in, arrays out: the course's data sets, how they are split, and how their columns are scaled.

Nothing here uses the network. Data sets come from installed packages or are drawn on the spot.
"""

from course_lib.data.batches import batches
from course_lib.data.dataset import Dataset
from course_lib.data.digits import load_digits
from course_lib.data.mnist1d import load_mnist1d
from course_lib.data.split import Split, split
from course_lib.data.standardise import Standardiser
from course_lib.data.tabular import load_breast_cancer, load_diabetes, load_wine
from course_lib.data.tokenizer import BytePairTokenizer
from course_lib.data.toy2d import blobs, moons, rings, spirals, xor

__all__ = [
    "BytePairTokenizer",
    "Dataset",
    "Split",
    "Standardiser",
    "batches",
    "blobs",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_mnist1d",
    "load_wine",
    "moons",
    "rings",
    "spirals",
    "split",
    "xor",
]
