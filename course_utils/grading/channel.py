"""Lines of bytes between two programs that do not trust each other: bounded in length, and in time."""

import json
import os
import select
import time
from collections.abc import Iterable

LONGEST = 20_000_000  # bytes of one line


class Died(Exception):
    """The other program ended, hung, or said something that it may not say."""


def as_line(data) -> bytes:
    """Data as JSON, and no longer than it is as text: in ASCII, Chinese would take twice as much.

    A half of a character goes through as it is, as json.loads takes it.
    """
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


class Channel:
    """Sends lines to one file descriptor, and receives them from another.

    late: when to give up, by `time.monotonic`; None: never.
    """

    def __init__(self, source: int, sink: int):
        self.source, self.sink, self.buffer = source, sink, bytearray()
        os.set_blocking(sink, False)

    def close(self) -> None:
        """Give both file descriptors back."""
        for descriptor in {self.source, self.sink}:
            os.close(descriptor)

    def send(self, line: bytes, late: float | None = None) -> None:
        """Write one line whole, before the moment `late`. Raises Died if nobody reads any more."""
        left = memoryview(line + b"\n")
        while left:
            in_time([], [self.sink], late)
            try:
                left = left[os.write(self.sink, left) :]
            except BlockingIOError:  # another process of ours filled the pipe
                continue
            except OSError:
                raise Died("the program ended") from None

    def receive(self, late: float | None = None) -> bytes:
        """The next line without its end, before the moment `late`. Raises Died when there is none."""
        looked = 0
        while (end := self.buffer.find(b"\n", looked)) < 0:
            looked = len(self.buffer)
            if looked > LONGEST:
                raise Died("the program said too much")
            in_time([self.source], [], late)
            chunk = os.read(self.source, 1 << 16)
            if not chunk:
                raise Died("the program ended")
            self.buffer += chunk
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 1]
        return line


def in_time(reading: Iterable[int], writing: Iterable[int], late: float | None) -> None:
    """Wait until one of these may be read, or written. Raises Died when it is late, however much there is."""
    left = None if late is None else late - time.monotonic()
    if (left is not None and left < 0) or not any(select.select(reading, writing, [], left)):
        raise Died("it took too long")
