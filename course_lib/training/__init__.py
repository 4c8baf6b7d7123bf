"""Training owns time: how a model is trained, watched and measured."""
