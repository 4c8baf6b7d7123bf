"""The library of the course: neural networks in NumPy, written to be read."""
