"""Whether tests would notice a mistake: `python -m infra.mutation [module,module]`, or `make check-mutation`.

mutmut makes one small mistake at a time, in a copy, and runs against it the tests that come past it. This
fails where a mistake goes unnoticed, unless there is a reason why nobody could notice it. What is mutated,
by which tests it is told, and those reasons stand in `reasons.toml`.
"""
