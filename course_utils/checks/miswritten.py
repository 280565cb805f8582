"""Source that does not parse: which sign is missing, or is none of Python's."""

import ast
import re
from collections.abc import Callable, Iterator
from keyword import iskeyword

from ..language import say
from .foreign_signs import other_sign
from .mistyped import DERIVATIVE, by_pattern, misspelt, own_word

UNBRACKETED = re.compile(
    r"\b((?:\w+\.)?(?:exp|log|ln|sin|cos|tan|sqrt|tanh|sinh|cosh|sigmoid|relu|abs)) +(\w+)"
)
COUNTED = re.compile(
    r"(?<![\w.])(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)(?=(?![eE])[^\W\d]|[eE](?![\d+-]))([\w.]*\w)"
)
AFTER_BRACKET = re.compile(r"\)(\w+)")
APART = re.compile(
    r"(?:(?:(?<=[^\s\w.])\s*|\breturn +|^ *(?=\d))([\w.]*\w)|\)) +(?=([A-Za-z_]\w*|\d[\w.]*|\())"
)
BARS = re.compile(r"\|([^|]+)\|")


def repaired(cell: str, error: SyntaxError) -> str | None:
    """What to write instead, or None if no small change makes the cell readable."""
    if error.msg == "incomplete input":
        error = error_of(cell) or error
    if said := of_message(error):
        return said
    place = (error.lineno or 0) - 1
    lines = cell.splitlines()
    if not 0 <= place < len(lines):
        return None
    for line, said in repairs(lines[place]):
        if said and further(lines, place, line, error):
            return said
    return None


def repairs(line: str) -> Iterator[tuple[str, str | None]]:
    """What may be meant by a line, the likeliest first, each with a sentence."""
    for repair in (other_sign, own_word):
        yield repair(line)
    yield from by_pattern(line)
    for repair in (times, after_bracket, bars, unbracketed, misspelt, apart, ends):
        yield repair(line)


def of_message(error: SyntaxError) -> str | None:
    """A sentence for what Python says clearly, but in words of its own."""
    message = error.msg or ""
    if found := re.match(r"'([(\[{])' was never closed", message):
        return say(
            "a bracket `{found}` is opened here and never closed: count the opening and the closing ones.",
            found=found[1],
        )
    if found := re.match(r"unmatched '([)\]}])'", message):
        return say(
            "there is one closing bracket `{found}` too many, or an opening one is missing.", found=found[1]
        )
    if found := re.match(r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", message):
        return say(
            "the bracket `{found}` is closed by `{other}`: close it by one of its own kind.",
            found=found[2],
            other=found[1],
        )
    if message.startswith("cannot assign to") and "keyword" not in message:
        return "a name stands to the left of `=`, and its value to the right, such as `answer = 2*x`."
    if message.startswith("unterminated string") and re.search(r"\w'\(", error.text or ""):
        return say(DERIVATIVE)
    if message.startswith("unterminated string"):
        return "a quotation mark is opened here and not closed on the same line."
    if message.startswith("expected an indented block"):
        return "the lines inside a `def`, `for` or `if` begin with four spaces more."
    if message == "expected '('":
        return "the arguments of a function stand in brackets: `def forward(x, a):`."
    if message.startswith("Missing parentheses in call"):
        return "a function takes its argument in brackets: `print(x)`."
    if "Maybe you meant '==' or ':='" in message:
        return "two signs `==` ask whether both are equal, a single one gives a name its value."
    if message.startswith("expected 'else'"):
        return "`a if condition else b` needs both: say what it is otherwise."
    if message == "expected ':'":
        return "the line of a `def`, `for` or `if` ends with a colon."
    if message == "'return' outside function":
        return "`return` belongs inside a function: under its `def`, four spaces further in."
    if message.startswith("invalid non-printable character"):
        return "there is an invisible sign on this line, perhaps from copying: type the line anew."
    if isinstance(error, IndentationError):
        return "the lines of one block begin at the same place: look at the spaces before this one."
    return None


def error_of(cell: str) -> SyntaxError | None:
    """How Python itself says why a cell does not parse."""
    try:
        ast.parse(cell)
    except SyntaxError as error:
        return error
    return None


def further(lines: list[str], place: int, line: str, error: SyntaxError) -> bool:
    """Whether with this line in its place the source parses, or at least up to a later place."""
    left = error_of("\n".join([*lines[:place], line, *lines[place + 1 :]]))
    if left is None or left.lineno != error.lineno:
        return left is None or (left.lineno or 0) > (error.lineno or 0)
    return (left.offset or 0) - len(line) > (error.offset or 0) - len(lines[place])


def by_insertion(pattern: re.Pattern, insert: Callable[[re.Match], str], line: str) -> tuple[str, str | None]:
    """The line with every match changed, and a sentence about the first one."""
    found = pattern.search(line)
    said = found and say("write the times sign: `{mended}`.", mended=insert(found))
    return pattern.sub(insert, line), said


def times(line: str) -> tuple[str, str | None]:
    """A number right before a name: 3x."""
    return by_insertion(COUNTED, lambda found: f"{found[1]}*{found[2]}", line)


def after_bracket(line: str) -> tuple[str, str | None]:
    """A name or a number right after a bracket: (a + b)x."""
    changed, said = by_insertion(AFTER_BRACKET, lambda found: f")*{found[1]}", line)
    return changed, said and said.replace("`)", "`(...)")


def bars(line: str) -> tuple[str, str | None]:
    """|x| for abs(x)."""
    found = BARS.search(line)
    return BARS.sub(r"abs(\1)", line), found and say(
        "write `abs({inside})` for `{found}`.", inside=found[1].strip(), found=found[0]
    )


def unbracketed(line: str) -> tuple[str, str | None]:
    """A function and its argument with nothing but a space between them: sin x."""
    found = UNBRACKETED.search(line)
    said = found and say(
        "a function takes its argument in brackets: `{found}({other})`.", found=found[1], other=found[2]
    )
    return UNBRACKETED.sub(r"\1(\2)", line), said


def apart(line: str) -> tuple[str, str | None]:
    """Two factors with nothing but a space between them."""
    told = []

    def joined(found):
        one, other = found[1] or "(...)", "(...)" if found[2] == "(" else found[2]
        if iskeyword(one) or iskeyword(other):
            return found[0]
        told.append(
            say(
                "between `{one}` and `{other}` a sign is missing: `*` for times, or a comma.",
                one=one,
                other=other,
            )
        )
        return f"{found[0].rstrip()}*"

    changed = APART.sub(joined, line)
    return changed, told[0] if told else None


def ends(line: str) -> tuple[str, str | None]:
    """A line that ends with an operator."""
    found = re.search(r"(\*\*|[-+*/=])\s*$", line)
    return f"{line}1", found and say(
        "the line ends with `{found}`: something is missing after it.", found=found[1]
    )
