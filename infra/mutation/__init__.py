"""Whether tests would notice a mistake: `python -m infra.mutation [module,module]`, or `make check-mutation`.

mutmut makes one small mistake at a time, in a copy, and runs against it the tests that come past it: in a fork
of one session of pytest, and what lately noticed a mistake first. This fails where a mistake goes unnoticed,
unless there is a reason why nobody could notice it. Those reasons, and what is checked where no module is
given, stand in `reasons.toml`.
"""
