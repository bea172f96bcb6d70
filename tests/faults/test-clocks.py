#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R10: somebody sets the computer's clock by an hour, or the computer sleeps for eight. What is
said about cost and end stays within one per cent of the ledger."""
import signal
import sys

import faults
from faults import Broken, Cell, World

SPEED = 60
SPEED_OF_SLEEP = 800
HOUR_MS = 3600 * 1000


def pass_time(world, program, milliseconds):
    """Cloud time."""
    until = world.cloud.now_ms() + milliseconds
    while world.cloud.now_ms() < until:
        with program.news:
            program.news.wait(0.1)


def within(one, other, base, what):
    if abs(one - other) > base * 0.01:
        raise Broken(f'{what}: {one} instead of {other}')


def judge_cost(world, program, patience_ms=0):
    """What is shown against what the ledger says, at nearly the same moment. What went through the
    wire stands in the provider's bill only, which is asked for now and then."""
    until = world.cloud.now_ms() + patience_ms
    while True:
        try:
            return compare_cost(world, program)
        except Broken:
            if world.cloud.now_ms() >= until:
                raise
        pass_time(world, program, HOUR_MS // 60)


def compare_cost(world, program):
    program.send('refresh')
    program.wait(lambda s: s['studio']['state'] == 'known', 'a list')
    shown = program.status['rentals'][0]['cost']
    billed = sum(charge['micros'] for pod in world.cloud.ledger()
                 for charge in pod['intervals'] + pod.get('traffic', []))
    within(shown, billed, billed, 'cost in micro-dollars')
    return f'${shown / 1e6:.3f} of ${billed / 1e6:.3f}'


def judge_end(world, program, hours):
    """It ends by itself, when it was to end."""
    program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'gone', 'its end',
                 faults.DEADLINE)
    pods = world.cloud.ledger()
    lasted = pods[0]['intervals'][-1]['to_ms'] - pods[0]['intervals'][0]['from_ms']
    within(lasted, hours * HOUR_MS, hours * HOUR_MS, 'milliseconds rented')
    return f'{lasted / HOUR_MS:.3f} of {hours} h'


def begin(world, provider, hours):
    program = world.start().begin(provider)
    program.wait_offers()
    program.rent(hours)
    program.wait_deployment('ready')
    return program


def step(world, provider, seconds):
    program = begin(world, provider, 1)
    pass_time(world, program, HOUR_MS // 4)
    program.send('step', str(seconds))
    pass_time(world, program, HOUR_MS // 12)
    cost = judge_cost(world, program)
    return program, cost, judge_end(world, program, 1)


def step_and_back(world, provider, seconds):
    program = begin(world, provider, 1)
    pass_time(world, program, HOUR_MS // 6)
    program.send('step', str(seconds))
    pass_time(world, program, HOUR_MS // 12)
    program.send('step', str(-seconds))
    pass_time(world, program, HOUR_MS // 12)
    cost = judge_cost(world, program)
    return program, cost, judge_end(world, program, 1)


def sleep(world, provider, hours):
    program = begin(world, provider, hours)
    program.process.send_signal(signal.SIGSTOP)
    pass_time(world, program, 8 * HOUR_MS)
    program.process.send_signal(signal.SIGCONT)
    if hours <= 8:
        woken = world.cloud.now_ms()
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'gone', 'its end')
        pods = world.cloud.ledger()
        late = pods[0]['intervals'][-1]['to_ms'] - woken
        if late > hours * HOUR_MS * 0.01:
            raise Broken(f'ended only {late} ms after it woke')
        return program, '', f'{late / 1000:.0f} s after it woke'
    cost = judge_cost(world, program, patience_ms=HOUR_MS // 3)
    return program, cost, judge_end(world, program, hours)


CASES = [
    ('an hour forward', step, 3600, SPEED),
    ('an hour back', step, -3600, SPEED),
    ('an hour forward and back', step_and_back, 3600, SPEED),
    ('an hour back and forward', step_and_back, -3600, SPEED),
    ('eight hours of sleep, rented for ten', sleep, 10, SPEED_OF_SLEEP),
    ('eight hours of sleep, rented for six', sleep, 6, SPEED_OF_SLEEP),
]


def run_case(options, provider, function, argument, speed):
    # It is this computer's clock that is tested, not the one of the agent in the pod.
    world = World(options, speed, agent='none')
    try:
        _, cost, end = function(world, provider, argument)
        world.judge()
        return [cost, end]
    finally:
        world.close()


def main():
    options = faults.parse()
    cells = [Cell(f'{title}, {faults.NAMES[provider]}',
                  lambda f=function, a=argument, p=provider, s=speed:
                      run_case(options, p, f, a, s), columns=(title, faults.NAMES[provider]))
             for title, function, argument, speed in CASES for provider in faults.PROVIDERS]
    options.jobs = len(cells)  # they wait most of the time
    return faults.run(options, 'R10', ['clock', 'provider', 'cost', 'end'], cells)


if __name__ == '__main__':
    sys.exit(main())
