"""Record the learning rate explorer of lesson 06 as it is moved through its range, once in each language.

Usage: python tools/record_explorer.py     (needs Chromium, and the packages of the extra `dev`)

A recording says in its comment of which cell it is, so that a test finds one that is no longer current.
"""

import hashlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.lab import run_all, running_chromium, running_lab  # noqa: E402

LESSON = "06_tune_the_learning_rate.ipynb"
RECORDINGS = {LESSON: ROOT / "docs" / "explorer.gif", f"zh/{LESSON}": ROOT / "docs" / "explorer.zh.gif"}
WIDTH, COLORS, FRAME = 800, 64, 180  # pixels, colours of the palette, milliseconds for one frame
LIMIT = 500_000  # bytes


def moved(page) -> list[bytes]:
    """A screenshot of the lesson's first explorer at each position, from the first to the last and back."""
    explorer = page.locator(".jp-OutputArea .explorer").first
    explorer.scroll_into_view_if_needed()
    handle = explorer.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("Home")
    last = round(float(handle.get_attribute("aria-valuemax")))
    shots = []
    for key in ["ArrowRight"] * last + ["ArrowLeft"] * last:
        page.wait_for_timeout(150)
        shots.append(explorer.screenshot())
        page.keyboard.press(key)
    return shots


def recorded(lesson: str) -> str:
    """What tells whether a recording is current: the explorer's cell, with the words and numbers it shows."""
    cells = nbformat.read(ROOT / "notebooks" / lesson, as_version=4).cells
    (cell,) = [cell for cell in cells if "explorer(" in cell.source and "shown=4" in cell.source]
    shown = [output.data.get("text/plain", "") for output in cell.outputs]
    return hashlib.sha256("\n".join([cell.source, *shown]).encode()).hexdigest()


def gif(shots: list[bytes], comment: str) -> bytes:
    """The screenshots as one animation that repeats for ever, in one palette."""
    images = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
    images = [image.resize((WIDTH, round(image.height * WIDTH / image.width))) for image in images]
    palette = stacked(images[::5]).quantize(COLORS, Image.Quantize.MAXCOVERAGE)  # rare colours count too
    frames = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    options = {"append_images": frames[1:], "duration": FRAME, "loop": 0, "comment": comment}
    frames[0].save(buffer, "gif", save_all=True, **options)
    return buffer.getvalue()


def stacked(images: list[Image.Image]) -> Image.Image:
    """The images one below the other."""
    width, height = images[0].size
    together = Image.new("RGB", (width, height * len(images)))
    for index, image in enumerate(images):
        together.paste(image, (0, index * height))
    return together


def record(lesson: str) -> bytes:
    """The explorer of a lesson as it moves. Raises ValueError if the animation is too large."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "notebooks", Path(folder) / "notebooks")
        with running_lab(Path(folder)) as address, running_chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            run_all(page, address, lesson)
            recording = gif(moved(page), recorded(lesson))
    if len(recording) > LIMIT:
        raise ValueError(f"{lesson}: {len(recording)} bytes, more than {LIMIT}: fewer colours or frames?")
    return recording


def main() -> None:
    for lesson, path in RECORDINGS.items():
        path.write_bytes(record(lesson))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
