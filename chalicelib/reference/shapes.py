"""JSON Schema in words: what a field is, for somebody who reads it."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "to {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "minProperties": "at least {}",
    "maxProperties": "at most {}",
    "pattern": "`{}`",
}


def name_in(reference: str) -> str:
    """The last part of a `$ref`."""
    return reference.rpartition("/")[2]


def type_of(schema: Json) -> str:
    """`list of [CaseView](#caseview)`, `string or null`, `map of …`."""
    if "$ref" in schema:
        name = name_in(schema["$ref"])
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(type_of(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema['items'])}"
    if "additionalProperties" in schema and "properties" not in schema:
        return _map(schema["additionalProperties"])
    return str(schema.get("format") or schema.get("type") or "anything")


def _map(values: Any) -> str:
    return f"map to {type_of(values)}" if isinstance(values, dict) else "object"


def limits_of(schema: Json) -> str:
    """What else is asked of a value, and what it is if it is left out."""
    kinds = [schema, *schema.get("anyOf", ())]
    said = [words.format(kind[limit]) for kind in kinds for limit, words in LIMITS.items() if limit in kind]
    if schema.get("default") is not None and schema["default"] not in ("", [], {}):
        said.append(f"`{schema['default']}` if left out")
    return ", ".join(said)


def fields_of(schema: Json) -> Iterator[tuple[str, str, str, str]]:
    """Name, type, whether it is needed (or always there), and what else there is to say."""
    for name, field in schema["properties"].items():
        needed = "yes" if name in schema.get("required", ()) else ""
        notes = [limits_of(field), field.get("description", "")]
        yield (f"`{name}`", type_of(field), needed, "; ".join(filter(None, notes)))
