#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A market of ten thousand offers on the GPU page, against the bare parse of the same bytes.

    offers.py --build DIR [--offers N] [--runs N] [--json]

Tells figures, never passes or fails.
"""
import argparse
import json
import os
import subprocess
import sys

WORDS = {
    'bare-parse-ms': ('json-glib’s bare parse (control)', None),
    'load-ms': ('first answer to rows painted',
                lambda figures: 1.5 * figures['bare-parse-ms'][0] + 30),
    'after-last-answer-ms': ('last answer to rows painted', 100),
    'load-gap-ms': ('longest gap while loading', 16),
    'load-gap-cpu-ms': ('  of it this thread’s own', 16),
    'bare-load-gap-ms': ('  one label a row (floor)', None),
    'bare-load-gap-cpu-ms': ('  of it this thread’s own', None),
    'sort-gap-ms': ('longest gap when sorted', 16),
    'sort-gap-cpu-ms': ('  of it this thread’s own', 16),
    'filter-gap-ms': ('longest gap when filtered', 16),
    'filter-gap-cpu-ms': ('  of it this thread’s own', 16),
    'scroll-gap-ms': ('longest gap when scrolled', 16),
    'scroll-gap-cpu-ms': ('  of it this thread’s own', 16),
    'bare-scroll-gap-ms': ('  one label a row (floor)', None),
    'bare-scroll-gap-cpu-ms': ('  of it this thread’s own', None),
    'rows': ('row widgets', 205),
}


def measure(options):
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    tests = os.path.join(options.build, 'tests')
    environment = {
        **os.environ, 'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GTK_A11Y': 'none',
        'NO_AT_BRIDGE': '1', 'GSETTINGS_BACKEND': 'memory', 'GIO_USE_VFS': 'local',
        'GIO_USE_PROXY_RESOLVER': 'dummy', 'TZ': 'UTC', 'LC_ALL': 'C.UTF-8',
        'GSETTINGS_SCHEMA_DIR': os.path.join(options.build, 'data'),
        'G_TEST_SRCDIR': os.path.join(top, 'tests'), 'G_TEST_BUILDDIR': tests,
    }
    done = subprocess.run(
        ['xvfb-run', '-a', '-s', '-screen 0 1280x1024x24 -nolisten tcp',
         os.path.join(tests, 'bench', 'bench-offers'), str(options.offers), str(options.runs)],
        env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if words and words[0] in WORDS:
            figures[words[0]] = [float(word) for word in words[1:]]
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--offers', type=int, default=10000)
    parser.add_argument('--runs', type=int, default=10)
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    options.build = os.path.realpath(options.build)
    figures = measure(options)
    if options.json:
        json.dump({'offers': options.offers, **figures}, sys.stdout)
        print()
        return
    print(f'{options.offers:,} offers, ms or count'.ljust(36), ' median   lowest  highest  wanted')
    for name, (median, lowest, highest) in figures.items():
        words, wanted = WORDS[name]
        if callable(wanted):
            wanted = round(wanted(figures))
        print(f'{words:34} {median:9.1f} {lowest:8.1f} {highest:8.1f}'
              f'  {"" if wanted is None else wanted:>6}')


if __name__ == '__main__':
    main()
