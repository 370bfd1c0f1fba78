"""A signed request to AWS: a connection that is kept, a signature, a send.

For what is asked on every message: the hooks, shapes and endpoint rules of an SDK's client take longer than all of
that, and so does opening one (docs/adr/0020).
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

import socket
from functools import cache

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import URLLib3Session

from chalicelib.models import aws

TIMEOUTS = (1.0, 3.0)
"""Seconds, to connect and to be answered."""


def post(service: str, region: str, url: str, body: bytes) -> int:
    """Posts to a service of AWS, once, and gives the status. Raises `BotoCoreError` where there is no answer."""
    request = AWSRequest("POST", url, data=body)
    credentials = aws.session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    SigV4Auth(credentials.get_frozen_credentials(), service, region).add_auth(request)
    status: int = _http().send(request.prepare()).status_code
    return status


@cache
def _http() -> URLLib3Session:
    trusted = aws.session().get_config_variable("ca_bundle") or True
    # Without it the second half of a request waits for the peer to acknowledge the first, which takes its time.
    at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    return URLLib3Session(verify=trusted, timeout=TIMEOUTS, socket_options=at_once)
