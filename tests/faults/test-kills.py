#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R2 and R3: the program dies, at every point that matters and at any other. Whatever is billed is
shown within five seconds of the next start, nothing is rented twice, and it can all be ended."""
import random
import signal
import sys
import threading
import time

import faults
import patience
from faults import Broken, Cell, World

SPEED = 240
SPEED_OF_RESTART = 2  # slow enough for five seconds to be measured
SHOWN_WITHIN_MS = 5000
LIFE = 3.0


def wait_requests(world, route, count=1, after=0):
    """Until the cloud has got so many of them."""
    end = patience.now() + faults.PATIENCE
    pause = threading.Event()
    while not has_requests(world, route, count, after):
        if patience.now() > end:
            raise Broken(f'no request “{route}”: '
                         f'{[r["route"] for r in world.cloud.requests()[after:]]}')
        pause.wait(0.01)


def has_requests(world, route, count, after):
    return sum(route is None or request['route'] == route
               or request['path'].rstrip('/').endswith(route)
               for request in world.cloud.requests()[after:]) >= count


class Death:
    """One program that comes to its point and dies there."""

    def __init__(self, world, provider, effect):
        self.world = world
        self.cloud = world.cloud
        self.provider = provider
        self.effect = effect

    def begin(self, kill=None):
        program = self.world.start(kill).begin(self.provider)
        program.wait_offers()
        return program

    def rented(self, *states, kill=None):
        program = self.begin(kill)
        program.rent()
        program.wait_deployment(*states)
        return program

    def hang(self, route):
        """The request is on the wire and nothing comes back."""
        self.cloud.fault(route, 'timeout_effect' if self.effect else 'timeout')

    def sent(self, program, route):
        wait_requests(self.world, route, after=self.n_before)
        program.kill()

    def note(self):
        self.n_before = len(self.cloud.requests())

    def before_intent(self):
        program = self.begin('before-intent')
        program.rent()
        program.wait_death('the click on Rent')

    def after_fsync(self):
        program = self.begin('after-intent')
        program.rent()
        program.wait_death('the intent')

    def request_written(self):
        program = self.begin()
        self.hang('create')
        self.note()
        program.rent()
        self.sent(program, 'create')

    def reply_read(self):
        program = self.begin('reply-read')
        self.cloud.fault('create', 'ok' if self.effect else '500')
        program.rent()
        program.wait_death('the reply')

    def first_poll(self):
        program = self.rented('starting')
        self.note()
        wait_requests(self.world, None, 1, self.n_before)
        program.kill()

    def mid_poll(self):
        program = self.rented('starting')
        self.note()
        wait_requests(self.world, None, 6, self.n_before)
        program.kill()

    def ready(self):
        self.rented('ready').kill()

    def before_delete(self):
        program = self.rented('starting', 'ready', kill='before-delete')
        program.send('delete', 'all')
        program.wait_death('the click on Delete')

    def delete_sent(self):
        program = self.rented('starting', 'ready')
        self.hang('delete')
        self.note()
        program.send('delete', 'all')
        self.sent(program, 'delete')

    def delete_confirmed(self):
        program = self.rented('starting', 'ready', kill='delete-confirmed')
        self.cloud.fault('delete', 'ok' if self.effect else '500')
        program.send('delete', 'all')
        program.wait_death('the answer to the delete')

    def stop(self):
        program = self.rented('ready')
        self.hang('stop')
        self.note()
        program.send('pause', 'all')
        self.sent(program, 'action')

    def resume(self):
        program = self.rented('ready')
        program.send('pause', 'all')
        program.wait(lambda s: s['rentals'][0]['state'] == 'paused', 'a pause')
        self.hang('start')
        self.note()
        end = patience.now() + faults.PATIENCE
        while not has_requests(self.world, 'action', 1, self.n_before):
            if patience.now() > end:
                raise Broken(f'never asked to start: {faults.brief(program.status)}')
            program.send('resume', 'all')  # nothing while the button is not there yet
            with program.news:
                program.news.wait(0.2)
        program.kill()


# (title, method, whether a request is cut by the death; else the next start meets a bad list)
POINTS = [
    ('before intent', 'before_intent', False),
    ('after fsync', 'after_fsync', False),
    ('request written', 'request_written', True),
    ('reply read, not stored', 'reply_read', True),
    ('first poll', 'first_poll', False),
    ('mid poll', 'mid_poll', False),
    ('ready', 'ready', False),
    ('before DELETE', 'before_delete', False),
    ('DELETE sent', 'delete_sent', True),
    ('delete confirmed', 'delete_confirmed', True),
    ('stop', 'stop', True),
    ('resume', 'resume', True),
]


def measure_restart(world, provider):
    """The next start, and how long it takes to show what is billed."""
    world.cloud.set_speed(SPEED_OF_RESTART)
    program = world.start()
    began = world.cloud.now_ms()
    program.begin(provider, with_offers=False)
    program.wait(lambda s: True, 'a first word')
    billed = world.wait_shown(program, SHOWN_WITHIN_MS / 1000 / SPEED_OF_RESTART + 1)
    needed = world.cloud.now_ms() - began
    if needed > SHOWN_WITHIN_MS:
        raise Broken(f'shown only after {needed} ms')
    words = [faults.row_words(row) for row in program.status['rentals']]
    state = [row['state'] for row in program.status['rentals']]
    program.kill()
    world.cloud.set_speed(SPEED)
    return billed, needed, words[0] if words else ('', 'nothing is rented', ''), state


def finish(world, provider):
    program = world.start().begin(provider, with_offers=False)
    world.end_all(program, provider)
    world.judge()


def sweep(options, method, effect, provider, is_cut):
    world = World(options, SPEED)
    try:
        getattr(Death(world, provider, effect), method)()
        if not is_cut and not effect:
            world.cloud.fault('list', '500', times=2)
        billed, needed, words, state = measure_restart(world, provider)
        finish(world, provider)
        return [len(billed), f'{needed / 1000:.1f} s', ', '.join(state), words[1], words[2]]
    finally:
        world.close()


def live(program):
    """A whole rental of somebody who knows what to do; ends wherever the program does."""
    try:
        program.wait_offers()
        program.rent()
        program.wait_deployment('ready')
        program.send('pause', 'all')
        program.wait(lambda s: s['rentals'][0]['state'] == 'paused', 'a pause')
        program.send('resume', 'all')
        program.wait(lambda s: s['rentals'][0]['state'] in ('ready', 'starting'), 'a start')
        program.send('delete', 'all')
        program.wait(lambda s: s['rentals'][0]['state'] == 'gone', 'gone')
    except (Broken, IndexError):
        pass  # it was killed


def kill_somewhere(options, number):
    chance = random.Random(f'{options.seed} {number}')
    provider = chance.choice(faults.PROVIDERS)
    how = signal.SIGKILL if chance.random() < 0.85 else signal.SIGTERM
    when = chance.uniform(0, LIFE)
    world = World(options, SPEED, seed=1 + number)
    try:
        program = world.start().begin(provider)
        program.wait_offers()
        person = threading.Thread(target=live, args=(program,))
        person.start()
        threading.Event().wait(when)
        told = faults.brief(program.status)
        state = program.status['rentals'][0]['state'] if program.status['rentals'] else 'nothing'
        try:
            program.kill(how)
        finally:
            person.join()
        try:
            billed, needed, words, _ = measure_restart(world, provider)
            finish(world, provider)
        except Broken as broken:
            raise Broken(f'{broken}\nkilled at {when:.3f} s: {told}') from None
        return [faults.NAMES[provider], how.name, f'{when:.2f} s', state, len(billed),
                f'{needed / 1000:.1f} s', words[1], words[2]]
    finally:
        world.close()


def main():
    options = faults.parse()
    if options.count is None:
        cells = []
        for title, method, is_cut in POINTS:
            for effect in (True, False):
                for provider in faults.PROVIDERS:
                    what = 'effect' if effect else 'none'
                    cells.append(Cell(
                        f'SIGKILL {title}, {what}, {faults.NAMES[provider]}',
                        lambda m=method, e=effect, p=provider, c=is_cut:
                            sweep(options, m, e, p, c),
                        columns=(title, what, faults.NAMES[provider])))
        return faults.run(options, 'R2', ['died', 'effect', 'provider', 'billed', 'shown after',
                                          'state', 'sentence', 'button'], cells,
                          'Where the death cuts no request, “none” means that the next start '
                          'meets a list that fails twice.')
    cells = [Cell(f'kill {number} of seed {options.seed}',
                  lambda n=number: kill_somewhere(options, n), columns=(str(number),))
             for number in range(1, options.count + 1)]
    return faults.run(options, 'R3', ['kill', 'provider', 'signal', 'after the click', 'was',
                                      'billed', 'shown after', 'sentence', 'button'], cells)


if __name__ == '__main__':
    sys.exit(main())
