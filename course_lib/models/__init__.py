"""Models: whole networks, each with one configuration and its wiring."""
