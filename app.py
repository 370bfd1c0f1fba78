"""The front door: makes the Chalice app and hangs the blueprints on it."""

from chalice.app import Chalice

app = Chalice(app_name="throughline", configure_logs=False)
