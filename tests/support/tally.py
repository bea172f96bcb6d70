#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test cases: `tally.py LOG` prints "PASSED FAILED SKIPPED"; `tally.py --show LOG` prints
what the failed programs said instead.

LOG is a *.json log of `meson test` (one test program a line) or, named *.tap, what one program
printed. A program that ends badly without a failed case of its own counts as one failure.
"""
import json
import re
import sys


def tally(output, bad):
    passed = failed = skipped = 0
    if re.match(r'1\.\.0\s*# skip', output, re.I):
        skipped = 1
    for line in output.split('\n'):
        case = re.match(r'(not )?ok\b(.*)', line)
        if case is None:
            continue
        if re.search(r'#\s*(skip|todo)\b', case.group(2), re.I):
            skipped += 1
        elif case.group(1):
            failed += 1
        else:
            passed += 1
    if bad and failed == 0:
        failed = 1
    if passed + failed + skipped == 0:
        passed = 1  # speaks by its exit code alone
    return passed, failed, skipped


def show(program):
    print(f'--- {program["name"]}: {program["result"]}, exit code {program.get("returncode")}, '
          f'{program.get("duration", 0):.1f} s')
    for stream in ('stdout', 'stderr'):
        lines = [line for line in (program.get(stream) or '').split('\n')
                 if line and not re.match(r'ok \d+(?!.*#)', line)]
        print('\n'.join(lines[-150:]))


def main(path, only_show):
    sums = [0, 0, 0]
    with open(path, encoding='utf-8', errors='replace') as file:
        if path.endswith('.json'):
            programs = [json.loads(line) for line in file if line.strip()]
        else:
            programs = [{'name': path, 'result': 'OK', 'stdout': file.read()}]
    for program in programs:
        bad = program['result'] not in ('OK', 'SKIP', 'EXPECTEDFAIL')
        if bad and only_show:
            show(program)
        counts = tally(program.get('stdout') or '', bad)
        sums = [one + other for one, other in zip(sums, counts)]
    if not only_show:
        print(*sums)


if __name__ == '__main__':
    main(sys.argv[-1], '--show' in sys.argv[1:-1])
