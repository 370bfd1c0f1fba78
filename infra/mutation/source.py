"""A module as mutmut is to have it."""

import ast
import re

# mutmut leaves decorated functions as they are: in the copy these decorate by themselves, after the function.
DECORATORS = frozenset({"settled", "property"})
# Two words in a row are said to a reader: how a thing is put is no behaviour.
WORDS = re.compile(r"\w,? \w")


def changeable(source: str) -> str:
    """The same module, as mutmut is to have it: every function open to it, and nothing that is only worded."""
    return unworded(undecorated(source))


def undecorated(source: str) -> str:
    """The same module, with `DECORATORS` called after the functions that they decorate."""
    lines = source.splitlines()
    found = [
        node
        for node in _functions(source)
        if [one.id for one in node.decorator_list if isinstance(one, ast.Name) and one.id in DECORATORS]
    ]
    for node in sorted(found, key=lambda node: -node.lineno):
        (decorator,) = node.decorator_list
        name = ast.unparse(decorator)
        lines.insert(node.end_lineno or 0, f"{' ' * node.col_offset}{node.name} = {name}({node.name})")
        del lines[decorator.lineno - 1]
    return "\n".join(lines) + "\n"


def unworded(source: str) -> str:
    """The same module, with what its functions say to a reader at the end, where mutmut leaves it as it is."""
    lines = source.encode().splitlines()
    texts = {text for function in _functions(source) for text in _texts(function)}
    for number, text in enumerate(sorted(texts, key=lambda text: (text.lineno, text.col_offset), reverse=True)):
        line, begin, end = text.lineno - 1, text.col_offset, text.end_col_offset
        lines.append(b"_text_%d = %s" % (number, lines[line][begin:end]))
        lines[line] = lines[line][:begin] + b"_text_%d" % number + lines[line][end:]
    return b"\n".join(lines).decode() + "\n"


def _functions(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def _texts(function: ast.FunctionDef) -> list[ast.Constant]:
    """The literals of several words, on one line each: no docstring, and no part of what is formatted."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    formatted = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    documented = {node.value for node in nodes if isinstance(node, ast.Expr)}
    return [
        node
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WORDS.search(node.value)
        and node.lineno == node.end_lineno
        and node not in formatted | documented
    ]
