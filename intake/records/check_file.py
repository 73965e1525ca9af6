"""A program of its own that looks at one uploaded file: `python -I check_file.py SOURCE TARGET`.

It runs as a child process without the clinic's settings, keys or database, under limits that it sets for itself before
it touches the file. It tells the type by content, never by name; decodes pictures and writes them anew without any
metadata; opens PDF files and saves them anew without scripts, attachments and actions. The result is one JSON line:
`{"content_type": ...}` with the clean copy in TARGET, or `{"refused": code}`. It imports nothing of ours.
"""

import json
import os
import resource
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 40
LARGEST_RESULT = 64 * 1024 * 1024
PIXELS = 50_000_000
PAGES = 300  # of one TIFF: a long fax
HEAD_BYTES = 4096
TAIL_BYTES = 2048
# A content stream of a PDF file may grow this much when unpacked, all of them together this much
STREAM_BYTES = 256 * 1024 * 1024
ALL_STREAMS_BYTES = 1024 * 1024 * 1024
PDF_PICTURE_PIXELS = 4 * PIXELS  # a large sheet scanned in black and white at 1,200 dots an inch

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
PILLOW_FORMATS = {"jpeg": ["JPEG"], "png": ["PNG"], "tiff": ["TIFF"], "heif": ["HEIF"]}
# Words of puremagic's table for each type: it must come to the same answer as our own look at the first bytes
SECOND_OPINION = {
    "pdf": {".pdf", ".ai"},
    "jpeg": {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".jfi"},
    "png": {".png", ".apng"},
    "tiff": {".tif", ".tiff", ".dng", ".nef", ".cr2", ".arw"},
    "heif": {".heic", ".heif", ".heics", ".heifs", ".hif", ".avci", ".mp4", ".mov", ".m4v", ".3gp"},
}
PICTURE_MODES = {
    "jpeg": {"L", "RGB"},
    "png": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"},
    "tiff": {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"},
}


class Unwanted(Exception):  # noqa: N818  (said as it is)
    """The file is not kept; its text is the code of the reason."""


def main(source: str, target: str) -> int:
    """Check `source`, write the clean copy to `target`, print one JSON line. Exit status 0 whenever it could answer."""
    set_limits()
    try:
        answer: dict[str, Any] = look(Path(source), Path(target))
    except Unwanted as no:
        answer = {"refused": str(no)}
    except MemoryError:
        answer = {"refused": "bomb"}
    except Exception:  # noqa: BLE001  (whatever a decoder finds wrong with a stranger's bytes: it cannot be read)
        answer = {"refused": "damaged"}
    print(json.dumps(answer))
    return 0


def set_limits() -> None:
    """Memory, time, size of what is written, open files: a file that wants more ends this process, not the clinic."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_RESULT, LARGEST_RESULT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(source: Path, target: Path) -> dict[str, Any]:
    """The content type of the clean copy. Raises Unwanted."""
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
    family = family_of(head)
    if family is None or not has_second_opinion(family, head):
        raise Unwanted("wrong_type")
    content_type = clean_pdf(source, target) if family == "pdf" else clean_picture(source, target, family)
    if zipfile.is_zipfile(target):  # nothing that another program would open as something else leaves here
        raise Unwanted("wrong_type")
    return {"content_type": content_type}


# What it is


def family_of(head: bytes) -> str | None:
    """pdf, jpeg, png, tiff, heif, or None: by the first bytes."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return "tiff"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "heif"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x00\t\r\n ").startswith(b"%PDF-"):
        return "pdf"  # a few scanners write white space before it; anything else before it is another kind of file
    return None


def has_second_opinion(family: str, head: bytes) -> bool:
    """Whether puremagic, which knows many more kinds of files, comes to the same answer."""
    import puremagic

    if family == "pdf":
        head = head[head.index(b"%PDF-") :]
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return False
    return any(match.extension in SECOND_OPINION[family] for match in matches)


# Pictures


def clean_picture(source: Path, target: Path, family: str) -> str:
    """Decode and write anew without location, camera, comments, previews. HEIC becomes JPEG, which every desk opens."""
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    if family == "heif":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
    try:
        with Image.open(source, formats=PILLOW_FORMATS[family]) as picture:
            if family == "tiff":
                write_tiff(picture, target)
                return "image/tiff"
            bare = bare_copy(picture, "png" if family == "png" else "jpeg")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unwanted("too_many_pixels") from None
    if family == "png":
        bare.save(target, format="PNG", compress_level=6)
        return "image/png"
    bare.save(target, format="JPEG", quality=92)
    return "image/jpeg"


def bare_copy(picture: Any, family: str) -> Any:
    """The pixels alone, turned the right way up, in a mode that the format can hold."""
    from PIL import ImageOps

    picture.load()
    bare = ImageOps.exif_transpose(picture)
    if "transparency" in bare.info and family != "jpeg":
        bare = bare.convert("RGBA")
    if bare.mode not in PICTURE_MODES[family]:
        bare = bare.convert("RGB")
    bare.info = {}
    return bare


def write_tiff(picture: Any, target: Path) -> None:
    """Every page of a TIFF, one at a time; a black and white page stays small."""
    from PIL.TiffImagePlugin import AppendingTiffWriter

    with AppendingTiffWriter(str(target), new=True) as writer:
        for page in pages_of(picture):
            bare = bare_copy(page, "tiff")
            compression = "group4" if bare.mode == "1" else "tiff_adobe_deflate"
            bare.save(writer, format="TIFF", compression=compression)
            writer.newFrame()


def pages_of(picture: Any) -> Iterator[Any]:
    """The pages of a TIFF, each within the limit of pixels. Raises Unwanted."""
    number = 0
    while True:
        try:
            picture.seek(number)
        except EOFError:
            return
        if picture.width * picture.height > PIXELS:
            raise Unwanted("too_many_pixels")
        yield picture
        number += 1
        if number > PAGES:
            raise Unwanted("bomb")


# PDF

# Keys that hold scripts, attached files, forms with programs, or data of the program that made the file
UNWANTED_KEYS = (
    "/JS", "/JavaScript", "/AA", "/OpenAction", "/EmbeddedFiles", "/EF", "/RF", "/AF", "/XFA", "/Collection",
    "/Metadata", "/PieceInfo", "/RichMediaContent", "/RichMediaSettings", "/Movie", "/Sound", "/3DD", "/OPI",
)  # fmt: skip
UNWANTED_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToE", "/GoToR", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/GoTo3DView",
}  # fmt: skip
UNWANTED_MARKS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
KNOWN_LINKS = ("http://", "https://", "mailto:", "tel:")
DEEPEST = 60


def clean_pdf(source: Path, target: Path) -> str:
    """Open, take out what could run or hide, save anew: only what the pages need is written. Raises Unwanted."""
    import pikepdf

    try:
        pdf = pikepdf.open(source, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Unwanted("locked") from None
    except pikepdf.PdfError:
        raise Unwanted("damaged") from None
    with pdf:
        if len(pdf.pages) == 0 or (was_repaired(pdf) and not ends_well(source)):
            raise Unwanted("damaged")
        unpacked = 0
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                unpacked += weigh(thing)
                if unpacked > ALL_STREAMS_BYTES:
                    raise Unwanted("bomb")
            scrub(thing, 0)
        for page in pdf.pages:
            drop_marks(page.obj)
        pdf.save(target, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=False)
    return "application/pdf"


def was_repaired(pdf: Any) -> bool:
    """Whether the table of contents of the file had to be made up from its remains."""
    return any("reconstruct" in warning or "file is damaged" in warning for warning in map(str, pdf.get_warnings()))


def ends_well(source: Path) -> bool:
    """Whether the end of the file is there: one that was cut off while sending has none."""
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - TAIL_BYTES))
        return b"%%EOF" in file.read()


def weigh(stream: Any) -> int:
    """Bytes of a stream when unpacked; cleans a picture on the way. Raises Unwanted for one that grows too far."""
    import pikepdf

    filters = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(one) for one in filters]
    if sum(name in ("/FlateDecode", "/LZWDecode", "/RunLengthDecode") for name in names) > 1:
        raise Unwanted("bomb")  # packed twice: nothing but a bomb is
    if stream.get("/Subtype") == "/Image":
        size = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if size > PDF_PICTURE_PIXELS:
            raise Unwanted("too_many_pixels")
    if names == ["/DCTDecode"]:
        raw = stream.read_raw_bytes()
        bare = without_segments(raw)
        if bare != raw:
            stream.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=stream.get("/DecodeParms"))
        return len(raw)
    if not names or names[0] != "/FlateDecode":
        return int(stream.get("/Length", 0))
    return unpacked_size(stream.read_raw_bytes())


def unpacked_size(raw: bytes) -> int:
    """Bytes that a packed stream makes; never holds more than a megabyte of them. Raises Unwanted."""
    unpack, total, rest = zlib.decompressobj(), 0, raw
    try:
        while rest and not unpack.eof:
            total += len(unpack.decompress(rest, 1024 * 1024))
            rest = unpack.unconsumed_tail
            if total > STREAM_BYTES:
                raise Unwanted("bomb")
    except zlib.error:
        return total  # a damaged stream shows nothing; it cannot grow either
    return total


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG picture inside a PDF file without its EXIF, XMP and comment segments: the location of a photo is there."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xFF or length < 2:
            break
        # application segments go, but for JFIF (0), color profile (2) and Adobe's color transform (14)
        if not (marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xE2, 0xEE))):
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept) + jpeg[at:]


def scrub(thing: Any, depth: int) -> None:
    """Take unwanted keys and actions out of an object and of what lies directly in it."""
    import pikepdf

    if depth > DEEPEST:
        raise Unwanted("bomb")
    if isinstance(thing, pikepdf.Array):
        children = list(thing)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        for key in UNWANTED_KEYS:
            if key in thing:
                del thing[key]
        if is_unwanted_action(thing):
            for key in list(thing.keys()):
                del thing[key]
        children = [thing[key] for key in thing.keys()]  # noqa: SIM118  (not a dict)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            scrub(child, depth + 1)


def is_unwanted_action(thing: Any) -> bool:
    """Whether this is an action that runs, sends or opens something; links to pages of the web stay."""
    kind = str(thing.get("/S", ""))
    if kind == "/URI":
        return not str(thing.get("/URI", "")).strip().lower().startswith(KNOWN_LINKS)
    return kind in UNWANTED_ACTIONS


def drop_marks(page: Any) -> None:
    """Take attached files, films and the like off a page."""
    marks = page.get("/Annots")
    if marks is None:
        return
    for number in reversed(range(len(marks))):
        if str(marks[number].get("/Subtype", "")) in UNWANTED_MARKS:
            del marks[number]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
