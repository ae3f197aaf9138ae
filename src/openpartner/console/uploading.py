"""Files in requests: taken on the page that imports them, up to the size an import may have, and nowhere else.

Django reads a request's files before any page is asked, to find the CSRF token beside them: without this, anybody
could fill the disk by posting to any address.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.sources import bytes_max as bill_bytes_max
from openpartner.core.loading.uploads import bytes_max
from openpartner.kit.files import MODE_PRIVATE_FOLDER

TOO_LARGE = "openpartner.upload_too_large"


PAGES = {
    "new_import": Permission.IMPORT,
    "new_bill_import": Permission.IMPORT,
    "cloud_account_file": Permission.IMPORT,
    "sales_task_file": Permission.SALES_WRITE,
    "invite_many": Permission.CUSTOMER_CREATE,
}
"""The pages that take a file, and who may bring one."""


def was_too_large(request: HttpRequest) -> bool:
    """Whether the request brought more than an import may have; nothing of it was kept."""
    return TOO_LARGE in request.META


class ImportUpload(TemporaryFileUploadHandler):
    """Keeps the file of an import in the data folder while its request lasts."""

    def handle_raw_input(self, *args: Any, **values: Any) -> None:
        """All files of a request together are as large as one may be."""
        super().handle_raw_input(*args, **values)
        self._left = _largest(self.request)
        self._is_asked_for = _is_asked_for(self.request)

    def new_file(self, *args: Any, **values: Any) -> None:
        """A file begins. One that nobody asked for is passed over."""
        if not self._is_asked_for:
            raise SkipFile
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
        super().new_file(*args, **values)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A part of the file. What is too large is read to its end and forgotten, so that the browser hears why."""
        self._left -= len(raw_data)
        if self._left < 0:
            assert self.request is not None
            self.request.META[TOO_LARGE] = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def _largest(request: HttpRequest | None) -> int:
    is_bills = request is not None and request.path == reverse("new_bill_import")
    return bill_bytes_max() if is_bills else bytes_max()


def _is_asked_for(request: HttpRequest | None) -> bool:
    if request is None:
        return False
    needed = next((permission for name, permission in PAGES.items() if request.path == reverse(name)), None)
    user = request.user
    if needed is None or not isinstance(user, User):
        return False
    return needed in caller_of(user, via="console").permissions


def path_of(file: UploadedFile) -> Path:
    """Where an upload stands: the handlers above keep every one on disk, under a name of ours."""
    return Path(file.temporary_file_path())  # type: ignore[attr-defined]  # of a temporary file
