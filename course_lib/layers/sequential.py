"""Layers one after the other."""

from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    r"""Send the output of each layer into the next: $y = f_n(\cdots f_2(f_1(x)))$.

    Args:
        layers: any modules that take one input
    Attributes:
        layers: the same, as a list
    Raises:
        TypeError: something is no Module

    >>> from course_lib.layers.activation import LeakyReLU, Tanh
    >>> Sequential(LeakyReLU(0.5), Tanh())(Tensor([-2.0, 0.0])).data.round(4)
    array([-0.7616,  0.    ])
    """

    def __init__(self, *layers: Module):
        for place, layer in enumerate(layers):
            if not isinstance(layer, Module):
                kind = type(layer).__name__
                raise TypeError(
                    f"Sequential: every layer must be a Module. At position {place} is a {kind}. "
                    "A class needs brackets: ReLU()."
                )
        self.layers = list(layers)

    def forward(self, x: Tensor) -> Tensor:
        """Go through all layers.

        Args:
            x: what the first layer takes
        Returns:
            what the last layer returns
        """
        for layer in self.layers:
            x = layer(x)
        return x
