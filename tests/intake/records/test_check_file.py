"""What the checking program makes of files: told by content, written anew, within limits. It runs as a child here."""

import io
import os
import zipfile

import pikepdf
import pytest
from PIL import Image

from intake.records import check_file, checking, storage
from tests.intake.records.some_files import (
    CAMERA,
    a_busy_pdf,
    a_fax,
    a_locked_pdf,
    a_pdf,
    a_pdf_bomb,
    a_pdf_with_a_photo,
    a_photo,
    a_picture,
    a_zip,
)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Nothing is left behind."""
    settings.UPLOAD_FOLDER = str(tmp_path)
    return tmp_path


def checked(data: bytes) -> tuple[checking.Verdict, bytes]:
    """The verdict about these bytes, and the clean copy."""
    source = storage.new_quarantine_path()
    with storage.create(source) as file:
        file.write(data)
    verdict = checking.clean_copy(source)
    return verdict, verdict.path.read_bytes() if verdict.path else b""


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


# Told by content


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("PNG"), "image/png"),
        (a_picture("PNG", mode="P"), "image/png"),
        (a_picture("HEIF"), "image/jpeg"),
        (a_picture("TIFF"), "image/tiff"),
        (a_picture("TIFF", mode="CMYK"), "image/tiff"),
        (a_pdf(), "application/pdf"),
        (b"\r\n" + a_pdf(), "application/pdf"),
    ],
    ids=["jpeg", "png", "palette", "heic", "tiff", "cmyk tiff", "pdf", "pdf after an empty line"],
)
def test_each_kind_of_file_is_kept(data, content_type):
    verdict, clean = checked(data)
    assert verdict.refusal == ""
    assert verdict.content_type == content_type
    assert verdict.size == len(clean) > 0


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<html>%PDF-1.7 hidden further on",
        b"GIF89a" + bytes(100),
        b"MZ" + bytes(2000),
        b"\x7fELF" + bytes(2000),
        a_zip(),
        a_zip() + a_pdf(),
        b"\x00\x00\x00\x18ftypavif" + bytes(200),
        b"\x00\x00\x00\x18ftypisom" + bytes(200),
        b"BM" + bytes(200),
        b"plain text",
        b"\x00",
    ],
    ids=["html", "html with pdf", "gif", "exe", "elf", "zip", "zip before pdf", "avif", "mp4", "bmp", "text", "nul"],
)
def test_other_files_are_refused_whatever_their_name(data):
    verdict, clean = checked(data)
    assert (verdict.refusal, clean) == ("wrong_type", b"")


# Pictures


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF", "TIFF"])
def test_location_and_camera_are_gone_from_a_picture(form):
    before = a_photo(form)
    assert CAMERA.encode() in before
    assert opened(before).getexif().get_ifd(0x8825)
    _verdict, clean = checked(before)
    after = opened(clean)
    assert CAMERA.encode() not in clean
    assert dict(after.getexif().get_ifd(0x8825)) == {}
    assert "exif" not in after.info
    assert b"Exif" not in clean


def test_comment_and_xmp_are_gone_from_a_picture():
    _verdict, clean = checked(a_picture(comment=b"MARK-COMMENT", xmp=b"<x:xmpmeta>MARK-XMP</x:xmpmeta>"))
    assert b"MARK" not in clean


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_picture_lying_on_its_side_is_turned_before_that_is_forgotten(form):
    _verdict, clean = checked(a_photo(form, orientation=6))
    picture = opened(clean).convert("RGB")
    assert picture.size == (40, 60)
    assert picture.getpixel((20, 5))[0] > 150  # the left, red half is on top now
    assert picture.getpixel((20, 55))[0] < 50


def test_fax_of_many_pages_keeps_its_pages_and_loses_its_data():
    _verdict, clean = checked(a_fax(pages=12))
    fax = opened(clean)
    assert fax.n_frames == 12
    assert fax.mode == "1"
    assert CAMERA.encode() not in clean
    assert b"xmpmeta" not in clean


def test_transparent_picture_stays_transparent():
    _verdict, clean = checked(a_picture("PNG", mode="P", transparency=0))
    assert opened(clean).convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("orientation", [1, 6])
def test_picture_of_fifty_megapixels_is_kept(orientation):
    picture = Image.new("RGB", (10_000, 5_000))
    out = io.BytesIO()
    data = Image.Exif()
    data[0x0112] = orientation
    picture.save(out, "JPEG", exif=data)
    verdict, _clean = checked(out.getvalue())
    assert verdict.refusal == ""


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_picture_of_more_megapixels_is_refused(form):
    verdict, _clean = checked(a_picture(form, mode="L", size=(10_000, 5_001)))
    assert verdict.refusal == "too_many_pixels"


def test_picture_that_claims_to_be_endless_is_refused():
    bomb = a_picture("PNG", mode="1", size=(40_000, 40_000))
    assert len(bomb) < 300_000
    verdict, _clean = checked(bomb)
    assert verdict.refusal == "too_many_pixels"


def test_large_page_hidden_behind_a_small_one_is_refused():
    out = io.BytesIO()
    Image.new("1", (9, 9)).save(out, "TIFF", save_all=True, append_images=[Image.new("1", (10_000, 5_001))])
    assert checked(out.getvalue())[0].refusal == "too_many_pixels"


def test_endless_fax_is_refused(monkeypatch):
    monkeypatch.setattr(check_file, "PAGES", 5)
    with pytest.raises(check_file.Unwanted, match="bomb"):
        list(check_file.pages_of(opened(a_fax(pages=7))))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF", "TIFF"])
def test_picture_cut_off_while_sending_is_refused(form):
    whole = a_picture(form, size=(600, 400))
    verdict, _clean = checked(whole[: len(whole) * 2 // 3])
    assert verdict.refusal == "damaged"


def test_picture_that_is_only_a_head_is_refused():
    assert checked(b"\x89PNG\r\n\x1a\n" + os.urandom(500))[0].refusal in ("damaged", "wrong_type")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_archive_behind_a_picture_is_gone(form):
    both = a_picture(form) + a_zip()
    assert zipfile.is_zipfile(io.BytesIO(both))
    _verdict, clean = checked(both)
    assert not zipfile.is_zipfile(io.BytesIO(clean))
    assert b"MARK-ATTACHED" not in clean


# PDF


def test_scripts_programs_and_attachments_are_gone_from_a_pdf():
    before = a_busy_pdf()
    _verdict, clean = checked(before)
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        everything = b"".join(
            thing.read_bytes() + str(thing.stream_dict).encode() if isinstance(thing, pikepdf.Stream) else
            thing.unparse(resolved=True) for thing in pdf.objects
        )  # fmt: skip
        links = [str(mark.get("/A", {}).get("/URI", "")) for mark in pdf.pages[0].obj.Annots]
        assert len(pdf.attachments) == 0
    assert b"MARK" not in everything
    assert b"JavaScript" not in everything
    assert b"Launch" not in everything
    assert "https://www.example.org/good" in links


def test_location_is_gone_from_a_photo_inside_a_pdf_and_the_photo_stays():
    before = a_pdf_with_a_photo()
    assert CAMERA.encode() in before
    _verdict, clean = checked(before)
    assert CAMERA.encode() not in clean
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        photo = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im).as_pil_image()
    assert photo.size == (60, 40)
    assert photo.convert("RGB").getpixel((5, 5))[0] > 150


@pytest.mark.parametrize("jpeg", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\x00\x00abc", b"no picture"])
def test_broken_picture_inside_a_pdf_is_left_alone(jpeg):
    assert check_file.without_segments(jpeg) == jpeg


def test_pdf_that_asks_for_a_password_is_refused_as_locked():
    assert checked(a_locked_pdf())[0].refusal == "locked"


def test_pdf_that_only_forbids_printing_is_kept_and_opened():
    verdict, clean = checked(a_pdf(encryption=pikepdf.Encryption(user="", owner="secret")))
    assert verdict.refusal == ""
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        assert not pdf.is_encrypted


def test_pdf_cut_off_while_sending_is_refused():
    whole = a_busy_pdf()
    assert checked(whole[:-60])[0].refusal == "damaged"
    assert checked(whole[: len(whole) // 2])[0].refusal == "damaged"


@pytest.mark.parametrize("tail", [a_zip(), b"<script>alert('MARK-TAIL')</script>", b"MARK-TAIL" * 1000])
def test_what_hangs_behind_a_pdf_is_gone_or_the_file_is_refused(tail):
    verdict, clean = checked(a_pdf() + tail)
    if verdict.refusal:
        assert verdict.refusal == "damaged"
    else:
        assert b"MARK" not in clean
        assert not zipfile.is_zipfile(io.BytesIO(clean))


def test_archive_inside_a_pdf_cannot_be_opened_as_one():
    def change(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(a_zip())

    verdict, clean = checked(a_pdf(change, compress_streams=False))
    assert verdict.refusal or not zipfile.is_zipfile(io.BytesIO(clean))


def test_pdf_that_unpacks_to_very_much_is_refused():
    bomb = a_pdf_bomb(megabytes=300)
    assert len(bomb) < 400_000
    assert checked(bomb)[0].refusal == "bomb"


def test_pdf_packed_twice_is_refused():
    def change(pdf):
        stream = pikepdf.Stream(pdf, b"")
        stream.write(b"xx", filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
        pdf.pages[0].obj.Contents = pdf.make_indirect(stream)

    assert checked(a_pdf(change))[0].refusal == "bomb"


def test_pdf_without_a_page_is_refused():
    out = io.BytesIO()
    pikepdf.new().save(out)
    assert checked(out.getvalue())[0].refusal == "damaged"


# The child


def test_child_that_takes_too_long_is_ended(monkeypatch, own_folder):
    monkeypatch.setattr(checking, "PROGRAM", own_folder / "slow.py")
    (own_folder / "slow.py").write_text("import time\ntime.sleep(60)")
    source = storage.new_quarantine_path()
    source.write_bytes(b"x")
    assert checking.clean_copy(source, wait_seconds=0.3).refusal == "timeout"


@pytest.mark.parametrize(
    "program",
    ["import os; os.abort()", "print('nonsense')", "print('[]')", "print('{}')", "raise SystemExit(3)", ""],
)
def test_child_that_dies_or_talks_nonsense_keeps_nothing(monkeypatch, own_folder, program):
    monkeypatch.setattr(checking, "PROGRAM", own_folder / "bad.py")
    (own_folder / "bad.py").write_text(f"import sys; open(sys.argv[2], 'w').write('x')\n{program}")
    source = storage.new_quarantine_path()
    source.write_bytes(b"x")
    assert checking.clean_copy(source).refusal == "damaged"
    assert list((own_folder / "quarantine").iterdir()) == [source]


@pytest.mark.parametrize(
    "program",
    [
        """print('{"content_type": "text/html"}')""",
        """import os; os.unlink(sys.argv[2]); os.symlink('/etc/hostname', sys.argv[2])
print('{"content_type": "image/png"}')""",
        """import os; os.unlink(sys.argv[2]); print('{"content_type": "image/png"}')""",
        """print('{"content_type": "image/png", "x": "' + 'x' * 5_000_000 + '"}')""",
    ],
    ids=["another type", "a link to elsewhere", "no copy", "an endless answer"],
)
def test_child_that_was_taken_over_gets_nothing_kept(monkeypatch, own_folder, program):
    monkeypatch.setattr(checking, "PROGRAM", own_folder / "evil.py")
    (own_folder / "evil.py").write_text(f"import sys; open(sys.argv[2], 'w').write('x')\n{program}")
    source = storage.new_quarantine_path()
    source.write_bytes(b"x")
    assert checking.clean_copy(source).refusal == "damaged"
    assert list((own_folder / "quarantine").iterdir()) == [source]


def test_child_has_its_limits_and_none_of_our_secrets(monkeypatch, own_folder):
    monkeypatch.setenv("SECRET_KEY", "secret")
    told = own_folder / "told"
    program = f"""
import importlib.util, os, resource, sys
spec = importlib.util.spec_from_file_location("check_file", {str(checking.PROGRAM)!r})
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
module.set_limits()
limits = [resource.getrlimit(one)[0] for one in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU)]
open({str(told)!r}, "w").write(repr((limits, "SECRET_KEY" in os.environ, "django" in sys.modules)))
"""
    (own_folder / "told.py").write_text(program)
    monkeypatch.setattr(checking, "PROGRAM", own_folder / "told.py")
    source = storage.new_quarantine_path()
    source.write_bytes(b"x")
    checking.clean_copy(source)
    limits, has_secret, has_django = eval(told.read_text())  # noqa: S307  (written by this test)
    assert limits[0] == 512 * 1024 * 1024
    assert limits[1] <= 64 * 1024 * 1024
    assert limits[2] <= 60
    assert (has_secret, has_django) == (False, False)


def test_only_few_files_are_checked_at_one_moment():
    with storage.checking_slot(), storage.checking_slot(), pytest.raises(storage.NoSlot):  # noqa: SIM117
        with storage.checking_slot(wait_seconds=0.1):
            pass
    with storage.checking_slot(wait_seconds=0.1):
        pass
