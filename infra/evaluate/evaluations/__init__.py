"""One module for each evaluation; whatever defines an `EVALUATION` here is found and run."""
