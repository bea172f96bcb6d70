#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R4: lists that lag, come in pages of one, are empty once, or belong to somebody else. Nothing is
called gone that is billed, nothing is rented twice, and all of it is shown."""
import sys

import faults
from faults import Broken, Cell, World

SPEED = 100
SPEED_OF_RESTART = 2
SHOWN_WITHIN_MS = 5000


class Lists:
    def __init__(self, world, provider):
        self.world = world
        self.cloud = world.cloud
        self.provider = provider

    def begin(self, key=faults.KEY):
        program = self.world.start().begin(self.provider, key)
        program.wait_offers()
        return program

    def rented(self, *states, key=faults.KEY):
        program = self.begin(key)
        program.rent()
        program.wait_deployment(*states)
        return program

    def lag(self, seconds, *routes):
        for route in routes:
            self.cloud.control('faults', {'route': route, 'outcome': 'lag', 'seconds': seconds})

    def rent_several(self, count):
        program = self.begin()
        for number in range(count):
            if number:
                program.send('offers', self.provider)
                program.wait_offers()
            program.rent()
            program.wait(lambda s, n=number: len(s['rentals']) > n, 'one more row')
            program.wait_deployment('starting', 'ready')
        return program

    def row_gone(self, program):
        program.wait(lambda s: all(row['state'] == 'gone' for row in s['rentals']), 'gone')

    def stays(self, program, lists):
        """So many more lists, and the row is still there."""
        before = self.n_lists()
        while self.n_lists() < before + lists:
            program.send('refresh')
            with program.news:
                program.news.wait(0.05)
        if not program.is_alive():
            raise Broken(program.complaints())
        self.world.wait_shown(program, 5)

    def n_lists(self):
        return sum(request['route'] == 'list' for request in self.cloud.requests())

    def create(self, seconds):
        program = self.begin()
        self.lag(seconds, 'list', 'get')
        program.rent()
        program.wait_deployment('ready')
        return program

    def create_lost(self, seconds):
        program = self.begin()
        self.lag(seconds, 'list', 'get')
        self.cloud.fault('create', '500effect')
        program.rent()
        program.wait_deployment('ready', 'failed')
        self.world.wait_shown(program, 5)
        if program.status['deployment']['state'] != 'ready':
            raise Broken(f'it was not found: {faults.brief(program.status)}')
        return program

    def create_killed(self, seconds):
        first = self.begin()
        self.lag(seconds, 'list', 'get')
        self.cloud.fault('create', 'timeout_effect')
        first.rent()
        while not self.cloud.ledger():
            with first.news:
                first.news.wait(0.01)
        first.kill()
        self.expect_row_at_once()
        program = self.world.start().begin(self.provider, with_offers=False)
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'ready', 'ready')
        return program

    def expect_row_at_once(self):
        """What no list has yet is shown all the same: the journal knows of it."""
        self.cloud.set_speed(SPEED_OF_RESTART)
        program = self.world.start()
        began = self.cloud.now_ms()
        program.begin(self.provider, with_offers=False)
        program.wait(lambda s: s['rentals'], 'a row')
        needed = self.cloud.now_ms() - began
        if needed > SHOWN_WITHIN_MS:
            raise Broken(f'shown only after {needed} ms')
        program.kill()
        self.cloud.set_speed(SPEED)

    def delete(self, seconds):
        program = self.begin()
        self.lag(seconds, 'list', 'get', 'delete')
        program.rent()
        program.wait_deployment('starting', 'ready')
        program.send('delete', 'all')
        self.row_gone(program)
        if self.cloud.billed():
            raise Broken('gone, and billed')
        return program

    def pages(self):
        first = self.rent_several(3)
        first.kill()
        self.world.forget_journal()
        self.cloud.control('faults', {'page_size': 1})
        program = self.world.start().begin(self.provider, with_offers=False)
        program.wait(lambda s: s['studio']['state'] == 'known', 'a whole list')
        if len(program.status['rentals']) != 3:
            raise Broken(f'{len(program.status["rentals"])} of 3 shown')
        program.send('delete', 'all')
        self.row_gone(program)
        if self.cloud.billed():
            raise Broken('gone, and billed')
        return program

    def second_page_fails(self):
        first = self.rent_several(2)
        self.cloud.control('faults', {'page_size': 1})
        self.cloud.fault('list', '500', times=8, skip=1)
        self.stays(first, 14)
        return first

    def empty_once(self):
        program = self.rented('ready')
        self.cloud.fault('list', 'empty_list')
        self.stays(program, 4)
        return program

    def empty_in_delete(self):
        program = self.rented('ready')
        self.cloud.fault('delete', '500', times=6)
        self.cloud.fault('list', 'empty_list', times=1)
        program.send('delete', 'all')
        self.row_gone(program)
        if self.cloud.billed():
            raise Broken('gone, and billed')
        return program

    def empty_after_lost_create(self):
        program = self.begin()
        self.cloud.fault('create', 'reset')
        self.cloud.fault('list', 'empty_list', times=1)
        program.rent()
        program.wait_deployment('ready')
        return program

    def other_key_at_start(self):
        self.rented('ready', key='practice-one').kill()
        program = self.world.start().begin(self.provider, 'practice-two', with_offers=False)
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'unseen',
                     'a row of another key')
        self.stays(program, 4)
        self.other = [row['badge'] for row in program.status['rentals']]
        program.send('key', self.provider, 'practice-one')
        program.wait(lambda s: s['rentals'][0]['state'] == 'ready', 'the row again')
        return program

    def other_key_while_running(self):
        program = self.rented('ready', key='practice-one')
        program.send('key', self.provider, 'practice-two')
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'unseen',
                     'a row of another key')
        self.stays(program, 4)
        program.send('key', self.provider, 'practice-one')
        program.wait(lambda s: s['rentals'][0]['state'] == 'ready', 'the row again')
        return program

    def other_key_in_delete(self):
        program = self.rented('ready', key='practice-one')
        self.cloud.fault('delete', '500', times=3)
        program.send('delete', 'all')
        program.send('key', self.provider, 'practice-two')
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] == 'unseen',
                     'a row of another key')
        self.stays(program, 4)
        program.send('key', self.provider, 'practice-one')
        self.row_gone(program)
        if self.cloud.billed():
            raise Broken('gone, and billed')
        return program


CASES = [(f'{what}, lists lag {seconds} s', method, (seconds,), 1)
         for what, method in (('create', 'create'), ('create with a lost answer', 'create_lost'),
                              ('killed in create', 'create_killed'), ('delete', 'delete'))
         for seconds in (0, 5, 60)]
CASES += [
    ('three on pages of one', 'pages', (), 3),
    ('the second page fails', 'second_page_fails', (), 2),
    ('one empty list', 'empty_once', (), 1),
    ('one empty list while a delete fails', 'empty_in_delete', (), 1),
    ('one empty list after a lost answer', 'empty_after_lost_create', (), 1),
    ('started with another key', 'other_key_at_start', (), 1),
    ('another key while it runs', 'other_key_while_running', (), 1),
    ('another key while a delete fails', 'other_key_in_delete', (), 1),
]


def run_case(options, provider, method, arguments, most):
    world = World(options, SPEED)
    try:
        lists = Lists(world, provider)
        program = getattr(lists, method)(*arguments)
        rows = program.status['rentals']
        words = program.words[-1] if program.words else faults.row_words(rows[0])
        world.cloud.mend()
        program.send('delete', 'all')
        lists.row_gone(program)
        world.judge(most)
        return [words[1], words[2]]
    finally:
        world.close()


def main():
    options = faults.parse()
    cells = [Cell(f'{title}, {faults.NAMES[provider]}',
                  lambda m=method, a=arguments, p=provider, n=most:
                      run_case(options, p, m, a, n), columns=(title, faults.NAMES[provider]))
             for title, method, arguments, most in CASES for provider in faults.PROVIDERS]
    return faults.run(options, 'R4', ['lists', 'provider', 'sentence', 'button'], cells)


if __name__ == '__main__':
    sys.exit(main())
