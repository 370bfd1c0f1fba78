"""A contact centre's hour against the running local stack: `python -m infra.load`, which make load calls.

Traffic goes to 127.0.0.1 only, for a bounded time, from a bounded number of people at once. Read it as:
`people` (who calls) -> `centre` (what they do) -> `hour` (how many of them, when) -> `ledger` (what the API
accepted) -> `record` and `check` (is all of that there, once) -> `report`.
"""
