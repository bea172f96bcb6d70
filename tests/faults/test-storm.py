#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R5: a provider that refuses everything for a minute because it was asked too often. What it asks
for is kept within a second; if it asks for nothing, it gets at most eight requests in all."""
import sys

import faults
from faults import Broken, Cell, World

SPEED = 120
STORM_SPEED = 4
STORM_S = 60
RETRY_AFTER_S = 20
MOST_REQUESTS = 8
TOLERANCE_MS = 1000


def api_requests(world, since_ms, until_ms):
    return [request for request in world.cloud.requests()
            if request['route'] != 'pod' and request['auth'] == 'present'
            and since_ms <= request['at_ms'] < until_ms]


def judge_retry_after(requests):
    """Nobody comes back before the time that the provider named."""
    asked_until = refused_ms = None
    for request in requests:
        # Those that left together cannot know of each other.
        if asked_until is not None and request['at_ms'] > refused_ms + TOLERANCE_MS and \
                request['at_ms'] < asked_until - TOLERANCE_MS:
            raise Broken(f'{request["route"]} came {asked_until - request["at_ms"]} ms too soon: '
                         + tell(requests))
        if request['status'] == 429:
            refused_ms = request['at_ms']
            asked_until = max(asked_until or 0, request['at_ms'] + RETRY_AFTER_S * 1000)


def tell(requests):
    first = requests[0]['at_ms']
    return ', '.join(f'{(r["at_ms"] - first) / 1000:.1f} s {r["route"]} {r["status"]}'
                     for r in requests)


def storm(options, provider, state, says_when):
    world = World(options, SPEED)
    try:
        first = world.start().begin(provider)
        first.wait_offers()
        first.rent()
        first.wait_deployment('ready' if state == 'ready' else 'starting', 'ready')
        first.kill()
        world.cloud.set_speed(STORM_SPEED)
        program = world.start().begin(provider, with_offers=False)
        program.wait(lambda s: s['studio']['state'] == 'known' and s['rentals']
                     and s['rentals'][0]['pod'], 'a list')
        began = world.cloud.now_ms()
        world.cloud.fault('any', '429retry' if says_when else '429', for_s=STORM_S,
                          seconds=RETRY_AFTER_S)
        if state == 'deleting':
            program.send('delete', 'all')
        else:
            program.send('refresh')
        until = began + STORM_S * 1000
        while world.cloud.now_ms() < until:
            with program.news:
                program.news.wait(0.2)
            world.wait_shown(program, 1)
        requests = api_requests(world, began, until)
        # What was on its way when the storm began got its answer.
        while requests and requests[0]['status'] != 429:
            requests.pop(0)
        if not requests:
            raise Broken('nothing was asked in that minute')
        if says_when:
            judge_retry_after(requests)
        elif len(requests) > MOST_REQUESTS:
            raise Broken(f'{len(requests)} requests in a minute: {tell(requests)}')
        words = program.words[-1] if program.words else faults.row_words(
            program.status['rentals'][0])
        program.kill()
        world.cloud.set_speed(SPEED)
        after = world.start().begin(provider, with_offers=False)
        world.end_all(after, provider)
        world.judge()
        return [len(requests), words[1], words[2]]
    finally:
        world.close()


def main():
    options = faults.parse()
    cells = [Cell(f'429 for {STORM_S} s {"with" if says_when else "without"} Retry-After while '
                  f'{state}, {faults.NAMES[provider]}',
                  lambda p=provider, s=state, w=says_when: storm(options, p, s, w),
                  columns=(state, 'yes' if says_when else 'no', faults.NAMES[provider]))
             for says_when in (True, False) for state in ('starting', 'ready', 'deleting')
             for provider in faults.PROVIDERS]
    options.jobs = len(cells)  # they wait most of the time
    return faults.run(options, 'R5', ['while', 'Retry-After', 'provider', 'requests', 'sentence',
                                      'button'], cells)


if __name__ == '__main__':
    sys.exit(main())
