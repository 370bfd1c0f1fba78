"""The front door: makes the Chalice app and hangs the blueprints on it."""

from chalice.app import Chalice

from chalicelib.handlers import (
    cases,
    connect,
    contacts,
    customers,
    interactions,
    merges,
    reference,
    relations,
    stream,
)

app = Chalice(app_name="throughline", configure_logs=False)

for handlers in (contacts, interactions, customers, cases, merges, relations, reference):
    app.register_blueprint(handlers.blueprint, url_prefix="/v1")
for handlers in (connect, stream):
    app.register_blueprint(handlers.blueprint)
