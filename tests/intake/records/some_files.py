"""Files as people have them, and as nobody should: made here, byte by byte."""

import io
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from intake.records import storage
from intake.records.quarantine import QuarantinedFile

pillow_heif.register_heif_opener()
# The harmless text by which every scanner shows that it works; in pieces, so that no scanner finds this file
EICAR = b"".join((b"X5O!P%@AP[4", b"\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"))
CAMERA = "Camera of somebody"


def exif(*, orientation: int = 1) -> bytes:
    """What a phone writes into a photo: where it was made, by which camera, which side is up."""
    data = Image.Exif()
    data[Base.Orientation], data[Base.Make] = orientation, CAMERA
    place = data.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (42.0, 16.0, 50.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "W", (83.0, 44.0, 30.0)
    return data.tobytes()


def a_picture(form: str = "JPEG", *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options) -> bytes:
    """A picture, red in its left half, in one of Pillow's formats."""
    picture = Image.new(mode, size)
    if mode == "RGB":
        picture.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def a_photo(form: str = "JPEG", *, orientation: int = 1) -> bytes:
    """A picture with its location."""
    return a_picture(form, exif=exif(orientation=orientation))


def a_fax(pages: int = 3) -> bytes:
    """A black and white TIFF of some pages with a description and XMP data."""
    out = io.BytesIO()
    sheets = [Image.new("1", (60, 80), number % 2) for number in range(pages)]
    told = {270: CAMERA, 700: b"<x:xmpmeta>GPSLatitude</x:xmpmeta>"}
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], tiffinfo=told)
    return out.getvalue()


def a_pdf(change=None, **save) -> bytes:
    """A PDF file of one page; `change(pdf)` may add to it."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change is not None:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, deterministic_id="encryption" not in save, **save)
    return out.getvalue()


def a_locked_pdf() -> bytes:
    """One that asks for a password."""
    return a_pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))


def a_busy_pdf() -> bytes:
    """One that runs scripts when opened and when clicked, starts programs, and carries files."""

    def change(pdf):
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('MARK-SCRIPT')")
        pdf.Root.OpenAction = script
        pdf.Root.AA = pikepdf.Dictionary(WC=pdf.make_indirect(script))
        pdf.Root.Names = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["one", pdf.make_indirect(script)]))
        )
        pdf.attachments["inner.exe"] = b"MZ MARK-ATTACHED"
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="MARK-LAUNCH.exe")
        deep = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="here", Next=pikepdf.Array([launch]))
        evil_link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="javascript:MARK-URI")
        good_link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.example.org/good")
        held = pdf.make_stream(b"MARK-HELD")
        paper_clip = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F="x", EF=pikepdf.Dictionary(F=pdf.make_indirect(held))
        )
        marks = [
            pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
            for action in (launch, deep, evil_link, good_link)
        ]
        marks.append(pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=paper_clip))
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(mark) for mark in marks])

    return a_pdf(change)


def a_pdf_with_a_photo() -> bytes:
    """A PDF file that holds a photo as the camera wrote it."""

    def change(pdf):
        photo = pikepdf.Stream(pdf, b"")
        photo.write(a_photo(), filter=pikepdf.Name.DCTDecode)
        photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        photo.Width, photo.Height, photo.BitsPerComponent = 60, 40, 8
        photo.ColorSpace = pikepdf.Name.DeviceRGB
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pdf.make_indirect(photo)))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"q 60 0 0 40 0 0 cm /Im Do Q")

    return a_pdf(change)


def a_pdf_bomb(*, megabytes: int = 300) -> bytes:
    """A small PDF file whose page unpacks to very much."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(bytes(1_000_000)) for _ in range(megabytes)) + pack.flush()

    def change(pdf):
        stream = pikepdf.Stream(pdf, b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].obj.Contents = pdf.make_indirect(stream)

    return a_pdf(change)


def a_zip() -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("inner.exe", b"MZ MARK-ATTACHED" * 10)
    return out.getvalue()


def in_quarantine(data: bytes, *, name: str = "scan.pdf") -> QuarantinedFile:
    """These bytes as a received file."""
    import hashlib

    path = storage.new_quarantine_path()
    with storage.create(path) as file:
        file.write(data)
    return QuarantinedFile(path, name=name, size=len(data), digest=hashlib.sha256(data).hexdigest())


class Scanner:
    """A stand-in for clamd: speaks INSTREAM, finds EICAR; `says` makes it answer something else, `asked` counts."""

    def __init__(self) -> None:
        self.says: bytes | None = None
        self.asked = 0

    def answer(self, line: socket.socket) -> None:
        """One conversation."""
        self.asked += 1
        heard = line.makefile("rb")
        assert heard.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack("!I", heard.read(4))[0]:
            data += heard.read(size)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
        line.sendall(found if self.says is None else self.says)


@contextmanager
def a_scanner(socket_path: Path) -> Iterator[Scanner]:
    """A stand-in for clamd that listens at `socket_path`."""
    scanner, ears = Scanner(), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    ears.bind(str(socket_path))
    ears.listen()

    def work() -> None:
        while True:
            try:
                line, _who = ears.accept()
            except OSError:
                return
            with line:
                scanner.answer(line)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield scanner
    finally:
        ears.shutdown(socket.SHUT_RDWR)
        ears.close()
        thread.join(5)
