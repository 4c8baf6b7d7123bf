"""Layers: the parameters of a network and how they are wired."""
