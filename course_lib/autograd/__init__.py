"""Arrays that differentiate themselves: record each operation, then walk back from the loss."""

from course_lib.autograd import ops
from course_lib.autograd.gradcheck import gradcheck
from course_lib.autograd.recording import is_recording, no_grad
from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["Tensor", "as_tensor", "gradcheck", "is_recording", "no_grad", "ops"]
