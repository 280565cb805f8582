"""Pictures out of a submission: PNG and JPEG of bounded size, and nothing else."""

import binascii
from base64 import b64decode
from io import BytesIO

from PIL import Image

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
BYTES = 2 * 2**20  # of one picture
PIXELS = 2**24
PNG_HEADER, NO_PIXELS = 33, b"\0\0\0\0IDAT"  # bytes of its signature and size; what ends the rest


def is_picture(kind: str, data) -> bool:
    """Whether `data` is base64 of a picture that is what `kind` says, and small enough to be opened."""
    if kind not in FORMATS or not isinstance(data, str) or len(data) > BYTES * 4 / 3:
        return False
    try:
        content = b64decode(data, validate=True)
        if kind == "image/png":
            content = content[:PNG_HEADER] + NO_PIXELS  # between them may be much to unpack
        with Image.open(BytesIO(content), formats=[FORMATS[kind]]) as image:  # reads the header only
            return image.width * image.height <= PIXELS
    except binascii.Error:
        return False
    except Exception:  # whatever a malformed header does to the decoder
        return False


def attached(cell: dict) -> dict[str, dict[str, str]]:
    """The pictures that were pasted into a Markdown cell, by name, each {its type: base64}."""
    attachments = cell.get("attachments")
    found = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        pictures = kinds.items() if isinstance(kinds, dict) else ()
        found |= {str(name): {kind: data} for kind, data in pictures if is_picture(kind, data)}
    return found
