"""The whole system on one machine: `python -m infra.local run`. How it works: docs/local-stack.md."""
