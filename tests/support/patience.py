# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a test waits, on a computer that may stand still.

A machine that is shared stops now and then for ten seconds and more, with everything on it. What
runs by clocks that go twenty times as fast has then lost minutes, and no test can tell that from
a fault of the program. It can be noticed, however: no thread gets its turn meanwhile.
"""
import threading
import time

# Longer than any thread waits for its turn on a computer that is only busy.
LEAP = 1.0
PAUSE = 0.1


class _Pulse:
    def __init__(self):
        self.lock = threading.Lock()
        self.last = time.monotonic()
        self.lost = 0.0
        threading.Thread(target=self.beat, daemon=True).start()

    def look(self):
        with self.lock:
            now = time.monotonic()
            if now - self.last > LEAP:
                self.lost += now - self.last - PAUSE
            self.last = now
            return now

    def beat(self):
        while True:
            self.look()
            time.sleep(PAUSE)


_pulse = _Pulse()


def now():
    """Seconds, as time.monotonic(), without those in which this computer stood still."""
    return _pulse.look() - _pulse.lost


def stood_still():
    """For how many seconds in all."""
    _pulse.look()
    return _pulse.lost


def judge(test, tell):
    """Runs @test; where it fails while this computer stands still, once more from its beginning.
    @tell gets the first problem then. What fails without such a reason fails at once."""
    before = stood_still()
    try:
        return test()
    except Exception as error:
        lost = stood_still() - before
        if not lost:
            raise
        tell(f"this computer stood still for {lost:.1f} s, once more after: {error!r}"[:300])
    return test()
