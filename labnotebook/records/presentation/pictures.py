"""A photo made small enough to print."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_PX = 800  # 300 dpi at the width that a photo has on paper
MOST_PX = (
    30_000_000  # unpacked 90 MB; a small file of another kind than JPEG may unpack to any size
)
MOST_JPEG_PX = 120_000_000  # a JPEG is unpacked at the size that is needed
QUALITY = 82
ORIENTATION = 0x0112
TURNS = {  # what each orientation needs to stand upright (EXIF 2.3, table 4.6.4 A)
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def small_jpeg(content: bytes) -> tuple[bytes, int, int]:
    """Return a photo as JPEG, upright, without what its camera wrote beside it, and its width and height.

    Raises `OSError` for what cannot be drawn: no picture, a damaged one, or one of more pixels than a camera has.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as photo:
            most = MOST_JPEG_PX if photo.format == "JPEG" else MOST_PX
            if photo.width * photo.height > most:
                raise OSError(f"its {photo.width} × {photo.height} pixels are too many to print")
            turn = TURNS.get(_orientation(photo))
            photo.draft("RGB", (LONGEST_PX, LONGEST_PX))
            photo.thumbnail((LONGEST_PX, LONGEST_PX))
            flat = _on_white(photo if turn is None else photo.transpose(turn))
    except OSError:
        raise
    except Exception as error:  # its decoders raise what they like on damaged bytes
        raise OSError(f"it is no picture that can be drawn ({error})") from error
    target = BytesIO()
    flat.save(target, "JPEG", quality=QUALITY)
    return target.getvalue(), flat.width, flat.height


def _orientation(photo: Image.Image) -> int:
    """Return how the camera was held, 1 where it does not say so in a way that can be read."""
    try:
        return int(photo.getexif().get(ORIENTATION, 1))
    except Exception:  # as above; a damaged note beside the picture does not hide it
        return 1


def _on_white(photo: Image.Image) -> Image.Image:
    if "A" not in photo.getbands() and "transparency" not in photo.info:
        return photo.convert("RGB")
    seen = photo.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat
