"""Change one thing in the library at a time, and see whether a test notices. Run it with tools/mutants.py."""
