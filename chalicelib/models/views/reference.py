"""What goes out of the API about itself."""

from typing import Any

from pydantic import ConfigDict

from chalicelib.models.views.base import View


class ApiDocument(View):
    """This API as an OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]

    model_config = ConfigDict(extra="allow")
