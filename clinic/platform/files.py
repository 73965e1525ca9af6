"""Files in a request. Only a page that asks for one may get one: everywhere else they are refused, never stored.

A page that takes a file sets `request.upload_handlers` to a handler of its own before the body is read.
"""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.multipartparser import MultiPartParserError

LARGEST_TO_READ = 2 * 1024 * 1024  # a form without files is far smaller; more is not even read


class RefuseFiles(FileUploadHandler):
    """The default for every page: a request with a file in it is answered as one that cannot be read (400)."""

    has_file = False

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > LARGEST_TO_READ:
            raise MultiPartParserError("this page takes no files")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.has_file = True
        raise SkipFile  # read past it, so that the browser is ready to hear the answer

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None

    def upload_complete(self) -> None:
        if self.has_file:
            raise MultiPartParserError("this page takes no files")
