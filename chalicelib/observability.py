"""Logs and metrics. Neither ever carries what a person said or is known by: ids, kinds and counts only."""

import hashlib
import traceback
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

# A logger named like the Chalice app logs every line twice: hence -api.
logger = Logger(service="throughline-api", location=None, log_uncaught_exceptions=False)
metrics = Metrics(namespace="Throughline", service="throughline-api")


def count(name: str, value: int = 1) -> None:
    """Adds to a counter, which `log_done` writes out."""
    metrics.add_metric(name, MetricUnit.Count, value)


def pseudonym(value: str) -> str:
    """A stable stand-in for something that may name a person."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]


def log_crash(error: Exception) -> None:
    """An unforeseen error: its type and where it happened, never its message, which may quote the input."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    logger.error("crash", error=type(error).__name__, where=where)


def log_done(message: str, **fields: Any) -> None:
    """The one line that each request or event leaves, and the metrics of it."""
    logger.info(message, **fields)
    if metrics.metric_set:
        metrics.flush_metrics()
