"""The API document: valid, whole, and what the code does. Every other test's calls are held against it too."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.cors import is_for_browsers
from chalicelib.reference import openapi, pages
from chalicelib.reference.examples import ANSWERS, BODIES
from chalicelib.rules.access import PUBLIC
from chalicelib.runtime import ENDPOINTS
from infra.gateway_responses import PROBLEMS
from infra.reference import COMMAND, PAGE, page
from tests.conftest import Api
from tests.document import Exchange, document, hold, operations, references
from tests.factories import a_contact

ROOT = Path(__file__).parents[2]


def test_it_is_openapi_3_1_and_closed_in_itself() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []
    components = document()["components"]
    named = {f"#/components/{kind}/{name}" for kind, all_ in components.items() for name in all_}
    used = set(references(document()))
    assert used <= named
    # and holds nothing that is not used
    unused = named - used - {f"#/components/securitySchemes/{name}" for name in ("bearer", "apiKey")}
    assert unused == set()


def test_it_has_every_route_and_no_other() -> None:
    import app

    routed = {f"{method} {path}" for path, methods in app.app.routes.items() for method in methods}
    webhooks = {f"{method} /v1/channels/{{channel}}/inbound" for method in ("GET", "POST")}
    # a browser asks before it sends, which is no operation of the API's
    asked = {f"OPTIONS /v1{endpoint.path}" for endpoint in ENDPOINTS if is_for_browsers(endpoint.action)}
    assert {name.replace(" ", " /v1", 1) for name in operations()} | webhooks | asked == routed


def test_its_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert document()["info"]["version"] == project["version"]


def test_it_says_who_may() -> None:
    for endpoint in ENDPOINTS:
        operation = operations()[f"{endpoint.method} {endpoint.path}"]
        assert ("x-roles" in operation) == (endpoint.action != PUBLIC)
        assert (operation.get("security") == []) == (endpoint.action == PUBLIC)
    assert operations()["POST /interactions"]["x-roles"] == {
        **dict.fromkeys(("ivr", "portal"), "all"),
        "visitor": "own",
        **dict.fromkeys(("agent", "support"), "all"),
        "marketing": "campaigns",
        **dict.fromkeys(("social", "admin"), "all"),
    }


def test_it_tells_what_the_gateway_may_answer_by_itself() -> None:
    unrouted = {"MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND", "UNSUPPORTED_MEDIA_TYPE"}
    without_authorizer = {400, 401, 403, 413, 500}  # said of the routes where they can occur
    told = {status: (code, title) for kind, (status, code, title) in PROBLEMS.items() if kind not in unrouted}
    assert {status: said for status, said in told.items() if status not in without_authorizer} == openapi.GATEWAY


def test_a_body_has_an_example_that_is_accepted(ivr: Api, agent: Api) -> None:
    # Given the document's examples, played in the order of a call
    customer = agent.post("/customers", BODIES["NewCustomer"])
    own = f"/customers/{customer.json['customer_id']}"
    changed = agent.patch(own, BODIES["ChangeCustomer"], **{"If-Match": customer.headers["ETag"]})
    bound = agent.post(f"{own}/identifiers", BODIES["IdentifierBound"])
    opened = agent.post(f"{own}/cases", BODIES["OpenCase"])
    case = f"/cases/{opened.json['case_id']}"
    waits = agent.patch(case, BODIES["ChangeCase"], **{"If-Match": opened.headers["ETag"]})
    captured = ivr.post("/interactions", BODIES["CaptureInteraction"])
    told = ivr.as_("visitor").post("/journeys/events", BODIES["SendJourneyEvents"])
    looked_up = ivr.post("/lookup", BODIES["LookUp"])
    started = ivr.post("/contacts", BODIES["StartContact"])
    contact = f"/contacts/{started.json['contact_id']}"
    saved = ivr.patch(f"{contact}/facts", BODIES["SaveFacts"])
    verified = ivr.post(f"{contact}/verify", BODIES["VerifyFacts"])
    handed_on = ivr.post(f"{contact}/transfer", BODIES["TransferContact"])
    ended = ivr.post(f"{contact}/end", BODIES["EndContact"])
    fed_back = ivr.post(f"{contact}/feedback", BODIES["GiveFeedback"])
    placed = agent.post(f"{contact}/case", BODIES["PutToCase"])
    other = {"other_case_id": placed.json["case_id"]}
    linked = agent.post(f"{case}/links", BODIES["LinkCases"] | other)
    asked = {"interaction_ids": [captured.json["interaction_id"]]}
    parted = agent.post(f"/cases/{captured.json['case_id']}/split", BODIES["SplitCase"] | asked)
    again = {"other_case_id": parted.json["case_id"]}
    joined = agent.post(f"/cases/{captured.json['case_id']}/join", BODIES["JoinCases"] | again)
    # Then each is accepted
    made = (customer, bound, opened, captured, started, parted, handed_on, fed_back)
    assert [reply.status for reply in made] == [201] * len(made)
    done = (changed, waits, looked_up, saved, verified, ended, placed, linked, joined)
    assert [reply.status for reply in done] == [200] * len(done)
    assert (told.status, told.json) == (202, ANSWERS["JourneyEventsTaken"])
    # and there is one for every body
    assert {endpoint.body.__name__ for endpoint in ENDPOINTS if endpoint.body} == BODIES.keys()


def test_the_examples_of_answers_and_problems_are_such_answers() -> None:
    shown: set[str] = set()
    for name, operation in operations().items():
        method, _, path = name.partition(" ")
        for status, response in operation["responses"].items():
            if "$ref" in response:
                response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]  # noqa: PLW2901
            ((media, content),) = response["content"].items()
            if "example" not in content or (status[0] == "2" and operation.get("requestBody")):
                continue
            shown.add(status)
            headers = {"Content-Type": media} | dict.fromkeys(response["headers"], "1")
            hold(Exchange(method, path, None, int(status), headers, content["example"]))
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "422", "428", "429", "500", "503"} <= shown
    assert ANSWERS.keys() <= document()["components"]["schemas"].keys()


@pytest.mark.parametrize("credentials", ["", "wrong"])
def test_anybody_may_read_it(ivr: Api, credentials: str) -> None:
    reply = ivr.get("/openapi.json", **{"X-API-Key": credentials})
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.json == document()


def test_anybody_may_read_the_page(ivr: Api) -> None:
    reply = ivr.get("/docs", **{"X-API-Key": ""})
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    # It needs no script and nothing from elsewhere, and all of its links lead somewhere
    assert not re.search(r"<script|<link|src=|https?://|@import|url\(", reply.json)
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
    anchors, links = (set(re.findall(found, reply.json)) for found in (r'id="([^"]+)"', r'href="#([^"]+)"'))
    assert links <= anchors
    for name in operations():
        method, _, path = name.partition(" ")
        assert f">{method} /v1{path}</h3>" in reply.json


def test_the_page_shows_text_as_text() -> None:
    whole = "".join(pages.as_html(block) for block in (pages.Paragraph("<b> & `<i>`"), pages.Code("<script>")))
    assert whole == "<p>&lt;b&gt; &amp; <code>&lt;i&gt;</code></p><pre>&lt;script&gt;</pre>"


def test_the_reference_page_is_the_codes() -> None:
    current = (ROOT / PAGE).read_text() == page()
    assert current, f"{PAGE} is not what the code declares any more: run `{COMMAND}`"


def test_what_the_document_does_not_know_is_found(ivr: Api) -> None:
    begun = ivr.post("/contacts", a_contact())
    without_location = {name: value for name, value in begun.headers.items() if name != "Location"}
    good = Exchange("POST", "/contacts", a_contact(), 201, begun.headers, begun.json)
    hold(good)
    for odd, said in (
        ({"path": "/nowhere"}, "is not in the document"),
        ({"sent": a_contact(channel="pigeon")}, "takes"),
        ({"status": 202}, "answers 202, which is not documented"),
        ({"headers": begun.headers | {"ETag": '"1"'}}, "which is not documented"),
        ({"headers": without_location}, "has no Location"),
        ({"headers": begun.headers | {"Content-Type": "text/html"}}, "text/html"),
        ({"answered": begun.json | {"secret": 1}}, "secret"),
        ({"answered": begun.json | {"assurance": 4}}, "assurance"),
    ):
        with pytest.raises(AssertionError, match=said):
            hold(replace(good, **odd))
