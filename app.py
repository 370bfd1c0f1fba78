"""The front door: makes the Chalice app and hangs the blueprints on it."""

from chalice.app import Chalice

from chalicelib.handlers import (
    aws_events,
    case_joins,
    case_places,
    cases,
    channels,
    connect,
    contacts,
    continuations,
    customers,
    inbox,
    interactions,
    journeys,
    merges,
    reference,
    relations,
    reports,
    schedule,
    socket,
    stream,
    transfers,
    wrap_up,
)

app = Chalice(app_name="throughline", configure_logs=False)
app.experimental_feature_flags.add("WEBSOCKETS")

API = (
    contacts,
    transfers,
    wrap_up,
    continuations,
    interactions,
    journeys,
    customers,
    cases,
    case_places,
    case_joins,
    merges,
    relations,
    reports,
    reference,
    channels,
)
for handlers in API:
    app.register_blueprint(handlers.blueprint, url_prefix="/v1")
for handlers in (connect, stream, inbox, aws_events, schedule, socket):
    app.register_blueprint(handlers.blueprint)
