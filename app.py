"""The front door: makes the Chalice app and hangs the blueprints on it."""

from chalice.app import Chalice

from chalicelib.handlers import (
    aws_events,
    cases,
    channels,
    connect,
    contacts,
    continuations,
    customers,
    inbox,
    interactions,
    merges,
    reference,
    relations,
    schedule,
    socket,
    stream,
)

app = Chalice(app_name="throughline", configure_logs=False)
app.experimental_feature_flags.add("WEBSOCKETS")

for handlers in (contacts, continuations, interactions, customers, cases, merges, relations, reference, channels):
    app.register_blueprint(handlers.blueprint, url_prefix="/v1")
for handlers in (connect, stream, inbox, aws_events, schedule, socket):
    app.register_blueprint(handlers.blueprint)
