"""Files that appear whole or not at all."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from ganapps.errors import GanappsError


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write(temporary path)`` make the file beside ``path``, flush it to the disk, then rename it over ``path``.

    Raises:
        GanappsError: when the disk is full or the folder cannot be written; ``path`` keeps its old content.
    """
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")  # Keras and NumPy look at the suffix
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(aside)
        with open(aside, "rb") as file:
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise GanappsError(
                f"The disk is full: {path} could not be written; what was there before is whole. Free some space, "
                "then go on with `ganapps resume`."
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise GanappsError(f"{path} could not be written: {error.strerror}. Choose another folder.") from None
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    write_atomic(path, lambda aside: aside.write_text(text, encoding="utf-8"))
