"""Pictures as cameras write them, and what can be seen in a picture again."""

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageDraw

RED, GREEN, BLUE = (200, 20, 20), (20, 160, 20), (20, 20, 200)
ORIENTATION = 0x0112
# What a camera did to an upright picture, by the value of EXIF that undoes it.
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
TABLE = (40, 110, 50)


def upright(size: tuple[int, int] = (300, 420)) -> Image.Image:
    """Return a page with a red corner at the top left, a green one at the top right, a blue one at the bottom left."""
    made = Image.new("RGB", size, "white")
    drawn, (width, height) = ImageDraw.Draw(made), size
    step = width // 5
    drawn.rectangle((0, 0, step, step), fill=RED)
    drawn.rectangle((width - step, 0, width, step), fill=GREEN)
    drawn.rectangle((0, height - step, step, height), fill=BLUE)
    return made


def taken(page: Image.Image, orientation: int = 1, kind: str = "JPEG") -> bytes:
    """Return the file of a camera that was held as `orientation` says, with a place and a camera's name in it."""
    turn = TURNED[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    (page if turn is None else page.transpose(turn)).save(out, kind, exif=exif, quality=95)
    return out.getvalue()


def on_a_table(corners: Sequence[tuple[int, int]], size: tuple[int, int] = (1200, 1600)) -> Image.Image:
    """Return a photograph of a written sheet with these corners (from the top left around) on a dark table."""
    made = Image.new("RGB", size, TABLE)
    drawn = ImageDraw.Draw(made)
    drawn.polygon(list(corners), fill=(235, 232, 225))
    (left, top), (right, low) = map(min, zip(*corners, strict=True)), map(max, zip(*corners, strict=True))
    for y in range(top + 120, low - 120, 40):
        drawn.line((left + 130, y, right - 130, y), fill=(30, 30, 30), width=6)
    return made


def corner_colours(picture: Image.Image) -> list[str]:
    """Return what is seen at the top left, top right, bottom left, bottom right: "red", "green", "blue", "white"."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": (255, 255, 255)}
    across, down = (int(side * 0.06) for side in picture.size)
    right, low = picture.width - 1 - across, picture.height - 1 - down
    found = []
    for spot in ((across, down), (right, down), (across, low), (right, low)):
        seen = picture.getpixel(spot)
        assert isinstance(seen, tuple)
        found.append(min(names, key=lambda name: sum(abs(a - b) for a, b in zip(names[name], seen, strict=True))))
    return found


UPRIGHT = ["red", "green", "blue", "white"]


def written(*pages: str, rotate: int = 0) -> bytes:
    """Return a PDF with a line of words on each page of A4."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for words in pages:
            page = made.add_blank_page(page_size=(595, 842))
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.obj.Contents = made.make_stream(f"BT /F 40 Tf 60 700 Td ({words}) Tj ET".encode())
            if rotate:
                page.obj.Rotate = rotate
        made.save(out)
    return out.getvalue()


def pictures_in(body: bytes) -> list[Image.Image]:
    """Return the pictures of a PDF, one a page."""
    with pikepdf.open(io.BytesIO(body)) as made:
        return [pikepdf.PdfImage(next(iter(page.get_images().values()))).as_pil_image().copy() for page in made.pages]
