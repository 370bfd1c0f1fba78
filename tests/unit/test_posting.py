"""Posting to whoever is connected: what goes over the wire is what an SDK's client sends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from chalicelib.errors import Unavailable
from chalicelib.models import aws
from chalicelib.models.sockets import post
from chalicelib.services.deps import Deps
from tests.settings import SETTINGS

CONNECTION = "L0SM9cOFIAMCIdw="


@dataclass
class ApiGateway:
    """Takes what is posted, and answers with the status that it is told."""

    status: int = 200
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""

    def serve(self) -> ThreadingHTTPServer:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # a connection is kept

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.taken.append((self.path, self.headers["Authorization"], body))
                self.send_response(gateway.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_what: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}/api"
        return server


@pytest.fixture
def gateway() -> Iterator[ApiGateway]:
    gateway = ApiGateway()
    server = gateway.serve()
    Thread(target=server.serve_forever, daemon=True).start()
    yield gateway
    server.shutdown()
    server.server_close()


def test_a_frame_is_posted_as_an_sdk_posts_it(gateway: ApiGateway) -> None:
    # Given what AWS's own client sends, when a frame is posted
    client = aws.client("apigatewaymanagementapi", SETTINGS.region, gateway.url)
    client.post_to_connection(ConnectionId=CONNECTION, Data="ü".encode())
    assert post(gateway.url, SETTINGS.region, CONNECTION, "ü")
    # Then it goes to the same place, is signed for the same, and is what was said
    (path, signed, body), (our_path, our_signed, our_body) = gateway.taken
    assert (our_path, our_body) == (path, body) == ("/api/@connections/L0SM9cOFIAMCIdw%3D", "ü".encode())
    assert scope(our_signed) == scope(signed)
    assert scope(signed).endswith(f"/{SETTINGS.region}/execute-api/aws4_request")


def test_so_do_services_that_are_handed_nothing_else(gateway: ApiGateway) -> None:
    deps = Deps(SETTINGS)
    for gateway.status, there in ((200, True), (410, False)):
        assert deps.post(gateway.url, SETTINGS.region, CONNECTION, "ü") is there
        (path, signed, body) = gateway.taken.pop()
        assert (path, body) == ("/api/@connections/L0SM9cOFIAMCIdw%3D", "ü".encode())
        assert scope(signed).endswith(f"/{SETTINGS.region}/execute-api/aws4_request")


def scope(authorization: str) -> str:
    """Whose signature it is, and for which day, region and service."""
    algorithm, credential, *_rest = authorization.split(" ")
    assert algorithm == "AWS4-HMAC-SHA256"
    return credential.rstrip(",")


def test_who_is_gone_is_told_from_who_cannot_be_reached(gateway: ApiGateway) -> None:
    gateway.status = 410
    assert not post(gateway.url, SETTINGS.region, CONNECTION, "hello")
    for gateway.status in (403, 429, 500):
        with pytest.raises(Unavailable, match=f"PostToConnection: {gateway.status}"):
            post(gateway.url, SETTINGS.region, CONNECTION, "hello")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        post("http://127.0.0.1:1/api", SETTINGS.region, CONNECTION, "hello")
