"""Strips: what a row of windows sees lies side by side in memory, and little had to be copied for it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.windows import Windows

__all__ = ["Strips"]


class Strips:
    r"""Images, prepared for convolution along their width only.

    The matrix of all patches (im2col) holds every pixel as often as a window covers it, kh · kw times. Here a
    pixel is copied kw times: strip j holds what column j of the window sees while the window slides along a
    row. What a whole row of windows sees is then kh neighbouring rows of strips. They lie side by side, so
    they are a matrix already, of kh · C · kw rows (the cells of a window) and W_out · B columns (its places).

    In memory the rows of the images come first and the batch comes last. Whatever is copied or added is then
    copied or added in long runs. A signal is an image of one row.

    Args:
        x: (B, C, H, W) or (B, C, T)
        windows: where the window can stand on x
    Attributes:
        n_rows: H_out, rows of windows
        n_cells: kh · C · kw
        n_places: W_out · B
    Source: for the matrix of patches, Chellapilla, Puri & Simard 2006, "High performance convolutional neural
        networks for document processing".

    >>> signal = np.array([[[1.0, 2.0, 3.0, 4.0]]])
    >>> Strips(signal, Windows((4,), (2,), where="conv1d")).seen_from(0)
    array([[1., 2., 3.],
           [2., 3., 4.]])
    """

    def __init__(self, x: np.ndarray, windows: Windows):
        self._x_shape, self._counts = x.shape, windows.counts
        self._kernel = (1, *windows.kernel)[-2:]
        self._stride = (1, *windows.stride)[-2:]
        self._padding = (0, *windows.padding)[-2:]
        self._dilation = (1, *windows.dilation)[-2:]
        padded = self._padded(x if x.ndim == 4 else x[:, :, None])  # (H + 2p, C, W + 2p, B)
        H_padded, C, _, B = padded.shape
        kh, kw = self._kernel
        self.n_rows, W_out = (1, *windows.counts)[-2:]
        self.n_cells, self.n_places = kh * C * kw, W_out * B
        self._strips = np.empty((H_padded, C, kw, W_out, B), x.dtype)
        step = self._stride[1]
        for j in range(kw):
            start = j * self._dilation[1]
            self._strips[:, :, j] = padded[:, :, start : start + step * W_out : step]

    def seen_from(self, row: int) -> np.ndarray:
        """Show what one row of windows sees, one window a column.

        Args:
            row: which row of windows
        Returns:
            (n_cells, n_places)  a view, except where a dilation leaves rows out
        """
        return self._strips[self._rows_under(row)].reshape(self.n_cells, self.n_places)

    def weights_in_rows(self, W: np.ndarray) -> np.ndarray:
        """Lay out the weights of each output channel in the order of the cells.

        Args:
            W: (C_out, C, kh, kw) or (C_out, C, kw)
        Returns:
            (C_out, n_cells)
        """
        C_out, C = W.shape[:2]
        W = W.reshape(C_out, C, *self._kernel)
        return W.swapaxes(1, 2).reshape(C_out, self.n_cells)  # -> (C_out, kh, C, kw) -> (C_out, n_cells)

    def weights_from_rows(self, weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Undo ``weights_in_rows``.

        Args:
            weights: (C_out, n_cells)
            shape: of W
        Returns:
            (C_out, C, kh, kw) or (C_out, C, kw)
        """
        C_out, C = shape[:2]
        kh, kw = self._kernel
        return weights.reshape(C_out, kh, C, kw).swapaxes(1, 2).reshape(shape)  # -> (C_out, C, kh, kw)

    def rows_first(self, g: np.ndarray) -> np.ndarray:
        """Bring the gradient of a result into the order of this class.

        Args:
            g: (B, C_out, H_out, W_out) or (B, C_out, T_out)
        Returns:
            (H_out, C_out, n_places)
        """
        B, C_out = g.shape[:2]
        g = g.reshape(B, C_out, self.n_rows, g.shape[-1]).transpose(2, 1, 3, 0)  # -> (H_out, C_out, W_out, B)
        return g.reshape(self.n_rows, C_out, self.n_places)

    def batch_first(self, y: np.ndarray) -> np.ndarray:
        """Show a result in the order that the rest of the library expects; nothing is copied.

        Args:
            y: (H_out, C_out, n_places)
        Returns:
            (B, C_out, H_out, W_out) or (B, C_out, T_out)
        """
        B, C_out = self._x_shape[0], y.shape[1]
        y = y.reshape(self.n_rows, C_out, self._counts[-1], B)  # -> (H_out, C_out, W_out, B)
        return y.transpose(3, 1, 0, 2).reshape(B, C_out, *self._counts)

    def send_back(
        self, weights: np.ndarray, g_rows: Iterable[np.ndarray], *, to_x: bool, to_weights: bool
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """Work out the gradients of the images and of the weights, row by row.

        All that belongs to one row is used before the next begins, so that it is still in the fast memory
        beside the processor.

        Args:
            weights: (C_out, n_cells)
            g_rows: the gradient of each row of results, (C_out, n_places)
            to_x: whether the images need a gradient
            to_weights: whether the weights need one
        Returns:
            dx: of the shape of x, or None
            dweights: (C_out, n_cells), all 0 where none is needed
        """
        dtype = np.result_type(self._strips, weights)
        dstrips = np.zeros(self._strips.shape, dtype) if to_x else None
        dcells = np.zeros(weights.shape[::-1], dtype)  # (n_cells, C_out)
        for row, g in enumerate(g_rows):
            if to_weights:
                dcells += self.seen_from(row) @ g.T  # (n_cells, n_places) @ (n_places, C_out)
            if to_x:
                under = dstrips[self._rows_under(row)]  # (kh, C, kw, W_out, B)
                under += (weights.T @ g).reshape(under.shape)  # (n_cells, C_out) @ (C_out, n_places)
        return self._images_from(dstrips) if to_x else None, dcells.T

    def _padded(self, x: np.ndarray) -> np.ndarray:
        """Bring images into the order of this class, with zeros around them."""
        ph, pw = self._padding
        x = x.transpose(2, 1, 3, 0)  # (B, C, H, W) -> (H, C, W, B)
        if not (ph or pw):
            return x
        H, C, W, B = x.shape
        padded = np.zeros((H + 2 * ph, C, W + 2 * pw, B), x.dtype)
        padded[ph : ph + H, :, pw : pw + W] = x
        return padded

    def _rows_under(self, row: int) -> slice:
        """Say which rows of the padded images one row of windows sees."""
        start, step = row * self._stride[0], self._dilation[0]
        return slice(start, start + step * self._kernel[0], step)

    def _images_from(self, dstrips: np.ndarray) -> np.ndarray:
        """Add each strip back to the columns of the images that it was copied from.

        The columns are sorted by their remainder modulo the stride first: those of one strip then lie side by
        side, and are added in long runs.
        """
        H_padded, C, kw, W_out, B = dstrips.shape
        (ph, pw), stride, W = self._padding, self._stride[1], self._x_shape[-1]
        n_steps = -(-(W + 2 * pw) // stride)
        dx = np.zeros((H_padded, C, stride, n_steps, B), dstrips.dtype)
        for j in range(kw):
            start, remainder = divmod(j * self._dilation[1], stride)
            dx[:, :, remainder, start : start + W_out] += dstrips[:, :, j]
        dx = dx.swapaxes(2, 3).reshape(H_padded, C, n_steps * stride, B)  # columns in their places again
        dx = dx[ph : H_padded - ph, :, pw : pw + W]  # -> (H, C, W, B)
        return dx.transpose(3, 1, 0, 2).reshape(self._x_shape)  # -> (B, C, H, W)
