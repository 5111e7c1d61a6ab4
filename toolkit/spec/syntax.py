"""What is not YAML, in words: what the parser complains of, where, and how to mend it."""

import yaml

SLOWLY_PARSED = 20_000
"""Characters in which the place of an error is looked for."""
_MENDS = {
    "mapping values are not allowed": "a colon and a blank start a value: put quotes around text that has them, and "
    "indent the keys of one section alike",
    "could not find expected ':'": "each line of a section is `key: value`, the keys of one section indented alike",
    "did not find expected key": "indent the keys of one section alike",
    "<block end>": "indent the keys of one section alike, and close every quote, bracket and brace",
    "character '\\t'": "indent with blanks, not with tabs",
    "cannot start any token": "put quotes around text that starts with this character",
    "undefined alias": "put quotes around text that starts with *",
    "unexpected end of stream": "close the quote that is opened here",
    "expected ',' or ']'": "put a comma between values, and close the list with ]",
    "expected ',' or '}'": "put a comma between keys, and close the braces with }",
    "unknown escape character": "put text with a backslash between single quotes",
    "sequence entries are not allowed": "put quotes around text that starts with a dash and a blank",
    "another document": "a file holds one spec; take the line --- out, or make two files",
}
_END = ("got '<stream end>'", "the text ends")


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[str, yaml.Mark | None, str]:
    """Say what a parser's error means.

    Args:
        error: What PyYAML's fast parser raised.
        text: What it parsed.

    Returns:
        What is wrong, where, and how to mend it (empty where that is not known).
    """
    exact = _exact(text) or error
    problem = str(exact.problem)
    mark = exact.problem_mark or exact.context_mark
    if ("end of stream" in problem or "stream end" in problem) and exact.context_mark:
        mark = exact.context_mark
    mend = next((mend for part, mend in _MENDS.items() if part in problem), "")
    if "expected ','" in problem and "${" in _line(text, mark):
        mend = "put quotes around ${NAME} between braces or brackets"
    return "this is not expected here" if "<block" in problem else problem.replace(*_END), mark, mend


def unprintable(text: str) -> tuple[str, int] | None:
    """The first character that YAML does not allow, in words, and where it stands."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return (f"the character U+{ord(found[0]):04X} is not allowed; delete it", found.start()) if found else None


def _exact(text: str) -> yaml.MarkedYAMLError | None:
    """The error of PyYAML's slow parser, which knows the place better than the fast one."""
    try:
        for _ in yaml.parse(text[:SLOWLY_PARSED], Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error
    except yaml.YAMLError:
        return None
    return None


def _line(text: str, mark: yaml.Mark | None) -> str:
    lines = text.splitlines()
    return lines[mark.line] if mark and mark.line < len(lines) else ""
