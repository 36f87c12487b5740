"""Takes the README's pictures from a running demo: `.venv/bin/python scripts/pictures.py [ORIGIN]` beside `make run`.

The certificate is rendered from its PDF. Pictures are reduced to 128 colours, which keeps each far below 200 kB.
"""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def save(name: str, picture: Image.Image, width: int) -> None:
    """Write `picture` as `name`.png, at most `width` pixels wide."""
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    file = FOLDER / f"{name}.png"
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {picture.width} x {picture.height}, {file.stat().st_size // 1000} kB")


def signed_in(browser: Browser, origin: str, person: dict[str, Any], **screen: Any) -> Page:
    """Return a page of a member who signs in with the password alone."""
    page = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **screen).new_page()
    page.goto(f"{origin}/accounts/login/")
    page.fill("input[name=login]", person["address"])
    page.fill("input[name=password]", person["password"])
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(f"{origin}/")
    return page


def shown(page: Page, address: str, height: int) -> Image.Image:
    """Return what `page` shows at `address`, from the top down to `height`."""
    page.goto(address)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    scale = page.evaluate("devicePixelRatio")
    return picture.crop((0, 0, picture.width, min(picture.height, height * scale)))


def certificate(page: Page, address: str) -> Image.Image:
    """Return the first page of the certificate at `address`."""
    document = pypdfium2.PdfDocument(page.request.get(address).body())
    return document[0].render(scale=1.3).to_pil()


def main(origin: str) -> None:
    """Take them all."""
    printed = subprocess.run(
        [sys.executable, "manage.py", "demo", "--json"],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "on"},
        capture_output=True,
        check=True,
    ).stdout
    demo = json.loads(printed)
    people = {person["key"]: person for person in demo["people"]}
    half, shows = demo["handovers"]["half_done"], demo["registrations"]["half_handed_over"]
    serial = demo["certificates"]["valid"]["serial"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        wide: dict[str, Any] = {"viewport": {"width": 1180, "height": 900}}
        phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
        taro = signed_in(browser, origin, people["taro"], **wide)
        save("registration", shown(taro, f"{origin}/registrations/{shows}/", 1250), 1180)
        jiro = signed_in(browser, origin, people["jiro"], **wide)
        save("items", shown(jiro, f"{origin}/handovers/{half}/items/", 1250), 1180)
        save("certificate", certificate(jiro, f"{origin}/certificates/{serial}/pdf/"), 800)
        small = signed_in(browser, origin, people["taro"], **phone)
        save("phone", shown(small, f"{origin}/registrations/{shows}/", 844), 780)


if __name__ == "__main__":
    main((sys.argv[1:] or ["http://localhost:8000"])[0].rstrip("/"))
