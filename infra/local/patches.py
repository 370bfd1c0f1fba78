"""All that we do to private names of MiniStack, for the one version it was read in."""
# ruff: noqa: SLF001 - private names are what this file is about

import json
from collections.abc import Callable
from importlib.metadata import version
from logging import INFO, Logger, getLogger
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Event, Timer
from typing import Any

from ministack import app
from ministack.core import lambda_runtime, persistence
from ministack.services import dynamodb, lambda_svc

from infra.audit_log import is_audit

KNOWN_VERSION = "1.5.33"
LOG_BYTES = 10_000_000
STREAM_SECONDS = 0.1
"""After a write. AWS looks into a stream four times a second, MiniStack at once, in the way of whoever waits."""
# What a restart needs. The rest is either derived or history that only grows (logs, metrics).
KEPT = (
    *("apigateway", "apigateway_v1", "cloudformation", "dynamodb", "eventbridge", "iam", "kms"),
    *("lambda", "s3", "sns", "sqs", "sts"),
)

State = dict[str, Any]

_all_sources = app._build_persistence_save_dict


def apply(logs: Path) -> None:
    """Makes MiniStack answer at once, stream a little later, log to files, and keep what we need kept."""
    if version("ministack") != KNOWN_VERSION:
        raise SystemExit(f"infra/local/patches.py was written for MiniStack {KNOWN_VERSION}: read it again")
    _answer_at_once()
    dynamodb.esm_wake = _Later(dynamodb.esm_wake)
    _keep_function_logs(logs)
    app._build_persistence_save_dict = sources


def sources() -> dict[str, Callable[[], State]]:
    """For each kept service that has been used, the function that gives its state."""
    replaced = {"dynamodb": _table_state, "lambda": _function_state}
    return {name: replaced.get(name, get_state) for name, get_state in _all_sources().items() if name in KEPT}


def file_content(name: str, state: State) -> str:
    """The content of a service's state file, as MiniStack reads it at its start."""
    wrapped = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
    return json.dumps(wrapped, default=persistence._json_default)


def _answer_at_once() -> None:
    """MiniStack waits 50 ms after each call for log lines to show in its answer; nobody asks for them."""
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (0.001, 0.001, 0.25)


class _Later:
    """Stands in for the event that a table sets when its stream has something, and sets it a little later."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._is_due = False

    def set(self) -> None:
        if not self._is_due:
            self._is_due = True
            Timer(STREAM_SECONDS, self._set).start()

    def _set(self) -> None:
        self._is_due = False
        self._event.set()


def _keep_function_logs(folder: Path) -> None:
    """What functions print goes into files, audit events into one of their own, as on AWS (docs/adr/0008)."""
    functions, audit = _log_file(folder, "functions"), _log_file(folder, "audit")

    def read_stderr(worker: Any) -> None:
        for line in worker._proc.stderr:
            printed = line.rstrip("\n")
            if is_audit(printed):
                audit.info("%s", printed)
            else:
                functions.info("%s %s", worker.func_name, printed)
            worker._stderr_queue.put(printed)

    lambda_runtime.Worker._read_stderr = read_stderr


def _log_file(folder: Path, name: str) -> Logger:
    log = getLogger(name)
    log.setLevel(INFO)
    log.propagate = False  # not into the emulator's own log as well
    log.addHandler(RotatingFileHandler(folder / f"{name}.log", maxBytes=LOG_BYTES, backupCount=1))
    return log


class _Uncopied:
    """Stands in for the module `copy` while a state that is written out at once is collected."""

    @staticmethod
    def deepcopy(value: object) -> object:
        return value


def _table_state() -> State:
    """DynamoDB's state itself, not a copy: copying 10,000 items takes a second, in which nobody is served."""
    copying, dynamodb.copy = dynamodb.copy, _Uncopied
    try:
        state: State = dynamodb.get_state()
    finally:
        dynamodb.copy = copying
    return state


def _function_state() -> State:
    """Without the places in the streams: the streams start empty, and a place past their end skips records."""
    state: State = lambda_svc.get_state()
    return {**state, "dynamodb_stream_positions": {}}
