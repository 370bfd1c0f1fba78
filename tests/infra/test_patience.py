"""Who is told to come again does, and what is said in the end is what counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from infra.patience import ComingAgain


@contextmanager
def answering(*statuses: int) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers with these one after the other, and what it was sent."""
    left, sent = list(statuses), []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(left.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is to be seen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("statuses", "told"), [((201,), 201), ((503, 201), 201), ((503, 429), 429), ((503, 503, 503), 503)]
)
def test_what_is_answered_with_503_is_sent_again(statuses: tuple[int, ...], told: int) -> None:
    patient = ComingAgain(tries=3, longest_pause=0)
    with answering(*statuses) as (url, sent), httpx.Client(transport=patient) as client:
        assert client.post(url, content=b"the same").status_code == told
    assert sent == [b"the same"] * len(statuses)
