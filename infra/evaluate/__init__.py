"""What the product decides on real inputs: `python -m infra.evaluate`. How to read it: docs/evaluation.md."""
