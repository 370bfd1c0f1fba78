"""Providers' webhooks: one route for every channel. Whoever calls is known by the provider's signature."""

from http import HTTPStatus
from time import perf_counter
from urllib.parse import urlencode

from chalice.app import Blueprint, Request, Response

from chalicelib.errors import TooLarge, Unavailable
from chalicelib.models.connection import deadline
from chalicelib.models.inbound import RawRequest
from chalicelib.observability import count, log_done, logger
from chalicelib.runtime import (
    CORRELATION_HEADER,
    Answer,
    correlation_id_from,
    failure,
    get_deps,
    respond,
)
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import inbox

blueprint = Blueprint(__name__)

BUDGET_SECONDS = 10.0
MOST_BYTES = 1024 * 1024
"""Of a body: API Gateway takes ten times as much, no provider sends a tenth."""


@blueprint.route("/channels/{channel}/inbound", methods=["GET", "POST"], content_types=["*/*"])
def receive_inbound(channel: str) -> Response:
    """Takes in what a provider sends: verified, kept and queued before it is answered."""
    request = blueprint.current_request
    deps = get_deps()
    began = perf_counter()
    correlation_id = correlation_id_from(request.headers.get(CORRELATION_HEADER), deps)
    logger.set_correlation_id(correlation_id)
    trouble: str | None = None
    try:
        with deadline(BUDGET_SECONDS):
            reply = inbox.receive(deps, channel, _raw(deps, request))
        answer = Answer(reply.body, headers={"Content-Type": reply.content_type, **reply.headers})
    except Exception as error:  # noqa: BLE001 - the provider gets a clear answer and sends it again
        # which call, and what AWS said of it: nothing of what was sent
        trouble = str(error) if isinstance(error, Unavailable) else None
        answer = failure(error, correlation_id)
    ok = answer.status < HTTPStatus.BAD_REQUEST
    count("ChannelRequests" if ok else "ChannelRefusals")
    elapsed = round((perf_counter() - began) * 1000, 1)
    log_done(
        "channels/inbound", channel=channel if ok else None, status=answer.status, trouble=trouble, ms=elapsed
    )
    return respond(answer, correlation_id)


def _raw(deps: Deps, request: Request) -> RawRequest:
    body = request.raw_body
    body = body.encode() if isinstance(body, str) else body or b""
    if len(body) > MOST_BYTES:
        raise TooLarge.at("body", f"has at most {MOST_BYTES} bytes")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return RawRequest(request.method, _public_url(deps, request, headers), headers, body, deps.now())


def _public_url(deps: Deps, request: Request, headers: dict[str, str]) -> str:
    """The URL that the provider called: it is part of what some of them sign."""
    given = request.query_params
    pairs = [(name, value) for name in given for value in given.getlist(name)] if given else []
    query = f"?{urlencode(pairs)}" if pairs else ""
    path = request.context.get("path", "")
    if deps.settings.public_url:
        return f"{deps.settings.public_url}{path[path.find('/v1/') :]}{query}"
    first, _, _ = headers.get("x-forwarded-proto", "https").partition(",")  # of several proxies: the caller's
    scheme = first.strip()
    return f"{scheme}://{headers.get('host', '')}{path}{query}"
