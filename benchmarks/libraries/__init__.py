"""One file a library, in which ``step_of(workload)`` returns a function that takes one training step."""
