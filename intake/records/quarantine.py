"""Receiving a file: its bytes go from the connection straight into quarantine and are counted, never held in memory."""

import hashlib
import io
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParserError

from intake.records import storage
from intake.records.refusals import LARGEST_BYTES

FIELD = "file"
LONGEST_NAME = 150
# What is read and dropped so that a person with too large a file sees why; beyond it the connection is closed
LARGEST_TO_READ = 300 * 1024 * 1024


class QuarantinedFile(UploadedFile):
    """A received file in quarantine, or what is known of one that was too large (`path` is None then).

    As a text it is the hash of its bytes: the same form sent twice with the same file asks for the same thing.
    """

    def __init__(self, path: Path | None, *, name: str, size: int, digest: str) -> None:
        super().__init__(file=io.BytesIO(), name="file", content_type="", size=size)
        self.path, self.digest, self.original_name = path, digest, name

    def __str__(self) -> str:
        return self.digest

    @property
    def is_too_large(self) -> bool:
        return (self.size or 0) > LARGEST_BYTES

    def close(self) -> None:
        """Delete what is still in quarantine; called when the answer has been sent."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


class QuarantineHandler(FileUploadHandler):
    """Takes the one file of the field `file`. More files are read past; `extra_files` tells that there were some."""

    chunk_size = 64 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.extra_files = False
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._taken = False

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > LARGEST_TO_READ:
            raise MultiPartParserError("far too large")

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        if field_name != FIELD or self._taken:
            self.extra_files = True
            raise SkipFile
        super().new_file(field_name, file_name, *args, **kwargs)
        self._taken, self._size, self._hash = True, 0, hashlib.sha256()
        self._path = storage.new_quarantine_path()
        self._file = storage.create(self._path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        self._hash.update(raw_data)
        if self._size > LARGEST_BYTES:
            self.drop()  # the rest is counted and dropped
        elif self._file is not None:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> QuarantinedFile:
        if self._file is not None:
            self._file.close()
            self._file = None
        path, self._path = self._path, None
        return QuarantinedFile(
            path, name=shown_name(self.file_name or ""), size=self._size, digest=self._hash.hexdigest()
        )

    def drop(self) -> None:
        """Close and delete what was received so far, also after a connection that broke off."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


def shown_name(name: str) -> str:
    """The person's own name of a file, for showing it again: printable, without folders, at most 150 characters."""
    plain = "".join(one for one in name.replace("\\", "/").rsplit("/", 1)[-1] if one.isprintable()).strip()
    if len(plain) <= LONGEST_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    ending = dot + ending if dot and len(ending) <= 5 else ""
    return (stem or plain)[: LONGEST_NAME - len(ending) - 1] + "…" + ending
