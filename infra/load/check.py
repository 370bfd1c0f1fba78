"""Whether the record holds what was accepted, all of it, and once."""

import time
from collections import Counter

from infra.load.ledger import Account, Ledger
from infra.load.record import Reader, Record

SETTLE_SECONDS = 15.0
"""What a contact said before it had a customer is carried over off the table's stream: give it time."""


def check(ledger: Ledger, reader: Reader) -> list[str]:
    """What is not as it should be: nothing, one hopes."""
    wrong = [
        f"event {event_id} was given {len(ids)} ids" for event_id, ids in ledger.answers.items() if len(ids) != 1
    ]
    for phone, account in ledger.accounts.items():
        wrong += _settled_faults(phone, account, reader)
    return wrong


def _settled_faults(phone: str, account: Account, reader: Reader) -> list[str]:
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := faults(account, reader.read(phone))) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def faults(account: Account, record: Record) -> list[str]:
    """Where a person's record differs from what was accepted; told by ids and counts."""
    return [
        *_one_customer(account, record),
        *_once("interaction", account.interactions, record.interactions),
        *_once("ended contact", account.ended, record.ended),
        *_once("case", account.cases, record.cases),
        *_once("journey", account.journeys, record.journeys),
        *(f"interaction {one} was never sent" for one in sorted(record.interactions.keys() - account.sent)),
        *_facts(account, record),
        *(
            f"{name} is {says}, and {are} are there"
            for name, (says, are) in record.counters.items()
            if says != are
        ),
    ]


def _one_customer(account: Account, record: Record) -> list[str]:
    told = account.customer_ids or set(record.customer_ids)  # it may be that no answer was heard
    if told == set(record.customer_ids) and len(told) <= 1:
        return []
    return [f"one number has the customers {record.customer_ids}, and calls were told {sorted(told)}"]


def _once(what: str, accepted: set[str], there: Counter[str]) -> list[str]:
    lost = [f"{what} {one} is lost" for one in sorted(accepted - there.keys())]
    return lost + [f"{what} {one} is there {times} times" for one, times in there.items() if times > 1]


def _facts(account: Account, record: Record) -> list[str]:
    return [
        f"{len(missing)} values of {name} are lost for {record.customer_ids}"
        for name, values in account.facts.items()
        if (missing := values - record.facts.get(name, set()))
    ]
