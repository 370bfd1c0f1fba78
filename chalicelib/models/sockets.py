"""Posting to whoever is connected, by API Gateway."""

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Unavailable
from chalicelib.models.aws import client


def post(url: str, region: str, connection_id: str, frame: str) -> bool:
    """Whether the connection is still there. Raises `Unavailable` where API Gateway does not answer.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
    """
    gateway = client("apigatewaymanagementapi", region, url)
    try:
        gateway.post_to_connection(ConnectionId=connection_id, Data=frame.encode())
    except gateway.exceptions.GoneException:
        return False
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(f"PostToConnection: {type(error).__name__}") from error
    return True
