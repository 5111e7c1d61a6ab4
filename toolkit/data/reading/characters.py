"""Which characters no data file may have."""

import re

REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\udc80-\udcff]")
"""Control characters other than tab and line end, byte-order marks, and bytes that are not UTF-8.

A byte b that is not UTF-8 is read as the character U+DC00 + b, as Python's error handler `surrogateescape` does.
"""
BYTE = 0xDC00
NAMES = {
    0x00: "NUL",
    0x0B: "vertical tab",
    0x0C: "form feed",
    0x1A: "end of file of DOS",
    0x1B: "escape",
    0x7F: "delete",
    0x85: "next line",
    0x2028: "line separator",
    0x2029: "paragraph separator",
}


def refused_character(text: str) -> tuple[int, str] | None:
    """The first character of a text that no data file may have.

    Returns:
        Its line, from 1, and what is wrong with it; None if there is none.
    """
    found = REFUSED.search(text)
    return found and (text.count("\n", 0, found.start()) + 1, _fault(ord(found[0])))


def _fault(code: int) -> str:
    if code >= BYTE and code != 0xFEFF:
        return (
            f"byte 0x{code - BYTE:02x} is not UTF-8; save the file in UTF-8, "
            "for example with `iconv -f latin1 -t utf-8`"
        )
    if code == 0xFEFF:
        fault, mend, instead = "a byte-order mark inside the file, as where files were joined", "delete it", ""
    else:
        name = f" ({NAMES[code]})" if code in NAMES else ""
        fault, mend, instead = f"the control character U+{code:04X}{name}", "put a blank in its place", " "
    return f"{fault}; {mend}, for example with `perl -CSD -i -pe 's/\\x{{{code:x}}}/{instead}/g' FILE`"
