"""What goes out where something went wrong."""

from pydantic import ConfigDict, Field

from chalicelib.models.views.base import View


class FieldProblem(View):
    """One thing wrong with the input: a dotted path to the field, and what to do about it."""

    field: str
    message: str


class Problem(View):
    """What went wrong (RFC 9457). `code` is stable for programs, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    correlation_id: str
    errors: list[FieldProblem] | None = Field(default=None, description="Only for bad input.")

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)
