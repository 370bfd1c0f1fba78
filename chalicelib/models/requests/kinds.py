"""The words that requests may use: on which channel, by what somebody is known, which way it went."""

from enum import StrEnum
from typing import Literal


class Channel(StrEnum):
    VOICE = "voice"
    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    LINE = "line"
    X = "x"
    PORTAL = "portal"
    MOBILE = "mobile"
    KNOWLEDGE_BASE = "knowledge_base"
    VIDEO = "video"
    OTHER = "other"


class IdentifierType(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    CRM = "crm"
    VISITOR = "visitor"
    DEVICE = "device"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    LINE = "line"
    X = "x"
    OTHER = "other"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


Relation = Literal["household", "member_of", "has_member", "speaks_for", "spoken_for_by"]
Phase = Literal["queued", "ringing", "connected", "on_hold", "transferred", "missed", "abandoned", "ended"]
Delivery = Literal["queued", "sending", "sent", "delivered", "read", "undelivered", "failed"]
Priority = Literal["low", "normal", "high", "urgent"]
