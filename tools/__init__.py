"""Tools for those who change a lesson: run a notebook, check its form, compare its figures."""
