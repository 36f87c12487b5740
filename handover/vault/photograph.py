"""Pictures made of pictures: upright, without what the camera wrote beside, and of a sheet only the sheet.

Runs in the confined child only. A photograph is cut to the sheet where there is no doubt about its four corners, and
left as it is otherwise: half a page too much can be read, half a page too little cannot.
"""

import io
import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, ImageStat

from handover.vault import limits

_FORMATS = {"png": "PNG", "jpg": "JPEG"}
_LOOKED_AT = 240  # pixels of the longer side in which the corners are looked for
_TEXT = 9  # pixels of that: darker marks up to this size lie on the sheet
_SPECK = 5  # brighter ones up to this size lie beside it
_FOUR_CORNERS = 0.93  # how much of what is bright, and of the quadrilateral around it, must be the same
_SHEET = (0.2, 0.97)  # which part of the picture the sheet may be
_ALIKE = 0.6  # how long the shorter of two opposite sides is, of the longer
_CONTRAST = 40  # how much brighter the sheet is than what it lies on, of 255

Corner = tuple[float, float]


def size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height in pixels of the picture that `draw` makes of these bytes."""
    with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as picture:
        width, height = picture.size
        if picture.getexif().get(0x0112) in {5, 6, 7, 8}:  # lies on its side
            width, height = height, width
    scale = min(1.0, limits.DRAWN_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def draw(kind: str, data: bytes, side: int) -> bytes:
    """A JPEG of the picture, upright, its longer side at most `side` pixels."""
    picture = _upright(kind, data, side)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return as_jpeg(picture)


def sheet(kind: str, data: bytes, most: int) -> tuple[bytes, tuple[int, int]]:
    """A JPEG of at most `most` bytes of the sheet that was photographed, and its width and height in pixels."""
    picture = _upright(kind, data, 0)
    if (corners := _corners(picture)) is not None:
        picture = _straight(picture, corners)
    picture = ImageOps.autocontrast(picture, cutoff=(0.5, 2), preserve_tone=True)
    page = limits.A4 if picture.width <= picture.height else limits.A4[::-1]
    picture.thumbnail(page, Image.Resampling.LANCZOS, reducing_gap=2.0)
    for quality in (82, 70, 58, 46):
        if len(made := as_jpeg(picture, quality)) <= most:
            return made, picture.size
    picture.thumbnail((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    made = as_jpeg(picture, 60)
    if len(made) > most:
        raise ValueError("cannot be made small enough")
    return made, picture.size


def as_jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    """The picture alone: no place, no date, no camera, no colour profile, no thumbnail."""
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _upright(kind: str, data: bytes, side: int) -> Image.Image:
    """The picture as it was seen when it was taken, in RGB on white; large ones read smaller if `side` is enough."""
    Image.MAX_IMAGE_PIXELS = None  # the check's own limit was asked on arrival, and is asked again here
    with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as picture:
        if picture.width * picture.height > limits.MAX_PIXELS:
            raise ValueError("too large")
        if side:
            picture.draft("RGB", (side, side))
        turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith(("I", "F")):  # 16 bits a pixel, which a plain conversion would cut off at white
        turned = turned.point(lambda value: value * (1 / 256)).convert("L")
    if turned.mode in {"LA", "PA", "La", "RGBa"} or turned.mode == "RGBA" or "transparency" in turned.info:
        above = turned.convert("RGBA")
        turned = Image.new("RGBA", above.size, "white")
        turned.alpha_composite(above)
    return turned.convert("RGB")


def _corners(picture: Image.Image) -> tuple[Corner, Corner, Corner, Corner] | None:
    """Corners of the one bright sheet in the picture (top left, bottom left, bottom right, top right), if sure."""
    grey = picture.convert("L")
    grey.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    limit = _between(grey.histogram())
    bright = grey.point([255 if value > limit else 0 for value in range(256)])
    bright = bright.filter(ImageFilter.MaxFilter(_TEXT)).filter(ImageFilter.MinFilter(_TEXT))
    bright = bright.filter(ImageFilter.MinFilter(_SPECK)).filter(ImageFilter.MaxFilter(_SPECK))
    width, height = bright.size
    at = [divmod(index, width)[::-1] for index, value in enumerate(bright.tobytes()) if value]
    if not _SHEET[0] <= len(at) / (width * height) <= _SHEET[1]:
        return None
    found = (
        min(at, key=lambda spot: spot[0] + spot[1]),
        min(at, key=lambda spot: spot[0] - spot[1]),
        max(at, key=lambda spot: spot[0] + spot[1]),
        max(at, key=lambda spot: spot[0] - spot[1]),
    )
    if not _is_sure(grey, bright, found):
        return None
    across, down = picture.width / width, picture.height / height
    # The corner of a pixel and not its middle: right and lower edges lie one further.
    left_top, left_low, right_low, right_top = found
    return (
        (left_top[0] * across, left_top[1] * down),
        (left_low[0] * across, (left_low[1] + 1) * down),
        ((right_low[0] + 1) * across, (right_low[1] + 1) * down),
        ((right_top[0] + 1) * across, right_top[1] * down),
    )


def _is_sure(grey: Image.Image, bright: Image.Image, found: tuple[tuple[int, int], ...]) -> bool:
    """Whether what is bright is just this quadrilateral, and all around is much darker."""
    left_top, left_low, right_low, right_top = found
    across = (math.dist(left_top, right_top), math.dist(left_low, right_low))
    down = (math.dist(left_top, left_low), math.dist(right_top, right_low))
    if min(across) < _ALIKE * max(across) or min(down) < _ALIKE * max(down):
        return False
    inside = Image.new("L", bright.size)
    ImageDraw.Draw(inside).polygon(found, fill=255, outline=255)
    both = ImageChops.darker(inside, bright).histogram()[255]
    either = ImageChops.lighter(inside, bright).histogram()[255]
    if not both or both < _FOUR_CORNERS * either:
        return False
    outside = ImageChops.invert(inside)
    difference = ImageStat.Stat(grey, inside).mean[0] - ImageStat.Stat(grey, outside).mean[0]
    return difference >= _CONTRAST


def _between(histogram: list[int]) -> int:
    """The grey that parts the pixels best into dark and bright ones (Otsu 1979)."""
    total, weighted = sum(histogram), sum(value * count for value, count in enumerate(histogram))
    best, limit, below, dark = -1.0, 0, 0, 0
    for value, count in enumerate(histogram):
        below += count
        dark += value * count
        if not below or below == total:
            continue
        difference = dark / below - (weighted - dark) / (total - below)
        if (parted := below * (total - below) * difference**2) > best:
            best, limit = parted, value
    return limit


def _straight(picture: Image.Image, corners: tuple[Corner, Corner, Corner, Corner]) -> Image.Image:
    """The sheet between these corners as a rectangle, half as fine again as its page will be, at most."""
    left_top, left_low, right_low, right_top = corners
    width = max(math.dist(left_top, right_top), math.dist(left_low, right_low))
    height = max(math.dist(left_top, left_low), math.dist(right_top, right_low))
    scale = min(1.0, 1.5 * max(limits.A4) / max(width, height))
    given = [number for corner in corners for number in corner]
    wanted = (max(1, round(width * scale)), max(1, round(height * scale)))
    return picture.transform(wanted, Image.Transform.QUAD, given, Image.Resampling.BICUBIC)
