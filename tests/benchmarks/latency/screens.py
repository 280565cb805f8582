"""What was really on screen: the frames that Chromium sends to a recorder, searched for blank pictures."""

import base64
import io

from PIL import Image


class Recorder:
    """Keeps every screen of a page as PNG, from `start` to `stop`.

    Chromium sends the next screen when the last one has been acknowledged: call `acknowledge` often.
    """

    def __init__(self, page):
        self.screens: list[bytes] = []
        self._pending: list[dict] = []
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", lambda event: self._pending.append(event))

    def start(self) -> None:
        self._session.send("Page.startScreencast", {"format": "png"})

    def acknowledge(self) -> None:
        while self._pending:
            event = self._pending.pop(0)
            self.screens.append(base64.b64decode(event["data"]))
            self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def stop(self) -> None:
        self._session.send("Page.stopScreencast")
        self._session.detach()


def blank_screens(screens: list[bytes], box: dict) -> int:
    """On how many screens the box of the picture has only one colour."""
    corners = box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]
    return sum(is_blank(Image.open(io.BytesIO(screen)).convert("RGB").crop(corners)) for screen in screens)


def is_blank(image: Image.Image) -> bool:
    return all(low == high for low, high in image.getextrema())
