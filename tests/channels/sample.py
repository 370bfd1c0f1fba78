"""A request of a provider, as a test hands it over."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.models.inbound import RawRequest
from tests.settings import NOW

URL = "https://api.example.com/v1/channels/{channel}/inbound"


def unsigned(_url: str, headers: Mapping[str, str], _body: bytes) -> dict[str, str]:
    return dict(headers)


@dataclass(frozen=True)
class Sample:
    body: bytes
    headers: Mapping[str, str]
    sign: Callable[[str, Mapping[str, str], bytes], dict[str, str]] = unsigned

    @classmethod
    def of_json(cls, content: Any) -> "Sample":
        return cls(json.dumps(content).encode(), {"content-type": "application/json"})

    def request(self, channel: str, *, signed: bool = True, at: datetime = NOW) -> RawRequest:
        url = URL.format(channel=channel)
        headers = self.sign(url, self.headers, self.body) if signed else dict(self.headers)
        return RawRequest("POST", url, headers, self.body, at)
