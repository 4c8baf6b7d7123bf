"""The fast tier: what layers run. Each function equals a composition of plain operations: a test proves it.

The plain operations in ``course_lib.autograd.ops`` are there to be understood, these to be quick.
"""
