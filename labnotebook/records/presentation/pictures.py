"""A photo made small enough to print."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_PX = 800  # 300 dpi at the width that a photo has on paper
MOST_PX = 60_000_000  # no camera's photo is larger; a page of a small file may unpack to any size
QUALITY = 82


def small_jpeg(content: bytes) -> tuple[bytes, int, int]:
    """Return a photo as JPEG, upright, without what its camera wrote beside it, and its width and height.

    Raises `OSError` for what is no picture, and for one of more than 60 million pixels.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as photo:
            if photo.width * photo.height > MOST_PX:
                raise OSError(f"{photo.width} × {photo.height} pixels are more than any camera has")
            photo.draft(
                "RGB", (LONGEST_PX, LONGEST_PX)
            )  # a JPEG is read at the size that is needed
            upright = ImageOps.exif_transpose(photo)
            flat = Image.new("RGB", upright.size, "white")
            seen = upright.convert("RGBA")
            flat.paste(seen, mask=seen.getchannel("A"))
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OSError(f"it is no picture that can be drawn: {error}") from error
    flat.thumbnail((LONGEST_PX, LONGEST_PX))
    target = BytesIO()
    flat.save(target, "JPEG", quality=QUALITY)
    return target.getvalue(), flat.width, flat.height
