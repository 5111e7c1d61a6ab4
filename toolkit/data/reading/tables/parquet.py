"""Parquet files, by pyarrow: the extra `parquet`.

pyarrow itself is asked, batch by batch, and not pandas: so whole numbers stay whole where a column has gaps, and a file
that unpacks to more than may be read is told before it is unpacked.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.data.reading.files import open_bytes
from toolkit.data.reading.tables.row import Row
from toolkit.errors import DataError, ExtraError, SettingError
from toolkit.extras import require
from toolkit.received import MOST_DATA, MOST_SPEC, MOST_UNPACKED

EXTRA = "parquet"


def rows(path: Path, has_head: bool) -> Iterator[Row]:
    """The rows of a file, by their number from 1.

    Raises:
        SettingError: pyarrow is not installed.
        DataError: The file is no Parquet file, is damaged or too large, or a column stands twice in it.
    """
    try:
        require(EXTRA, "pyarrow", ["pyarrow.parquet"], what=f"{path}: a Parquet file")
    except ExtraError as error:
        raise SettingError("data.path", str(error)) from error
    import pyarrow as pa  # noqa: PLC0415  an extra
    from pyarrow import parquet  # noqa: PLC0415

    number = 0
    with open_bytes(path) as file:
        try:
            content = parquet.ParquetFile(file)
            _check(path, content)
            for batch in content.iter_batches(batch_size=10_000):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, values)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(f"{path}: cannot be read as Parquet ({told}); write the file again") from error
    if not number:
        raise DataError(f"{path}: the file has no rows; expected one for each sequence")


def _check(path: Path, content: Any) -> None:
    names = content.schema_arrow.names
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{path}: the column `{twice}` stands twice; rename one of them")
    groups = (content.metadata.row_group(number) for number in range(content.metadata.num_row_groups))
    most = min(MOST_DATA, max(MOST_UNPACKED * path.stat().st_size, MOST_SPEC))
    if sum(group.total_byte_size for group in groups) > most:
        raise SettingError("data.path", f"{path}: unpacked, it is too large; at most {most:,} bytes are read")
