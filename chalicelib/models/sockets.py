"""Posting to whoever is connected, by API Gateway."""

from urllib.parse import quote

from botocore.exceptions import BotoCoreError

from chalicelib.errors import Unavailable
from chalicelib.models import signed

DELIVERED, GONE = 200, 410


def post(url: str, region: str, connection_id: str, frame: str) -> bool:
    """Whether the connection is still there. Raises `Unavailable` where API Gateway does not answer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
    """
    place = f"{url}/@connections/{quote(connection_id, safe='')}"
    try:
        status = signed.post("execute-api", region, place, frame.encode())
    except BotoCoreError as error:
        raise Unavailable(f"PostToConnection: {type(error).__name__}") from error
    if status not in (DELIVERED, GONE):
        raise Unavailable(f"PostToConnection: {status}")
    return status == DELIVERED
