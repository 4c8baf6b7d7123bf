"""How fast the library is, and whether it learns what others published."""
