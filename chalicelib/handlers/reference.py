"""The API's own description: for programs and for people. Open to all: it holds nothing but what is declared."""

from chalice.app import Blueprint

from chalicelib.models.views.reference import ApiDocument
from chalicelib.rules.access import PUBLIC
from chalicelib.runtime import Answer, Call, Html, endpoint

blueprint = Blueprint(__name__)

NOTHING_FROM_ELSEWHERE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@endpoint(blueprint, "GET", "/openapi.json", PUBLIC, answers={200: ApiDocument})
def get_openapi(_call: Call) -> Answer:
    """The API as an OpenAPI 3.1 document."""
    from chalicelib.reference.openapi import document

    return Answer(document())


@endpoint(blueprint, "GET", "/docs", PUBLIC, answers={200: Html})
def get_docs(_call: Call) -> Answer:
    """The API as a page to read."""
    from chalicelib.reference.pages import html

    return Answer(Html(html()), headers=NOTHING_FROM_ELSEWHERE)
