"""What the fuzzer begins from, and a little that is broken, without it: it installs on few machines."""

import pytest

from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_raises_nothing(name: str) -> None:
    target = TARGETS[name]
    assert target.seeds
    for seed in (*target.seeds, b"", b"\xff\x00", b"[" * 5_000):
        target.read(seed)
        target.read(seed[: len(seed) // 2])
