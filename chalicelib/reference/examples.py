"""What the API document shows as examples, by the name of the model. A test plays the bodies as a story."""

from typing import Any

CORRELATION_ID = "01J9Z3NDEKTSV4RRFFQ69G5FAV"
CONTACT_ID = "7ZZZ9BPSY0Q4S2ZBQCCEJ0KW2M"
CUSTOMER_ID = "01JA1B2C3D4E5F6G7H8J9KMNPQ"
OTHER_CUSTOMER_ID = "01JA1B2C3D4E5F6G7H8J9KMNPR"
CASE_ID = "01JA0000000000000000000000"
OTHER_CASE_ID = "01JA0000000000000000000001"
INTERACTION_ID = "3PM2H6T1W8X9Y0Z1A2B3C4D5E6"

BODIES: dict[str, dict[str, Any]] = {
    "StartContact": {
        "channel": "voice",
        "direction": "inbound",
        "provider": "amazon-connect",
        "provider_contact_id": "4a573372-1f28-4e26-b97b-0f3d7a4e5c21",
        "from": {"type": "phone", "value": "07700 900123"},
        "to": {"type": "phone", "value": "+441632960000"},
        "attributes": {"language": "en-GB"},
        "need": ["account_number", "date_of_birth", "reason"],
    },
    "SaveFacts": {
        "facts": {"account_number": {"value": "12345678", "source": "ivr", "verified": False}},
        "need": ["reason"],
    },
    "ContinueContact": {"to": "voice", "from": {"type": "phone", "value": "07700 900123"}},
    "RedeemCode": {"contact_id": CONTACT_ID},
    "VerifyFacts": {"facts": {"postcode": {"value": "EC1A 1BB"}, "date_of_birth": {"value": "1990-01-31"}}},
    "EndContact": {
        "disposition": "answered",
        "summary": "Told where the parcel is",
        "resolved": True,
        "follow_ups": [{"what": "Ring when it has come", "due_at": "2026-11-27T12:00:00Z", "team": "delivery"}],
        "ask_feedback": True,
        "participants": [{"name": "Ada Lovelace", "role": "customer"}, {"name": "Mina", "role": "agent"}],
    },
    "TransferContact": {
        "to_team": "billing",
        "reason": "Charged twice in October",
        "note": "She has both statements at hand",
        "tried": "Explained the statements; the second charge is ours",
        "promised": "An answer today",
    },
    "GiveFeedback": {"score": 5, "words": "Quick and kind"},
    "LookUp": {"identifiers": [{"type": "phone", "value": "+447700900123"}], "need": ["account_number"]},
    "SendJourneyEvents": {
        "key": "pk_test",
        "channel": "portal",
        "screen": {"id": "tab-1", "device": "phone", "size": "390x844"},
        "consent": {"journeys": True},
        "sent_at": "2026-11-22T08:59:00Z",
        "events": [
            {
                "id": "1",
                "type": "form_error",
                "at": "2026-11-22T08:54:00Z",
                "page": "/account/address",
                "task": "change_address",
                "field": "postcode",
                "error": "is not a postcode",
                "facts": {"postcode": "LS1 4AP"},
            },
            {"id": "2", "type": "give_up", "at": "2026-11-22T08:56:00Z", "task": "change_address"},
        ],
    },
    "CaptureInteraction": {
        "channel": "email",
        "from": {"type": "email", "value": "ada@example.com"},
        "to": {"type": "email", "value": "help@example.org"},
        "occurred_at": "2026-11-22T08:00:00Z",
        "source": "mail",
        "source_event_id": "<4af2@example.com>",
        "kind": "message",
        "subject": "My parcel",
        "body": "Where is my parcel?",
    },
    "NewCustomer": {
        "name": "Ada Lovelace",
        "language": "en-GB",
        "identifiers": [{"type": "account", "value": "A-12", "verified": True}],
        "consent": {"marketing": False},
    },
    "ChangeCustomer": {"name": "Ada King", "consent": {"marketing": True}, "attributes": {"tier": None}},
    "IdentifierBound": {"type": "email", "value": "ada@example.com", "verified": True},
    "AttributeContact": {"new": True, "reason": "Her neighbour rang from her phone"},
    "MergeCustomers": {
        "other_customer_id": OTHER_CUSTOMER_ID,
        "reason": "Same person, new phone",
        "dry_run": True,
    },
    "RelateCustomers": {
        "customer_id": OTHER_CUSTOMER_ID,
        "relation": "speaks_for",
        "may_be_told": ["billing", "cases"],
        "until": "2027-11-22T00:00:00Z",
        "note": "Power of attorney, seen in the shop",
    },
    "ChangeCase": {
        "status": "pending",
        "pending_on": "customer",
        "owner": "agent-7",
        "because": "Asked for a photo of the parcel",
    },
    "JoinCases": {"other_case_id": OTHER_CASE_ID, "reason": "Wrote twice about one parcel"},
    "SplitCase": {
        "subject": "Refund of the first parcel",
        "interaction_ids": [INTERACTION_ID],
        "reason": "About another order",
    },
    "LinkCases": {"other_case_id": OTHER_CASE_ID, "relation": "caused_by"},
    "PutToCase": {"new_subject": "Refund of the first parcel", "reason": "Another order"},
    "OpenCase": {"subject": "Late parcel", "reason": "delivery", "priority": "high", "channel": "email"},
}

MATCH = {"result": "one", "confidence": 0.95, "reasons": [{"identifier": "phone", "verified": True}]}

ANSWERS: dict[str, dict[str, Any]] = {
    "ContactAnswer": {
        "contact_id": CONTACT_ID,
        "customer_id": CUSTOMER_ID,
        "match": MATCH,
        "assurance": 1,
        "candidates": [],
        "known": {
            "account_number": {
                "value": "12345678",
                "source": "portal",
                "collected_at": "2026-11-21T17:30:00Z",
                "verified": True,
                "withheld": False,
            }
        },
        "ask": ["date_of_birth", "reason"],
        "confirm": [],
        "open_cases": [
            {
                "case_id": CASE_ID,
                "number": "40713355",
                "customer_id": CUSTOMER_ID,
                "subject": "Late parcel",
                "status": "open",
                "pending_on": None,
                "priority": "high",
                "owner": None,
                "team": None,
                "due_at": "2026-11-21T10:00:00Z",
                "late": None,
                "last_channel": "portal",
                "opened_at": "2026-11-20T10:00:00Z",
                "updated_at": "2026-11-21T17:30:00Z",
                "closed_at": None,
            }
        ],
        "more_open_cases": 0,
        "case_id": None,
        "case": None,
        "continues": None,
        "continuation": None,
    },
    "ContinuationView": {
        "code": "482913",
        "link": "https://www.example.com/continue#MZXW6YTBOI2DGNBVGY3TQOJQGE",
        "expires_at": "2026-11-22T09:15:00Z",
        "link_expires_at": "2026-11-25T09:00:00Z",
    },
    "Verified": {"assurance": 3, "matched": 2, "of": 2},
    "JourneyEventsTaken": {"accepted": 2, "duplicates": 0, "ignored": 0},
    "Captured": {
        "interaction_id": "3PM2H6T1W8X9Y0Z1A2B3C4D5E6",
        "customer_id": CUSTOMER_ID,
        "contact_id": None,
        "case_id": CASE_ID,
        "case": {"by": "reason", "reason": "the same reason", "may_be": []},
        "match": MATCH,
        "assurance": 1,
    },
    "CustomerView": {
        "customer_id": CUSTOMER_ID,
        "name": "Ada Lovelace",
        "language": "en-GB",
        "identifiers": [
            {
                "type": "account",
                "scope": "",
                "value": "A-12",
                "received": "A-12",
                "verified": True,
                "since": "2026-11-20T09:00:00+00:00",
            }
        ],
        "consent": {"marketing": False},
        "attributes": {},
        "relations": [],
        "version": 3,
        "created_at": "2026-11-20T09:00:00Z",
        "updated_at": "2026-11-21T17:30:00Z",
    },
}
