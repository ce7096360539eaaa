"""Finds words in templates and page modules that no translation can reach."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

SEEN = frozenset({"aria-label", "title", "alt", "placeholder", "data-label", "label"})
SILENT = frozenset({"script", "style", "kbd", "svg"})
SPEAKS = frozenset({"say", "say_count", "counted"})
ENGINE = Environment()  # it parses and renders nothing
# Between what two expressions say there may be marks, an ellipsis, a name of ours.
LETTERS = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z]|.*[A-Za-z]{2,} [A-Za-z]{2,}")
ATTRIBUTE = re.compile(r'[a-z-]+="[^"]*"')  # what a macro gives for the inside of a tag
NAMES = frozenset({"Curtilage", "UTC", "username webauthn", "wide"})


class Reader(HTMLParser):
    """Collects text and labels of markup whose expressions were taken out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.within: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.within.append(tag)
        self.found += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.found.append(data)


def unmarked_markup(source: str) -> list[str]:
    """Text and labels that stand in the markup itself."""
    reader = Reader()
    reader.feed(_without_expressions(source))
    reader.close()
    return [text.strip() for text in reader.found if LETTERS.search(_without_names(text))]


def _without_expressions(source: str) -> str:
    kept: list[str] = []
    for _, kind, value in ENGINE.lexer.tokeniter(source, None):
        if kind == "data":
            kept.append(value)
        elif kind == "variable_begin":
            kept.append("§")
    return "".join(kept)


def _without_names(text: str) -> str:
    words = ATTRIBUTE.sub(" ", text).replace("§", " ").split()
    return " ".join(word for word in words if word not in NAMES)


def unmarked_literals(source: str) -> list[str]:
    """Sentences in expressions of a template that are not said by `say`."""
    tree = ENGINE.parse(source)
    return [text for text in _literals(tree, said=False) if _is_sentence(text)]


def _literals(node: nodes.Node, *, said: bool) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not said:
        yield node.value
    if isinstance(node, nodes.TemplateData | nodes.Compare | nodes.Test | nodes.Import):
        return
    is_said = isinstance(node, nodes.Call) and getattr(node.node, "name", "") in SPEAKS
    for child in node.iter_child_nodes():
        if not (is_said and isinstance(child, nodes.Keyword) and child.key == "context"):
            yield from _literals(child, said=is_said)


def _is_sentence(text: str) -> bool:
    """Not a class, a path, a file or a command in a code box."""
    words = text.strip()
    is_code = "/" in words or words.startswith("curtilage ") or words in NAMES
    return SENTENCE.match(words) is not None and not is_code


def unmarked_code(source: str) -> list[str]:
    """Sentences of a page module that are not said by `say`: neither docstrings nor raised."""
    return list(dict.fromkeys(_code_literals(ast.parse(source))))


def _code_literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.match(r"[A-Z][a-z]+([ ,;.].*)?$", node.value, re.DOTALL):
            yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        yield from (text for text in _parts(node) if re.search(r"[A-Za-z]{2,} |\. ", text))
        return
    for child in _children(node):
        yield from _code_literals(child)


def _parts(node: ast.JoinedStr) -> list[str]:
    values = [each.value for each in node.values if isinstance(each, ast.Constant)]
    return [value for value in values if isinstance(value, str)]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What a node holds but for docstrings, annotations, `raise`, asserts and what `say` is given."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKS:
        yield from (each.value for each in node.keywords if each.arg != "context")
        return
    if isinstance(node, ast.Assign) and [getattr(each, "id", "") for each in node.targets] == [
        "EXAMPLE"
    ]:
        return  # a text that somebody might send, in whatever language
    if isinstance(node, ast.Raise | ast.Assert):
        return
    body: list[Any] = list(ast.iter_child_nodes(node))
    for child in body:
        is_doc = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        is_note = child in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if not is_doc and not is_note:
            yield child


def page_modules(source: Path) -> list[Path]:
    """Modules whose strings people read on pages."""
    return sorted(path for path in source.rglob("*pages.py"))
