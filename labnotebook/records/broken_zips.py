"""What Python raises of a zip that is broken, locked, or packed in a way that it does not know."""

import zipfile
import zlib

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # a place before the file's begin
    RuntimeError,  # a password
    NotImplementedError,
    ValueError,
    IndexError,  # a member without a name
    KeyError,
)
