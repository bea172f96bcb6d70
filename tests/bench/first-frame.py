#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes from the start of the process to the first picture of the wizard.

    first-frame.py --build DIR [--runs N] [--json]

Held against an empty window that is built the same way and started in turn with it. The clock
stops when a pixel in the middle of the window has changed, so that nothing in the program takes
part in the measurement. Tells figures, never passes or fails.
"""
import argparse
import ctypes
import ctypes.util
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'robot'))
from easel_desk import Desk, missing_tools  # noqa: E402

WHERE = (410, 300)
LONGEST = 20.0


class Screen:
    """One pixel of the display, read again and again."""

    def __init__(self, display):
        self.x11 = ctypes.CDLL(ctypes.util.find_library('X11') or 'libX11.so.6')
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.x11.XGetImage.restype = ctypes.c_void_p
        self.x11.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int,
                                       ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.x11.XGetPixel.restype = ctypes.c_ulong
        self.pixel_of = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, ctypes.c_int,
                                         ctypes.c_int)(('XGetPixel', self.x11))
        self.destroy = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(('XDestroyImage', self.x11))
        self.display = self.x11.XOpenDisplay(display.encode())
        self.root = self.x11.XDefaultRootWindow(self.display)

    def pixel(self):
        image = self.x11.XGetImage(self.display, self.root, *WHERE, 1, 1, 0xffffffff, 2)
        value = self.pixel_of(image, 0, 0) & 0xffffff
        self.destroy(image)
        return value


def measure(desk, screen, command, name):
    before = screen.pixel()
    start = time.monotonic()
    process = desk.start(name, command)
    try:
        while screen.pixel() == before:
            if process.poll() is not None:
                sys.exit(f'{command[0]} ended:\n{desk.read(name + ".log")[-2000:]}')
            if time.monotonic() - start > LONGEST:
                sys.exit(f'{command[0]} showed nothing within {LONGEST:.0f} s')
            time.sleep(0.0005)
        return (time.monotonic() - start) * 1000
    finally:
        desk.stop(process)
        end = time.monotonic() + 5
        while screen.pixel() != before and time.monotonic() < end:
            time.sleep(0.01)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True)
    parser.add_argument('--runs', type=int, default=20)
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    lacking = missing_tools()
    if lacking:
        sys.exit('Needs ' + ', '.join(lacking))
    build = os.path.realpath(options.build)

    with Desk() as desk:
        desk.env['GSETTINGS_SCHEMA_DIR'] = os.path.join(build, 'data')
        endpoints = desk.path('endpoints')
        with open(endpoints, 'w', encoding='utf-8') as file:
            # Nobody listens there: the first frame must not wait for anybody.
            file.write('[runpod]\napi=http://127.0.0.1:9/v2\ngraphql=http://127.0.0.1:9/graphql\n'
                       'proxy=http://{pod}-{port}.localhost:9\n')
        screen = Screen(desk.env['DISPLAY'])
        commands = {
            'empty window': [os.path.join(build, 'tests', 'bench', 'empty-window')],
            'wizard': [os.path.join(build, 'src', 'cloud-easel'), '--endpoints', endpoints],
        }
        times = {name: [] for name in commands}
        for turn in range(options.runs + 2):
            for name, command in commands.items():
                took = measure(desk, screen, command, name.replace(' ', '-'))
                if turn >= 2:  # the first two warm the caches
                    times[name].append(took)

    results = {name: {'median_ms': round(statistics.median(values), 1),
                      'lowest_ms': round(min(values), 1), 'highest_ms': round(max(values), 1),
                      'runs': len(values)} for name, values in times.items()}
    ratio = results['wizard']['median_ms'] / results['empty window']['median_ms']
    if options.json:
        print(json.dumps({**results, 'ratio': round(ratio, 3)}))
        return
    print(f'{"first frame":16} {"median":>9} {"lowest":>9} {"highest":>9}')
    for name, result in results.items():
        print(f'{name:16} {result["median_ms"]:6.0f} ms {result["lowest_ms"]:6.0f} ms '
              f'{result["highest_ms"]:6.0f} ms')
    print(f'wizard / empty window: {ratio:.2f} (wanted: at most 1.50)')


if __name__ == '__main__':
    main()
