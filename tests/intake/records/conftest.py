"""What tests about files share: a folder of their own, and a scanner that can be there or not."""

import tempfile
from pathlib import Path

import pytest

from tests.intake.records.some_files import a_scanner


@pytest.fixture
def file_folder(settings, tmp_path):
    """A folder for files that nobody else uses."""
    settings.UPLOAD_FOLDER = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def scanner(settings):
    """A virus scanner that listens (its socket lies in a short path: the system allows about 100 characters)."""
    with tempfile.TemporaryDirectory() as folder, a_scanner(Path(folder) / "clamd") as scanner:
        settings.CLAMD_SOCKET = f"{folder}/clamd"
        yield scanner
