"""The API document as a page to read: one layout, written as HTML or as Markdown.

Text in between is plain, but for `code` and [links](#to-a-heading).
"""

import html as markup
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from chalicelib.reference.openapi import Json, document
from chalicelib.reference.shapes import fields_of, limits_of, name_in, type_of

OPERATIONS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Heading:
    level: int
    text: str

    @property
    def anchor(self) -> str:
        """As code hosts make it of a heading in Markdown."""
        return re.sub(r"[^\w -]", "", self.text.lower()).replace(" ", "-")


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


Block = Heading | Paragraph | Code | Table


def layout(doc: Json) -> Iterator[Block]:
    """The page, block by block, in the order of reading."""
    yield Heading(1, f"{doc['info']['title']} API {doc['info']['version']}")
    yield from _paragraphs(doc["info"]["description"])
    operations = list(_operations(doc))
    for tag in doc["tags"]:
        own = [one for one in operations if tag["name"] in one[2]["tags"]]
        yield Heading(2, tag["name"].capitalize())
        yield from _paragraphs(tag["description"])
        for method, path, operation, parameters in own:
            yield Heading(3, f"{method.upper()} /v1{path}")
            yield from _operation(operation, parameters)
    yield Heading(2, "Problems")
    yield Paragraph("Each is a [Problem](#problem), by its status:")
    yield Table(("status", "code: title"), list(_problems(doc)))
    yield Heading(2, "Shapes")
    for name, schema in doc["components"]["schemas"].items():
        yield Heading(3, name)
        yield from _shape(schema)


def _operations(doc: Json) -> Iterator[tuple[str, str, Json, list[Json]]]:
    for path, item in doc["paths"].items():
        for method in OPERATIONS:
            if method in item:
                own = [_resolved(doc, one) for one in item[method]["parameters"]]
                yield method, path, item[method], [*item.get("parameters", ()), *own]


def _operation(operation: Json, parameters: list[Json]) -> Iterator[Block]:
    yield Paragraph(operation["summary"] + ".")
    yield from _paragraphs(operation.get("description", ""))
    yield Paragraph(_roles(operation))
    yield Table(("parameter", "in", "type", "needed", ""), [_parameter(one) for one in parameters])
    if body := operation.get("requestBody"):
        content = body["content"]["application/json"]
        yield Paragraph(f"Send {type_of(content['schema'])}, for example:")
        yield Code(json.dumps(content["example"], indent=2, ensure_ascii=False))
    done = {status: one for status, one in operation["responses"].items() if "$ref" not in one}
    yield Table(("status", "answer", "headers"), [_answer(*one) for one in done.items()])
    yield Paragraph(f"[Problems](#problems): {', '.join(sorted(operation['responses'].keys() - done.keys()))}.")


def _roles(operation: Json) -> str:
    if "x-roles" not in operation:
        return "Open to all, without a token."
    said = (role if scope == "all" else f"{role} ({scope})" for role, scope in operation["x-roles"].items())
    return "Roles: " + ", ".join(said) + "."


def _parameter(one: Json) -> tuple[str, ...]:
    needed = "yes" if one.get("required") else ""
    notes = [limits_of(one["schema"]), one.get("description", "")]
    return (f"`{one['name']}`", one["in"], type_of(one["schema"]), needed, "; ".join(filter(None, notes)))


def _answer(status: str, response: Json) -> tuple[str, ...]:
    ((media, content),) = response["content"].items()
    shape = type_of(content["schema"]) if "json" in media else f"`{media}`"
    own = [f"`{name}`" for name in response["headers"] if name != "X-Correlation-Id"]
    return (status, f"{response['description']}: {shape}", ", ".join(own))


def _problems(doc: Json) -> Iterator[tuple[str, str]]:
    for name, response in doc["components"]["responses"].items():
        yield (name.removeprefix("Problem"), response["description"])


def _shape(schema: Json) -> Iterator[Block]:
    yield from _paragraphs(schema.get("description", ""))
    if "properties" in schema:
        yield Table(("field", "type", "needed", ""), list(fields_of(schema)))
    else:
        yield Paragraph(type_of(schema))


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for paragraph in filter(None, text.split("\n\n")):
        yield Paragraph(" ".join(paragraph.split()))


def _resolved(doc: Json, node: Json) -> Json:
    if "$ref" not in node:
        return node
    kind = node["$ref"].split("/")[2]
    found: Json = doc["components"][kind][name_in(node["$ref"])]
    return found


def markdown(doc: Json) -> str:
    """The page in Markdown."""
    return "\n\n".join(_as_markdown(block) for block in layout(doc)) + "\n"


def _as_markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return text
        case Code(text):
            return f"```json\n{text}\n```"
        case Table(header, rows):
            lines = [header, tuple("---" for _ in header), *rows]
            return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:3rem;border-bottom:1px solid}h3{margin-top:2.5rem}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
th,td{border:1px solid #8886;padding:.25rem .6rem;text-align:left;vertical-align:top}
pre,code{font:.9em ui-monospace,monospace;background:#8882}pre{padding:.75rem;overflow-x:auto}
nav{columns:18rem}nav a{display:block}
"""


@cache
def html() -> str:
    """The page of this process's API, whole: it needs no script and nothing from elsewhere."""
    blocks = list(layout(document()))
    title = next(block.text for block in blocks if isinstance(block, Heading))
    contents = "".join(
        f'<a href="#{block.anchor}">{_inline(block.text)}</a>'
        for block in blocks
        if isinstance(block, Heading) and "/v1" in block.text
    )
    first, *rest = (as_html(block) for block in blocks)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{markup.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>{first}<nav>{contents}</nav>{''.join(rest)}</body></html>"
    )


def as_html(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f'<h{level} id="{block.anchor}">{_inline(text)}</h{level}>'
        case Paragraph(text):
            return f"<p>{_inline(text)}</p>"
        case Code(text):
            return f"<pre>{markup.escape(text)}</pre>"
        case Table(header, rows):
            body = "".join(_row("td", row) for row in rows)
            return f"<table><thead>{_row('th', header)}</thead><tbody>{body}</tbody></table>"


def _row(kind: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{_inline(cell)}</{kind}>" for cell in cells) + "</tr>"


def _inline(text: str) -> str:
    escaped = markup.escape(text, quote=False)
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
    return re.sub(r"\[([^]]+)]\((#[\w-]+)\)", r'<a href="\2">\1</a>', coded)
