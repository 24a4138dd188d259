"""Photos made small: upright, on white, and never a reason why a report cannot be had."""

import contextlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from labnotebook.records.presentation.pictures import small_jpeg


def encoded(photo, kind="JPEG", **how):
    target = BytesIO()
    photo.save(target, kind, **how)
    return target.getvalue()


def held(orientation):
    """A photo of four colours, of a camera that says how it was held."""
    photo = Image.new("RGB", (160, 80), "red")
    photo.paste("lime", (80, 0, 160, 40))
    photo.paste("blue", (0, 40, 80, 80))
    said = Image.Exif()
    said[0x0112] = orientation
    return encoded(photo, exif=said, quality=95)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_pillow_itself_puts_it_upright(orientation):
    content = held(orientation)
    jpeg, width, height = small_jpeg(content)
    upright = ImageOps.exif_transpose(Image.open(BytesIO(content))).convert("RGB")
    drawn = Image.open(BytesIO(jpeg)).convert("RGB")
    assert drawn.size == (width, height) == upright.size
    for x in (width // 4, 3 * width // 4):
        for y in (height // 4, 3 * height // 4):
            pair = zip(drawn.getpixel((x, y)), upright.getpixel((x, y)), strict=True)
            assert all(abs(a - b) < 40 for a, b in pair)


def test_what_is_clear_is_white_and_the_longest_side_is_800():
    clear = encoded(Image.new("RGBA", (1600, 400), (0, 0, 0, 0)), "PNG")
    jpeg, width, height = small_jpeg(clear)
    assert (width, height) == (800, 200)
    assert min(Image.open(BytesIO(jpeg)).getpixel((400, 100))) > 250


def test_a_small_file_that_unpacks_to_a_huge_picture_is_not_unpacked():
    huge = encoded(Image.new("1", (9000, 9000)), "PNG")
    assert len(huge) < 100_000
    with pytest.raises(OSError, match="9000 × 9000 pixels"):
        small_jpeg(huge)


@given(st.data())
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_photo_is_drawn_or_refused(data):
    content = bytearray(held(6))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(OSError):  # nothing else
        small_jpeg(bytes(content))
