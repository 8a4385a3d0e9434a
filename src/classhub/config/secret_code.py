"""Secrets that Python code gives to a name that says it is one. The code is parsed, never run."""

import ast
import warnings
from collections.abc import Iterator

from classhub.config.document import Where
from classhub.config.secret_names import is_secret
from classhub.config.secret_texts import found, has_private_key, logins

_KEEPS = {
    *("str", "bytes", "bytearray", "fromhex", "b64decode", "b64encode", "unhexlify", "a2b_hex", "encode", "decode"),
    *("strip", "format", "join", "dedent", "SecretStr", "dict", "list", "tuple", "set"),
}
"""Calls that give out what they are given, in another shape; others, as os.getenv("API_TOKEN"), look something up."""
_SETS = ("setdefault", "putenv", "setenv", "setattr", "__setitem__")


def literals(source: str) -> Iterator[str]:
    """Each text that is one; of code that is no Python, what stands in its text."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        yield from (one.text for one in found(source))
        return
    for node in ast.walk(tree):
        for name, value in _given(node):
            if is_secret(name):
                yield from _texts(value)
        if isinstance(node, ast.Constant) and isinstance(text := _text(node), str):
            yield from (one.text for one in logins(text))
            if has_private_key(text):
                yield text


def _given(node: ast.AST) -> Iterator[tuple[Where, ast.expr]]:
    """Name and value of whatever the node sets."""
    if isinstance(node, ast.Assign):
        yield from ((name, node.value) for target in node.targets for name in _names(target))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield from ((name, node.value) for name in _names(node.target))
    elif isinstance(node, ast.Dict):
        yield from (((_text(key),), value) for key, value in zip(node.keys, node.values, strict=True) if _text(key))
    elif isinstance(node, ast.keyword) and node.arg:
        yield (node.arg,), node.value
    elif isinstance(node, ast.Call) and _called(node) in _SETS:
        yield from (
            ((_text(name),), value) for name, value in zip(node.args, node.args[1:], strict=False) if _text(name)
        )


def _names(target: ast.expr) -> Iterator[Where]:
    """c.CryptKeeper.keys and environ["API_TOKEN"], as ways."""
    if isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _names(one)
    elif way := _way(target):
        yield way


def _way(node: ast.expr) -> Where:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (*_way(node.value), node.attr)
    if isinstance(node, ast.Subscript):
        return (*_way(node.value), _text(node.slice))
    return ()


def _texts(value: ast.expr) -> Iterator[str]:
    """Those that stand in the code itself."""
    if text := _text(value):
        yield text
    elif isinstance(value, ast.Call):
        if _called(value) in _KEEPS:
            inner = [value.func.value] if isinstance(value.func, ast.Attribute) else []
            for one in (*inner, *value.args, *(word.value for word in value.keywords)):
                yield from _texts(one)
    elif isinstance(value, ast.List | ast.Tuple | ast.Set | ast.BoolOp | ast.Dict):
        for one in value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else value.values:
            yield from _texts(one)
    elif isinstance(value, ast.BinOp):
        yield from (*_texts(value.left), *_texts(value.right))


def _called(node: ast.Call) -> str:
    func = node.func
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _text(node: ast.expr | None) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else ""
