"""What can be told of a cell of the source by its syntax."""

import ast


def parsed(source: str) -> list[ast.stmt]:
    """A cell's statements, without its magics. None if it does not parse."""
    try:
        return ast.parse("\n".join(line for line in source.splitlines() if not line.startswith("%"))).body
    except SyntaxError:
        return []


def loads(source: str) -> set[str]:
    """The names that a cell mentions anywhere."""
    return {n.id for part in parsed(source) for n in ast.walk(part) if isinstance(n, ast.Name)}


def stores(source: str) -> set[str]:
    """The names that a cell binds at its top level."""
    definitions = ast.FunctionDef | ast.ClassDef
    assigned = [n for part in parsed(source) if not isinstance(part, definitions) for n in ast.walk(part)]
    found = {n.id for n in assigned if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found | {part.name for part in parsed(source) if isinstance(part, definitions)}


def only_shows(source: str) -> bool:
    """Whether a cell is made of values and calls, such as a picture: nothing after it needs it."""
    return "%" not in source[:1] and all(isinstance(part, ast.Expr) for part in parsed(source))


def imports(source: str) -> str:
    """The imports of a cell, and the extensions that it loads."""
    extensions = [line for line in source.splitlines() if line.startswith("%load_ext ")]
    statements = [part for part in parsed(source) if isinstance(part, ast.Import | ast.ImportFrom)]
    return "\n".join([*extensions, *map(ast.unparse, statements)])
