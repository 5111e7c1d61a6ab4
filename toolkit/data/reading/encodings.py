"""Telling from its first bytes that a file is no text in UTF-8, and what it is instead."""

GZIP = b"\x1f\x8b"
HEAD = 4096
"""Number of bytes that are looked at."""

ARCHIVES = {
    b"PK\x03\x04": "a zip archive or an Office document; save the text in it",
    b"BZh": "compressed by bzip2; unpack it with bunzip2, or use gzip, which is read",
    b"\xfd7zXZ\x00": "compressed by xz; unpack it with unxz, or use gzip, which is read",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard; unpack it with unzstd, or use gzip, which is read",
    b"%PDF-": "a PDF document; save its text in UTF-8",
    b"PAR1": "a Parquet file; the source `table` reads it where its name ends in .parquet",
}
BZIP2_BLOCK = b"1AY&SY"
MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte-order marks of other encodings, the longer ones first."""


def foreign_content(head: bytes) -> str | None:
    """What a file is instead of text in UTF-8, and how to mend it; None if its first bytes do not tell.

    Args:
        head: The first `HEAD` bytes, or all if the file has fewer.
    """
    for start, told in ARCHIVES.items():
        if head.startswith(start) and (start != b"BZh" or head[4:10] == BZIP2_BLOCK):
            return told
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), None) or _unmarked(head)
    if encoding is None:
        return None
    return f"text in {encoding.upper()[:6]}; convert it to UTF-8, for example with `iconv -f {encoding} -t utf-8`"


def _unmarked(head: bytes) -> str | None:
    """The kind of UTF-16 without a byte-order mark: there most bytes of blanks and line ends belong to a NUL."""
    if b"\0" not in head:
        return None
    parting = head.count(b" ") + head.count(b"\n")
    for name in ("utf-16le", "utf-16be"):
        text = head[: len(head) // 2 * 2].decode(name, "replace")
        if "\0" not in text and 2 * (text.count(" ") + text.count("\n")) > parting:
            return name
    return None
