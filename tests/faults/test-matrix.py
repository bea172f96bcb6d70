#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""R1: every call × every bad answer × every provider. Each cell ends in a state that the interface
names with a sentence and a button; nothing is billed unseen, and one click creates one pod."""
import sys
import tempfile
import time

import faults
import patience
from faults import Broken, Cell, World, row_words

# The names of money-safety.md, and the simulator's.
OUTCOMES = [
    ('ok', 'ok'),
    ('truncated', 'truncated'),
    ('HTML with 200', 'html200'),
    ('10 MB', 'huge'),
    ('400 capacity', '400capacity'),
    ('401', '401'),
    ('402', '402'),
    ('403', '403'),
    ('404', '404'),
    ('409', '409'),
    ('422', '422'),
    ('429', '429'),
    ('429 with Retry-After', '429retry'),
    ('500 with effect', '500effect'),
    ('500 without', '500'),
    ('time-out with effect', 'timeout_effect'),
    ('reset mid-body', 'reset'),
    ('TLS failure', 'tls'),
]
CALLS = ['list', 'offers', 'create', 'get', 'readiness', 'stop/start', 'delete']
SPEED = 240
SLOW_SPEED = 40


def best_words(program, *places):
    """What was said about it: the newest of the first of these places that spoke."""
    for place in places:
        for words in reversed(program.words):
            if words[0] == place:
                return words
    rows = program.status['rentals']
    if rows:
        return row_words(rows[0])
    return 'studio', program.status['studio']['headline'], 'Rent Another GPU'


def named(words):
    """A sentence and a button, or the cell fails."""
    where, sentence, button = words
    if not sentence or not button:
        raise Broken(f'no sentence or no button: {words}')
    return [where, sentence, button]


class Run:
    """What the calls have in common."""

    def __init__(self, world, provider, outcome):
        self.world = world
        self.cloud = world.cloud
        self.provider = provider
        self.outcome = outcome
        self.is_bad = outcome != 'ok'
        self.patience = faults.DEADLINE if outcome == 'timeout_effect' else faults.PATIENCE

    def begin(self):
        program = self.world.start().begin(self.provider)
        program.wait_offers()
        return program

    def begin_rented(self, state='starting'):
        program = self.begin()
        program.rent()
        program.wait_deployment(state, 'ready', seconds=self.patience)
        if state == 'ready':
            program.wait_deployment('ready', seconds=self.patience)
        return program

    def wait_word(self, program, what, *places):
        """The fault goes on until the person is told."""
        program.wait(lambda s: any(words[0] in places for words in faults.spoken(s)), what,
                     self.patience)
        return best_words(program, *places)

    def list(self):
        """A pod that no journal knows; its list is bad until the person is told."""
        first = self.begin_rented()
        first.kill()
        self.world.forget_journal()
        self.cloud.fault('list', self.outcome, times=-1, seconds=5)
        program = self.world.start().begin(self.provider, with_offers=False)
        words = None
        if self.is_bad:
            words = self.wait_word(program, 'a word about the list', 'studio', 'key')
            if program.status['studio']['state'] == 'known' and \
                    not program.status['rentals']:
                raise Broken('a list that failed was believed')
            self.cloud.mend()
        self.world.help_along(program, self.provider,
                              lambda s: s['studio']['state'] == 'known' and s['rentals'],
                              'the pod', self.patience)
        self.world.wait_shown(program)
        words = words or row_words(program.status['rentals'][0])
        return program, words

    def offers(self):
        program = self.world.start()
        self.cloud.fault('catalog', self.outcome, times=-1, seconds=5)
        program.begin(self.provider)
        if self.is_bad:
            words = self.wait_word(program, 'a word about the offers', 'catalog', 'key')
            self.cloud.mend()
            end = patience.now() + self.patience
            while not (program.status['catalog']['state'] == 'ready'
                       and program.status['catalog']['chosen']):
                if patience.now() > end:
                    raise Broken(f'no offers after the fault: {faults.brief(program.status)}')
                account = [a for a in program.status['accounts']
                           if a['provider'] == self.provider][0]
                if account['state'] != 'ready':
                    program.send('key', self.provider, faults.KEY)
                program.send('offers', self.provider)
                try:
                    program.wait(lambda s: s['catalog']['state'] == 'ready', 'offers', 2)
                except Broken:
                    pass
        else:
            program.wait_offers()
            words = ('catalog', f'{program.status["catalog"]["offers"]} offers', 'Next')
        if self.cloud.ledger():
            raise Broken('looking at offers has rented something')
        return program, words

    def create(self):
        program = self.begin()
        self.cloud.fault('create', self.outcome, times=1, seconds=5)
        program.rent()
        program.wait_deployment('ready', 'failed', 'trouble', seconds=self.patience)
        self.world.wait_shown(program, 5)
        if program.status['deployment']['state'] == 'failed' and self.cloud.billed():
            raise Broken('a start that failed is billed')
        return program, best_words(program, 'start', 'key')

    def get(self):
        program = self.begin()
        self.cloud.fault('get', self.outcome, times=4, seconds=5)
        program.rent()
        self.world.help_along(
            program, self.provider,
            # A machine that cannot be asked about for 40 minutes is given back.
            lambda s: 'deployment' in s and s['deployment']['state'] in ('ready', 'trouble',
                                                                         'failed'),
            'ready or a word', self.patience, every=5)
        if program.status['deployment']['state'] == 'failed' and self.cloud.billed():
            raise Broken('a start that failed is billed')
        self.world.wait_shown(program, 5)
        return program, best_words(program, 'row', 'start', 'key')

    def readiness(self):
        program = self.begin()
        self.cloud.fault('readiness', self.outcome, times=6, seconds=5)
        program.rent()
        program.wait_deployment('ready', 'trouble', seconds=self.patience)
        self.world.wait_shown(program, 5)
        return program, best_words(program, 'row', 'start')

    def act(self, program, command, wanted):
        """Once into the fault, then until it is done; what was said on the way."""
        program.send(command, 'all')
        program.wait(lambda s: s['rentals'] and s['rentals'][0]['state'] not in
                     ('pausing', 'resuming', 'starting'), f'an end of {command}', self.patience)
        self.world.wait_shown(program, 5)
        end = patience.now() + self.patience
        while program.status['rentals'][0]['state'] != wanted:
            if patience.now() > end:
                raise Broken(f'never {wanted}: {faults.brief(program.status)}')
            account = [a for a in program.status['accounts'] if a['provider'] == self.provider][0]
            if account['state'] != 'ready':
                program.send('key', self.provider, faults.KEY)
            program.send(command, 'all')
            try:
                program.wait(lambda s: s['rentals'][0]['state'] == wanted, wanted, 3)
            except Broken:
                pass

    def stop_start(self):
        program = self.begin_rented('ready')
        self.cloud.fault('stop', self.outcome, times=1, seconds=5)
        self.act(program, 'pause', 'paused')
        self.cloud.fault('start', self.outcome, times=1, seconds=5)
        self.act(program, 'resume', 'ready')
        return program, best_words(program, 'row', 'key')

    def delete(self):
        program = self.begin_rented()
        self.cloud.fault('delete', self.outcome, times=4, seconds=5)
        program.send('delete', 'all')
        self.world.help_along(program, self.provider,
                              lambda s: all(row['state'] == 'gone' for row in s['rentals']),
                              'gone', self.patience, every=3)
        if self.cloud.billed():
            raise Broken('gone, and billed')
        return program, best_words(program, 'row', 'key')


def run_cell(options, call, outcome, provider):
    world = World(options, SLOW_SPEED if outcome == 'timeout_effect' else SPEED,
                  tls=outcome == 'tls')
    try:
        run = Run(world, provider, outcome)
        program, words = getattr(run, call.replace('/', '_'))()
        words = named(words)
        world.end_all(program, provider, run.patience)
        world.judge()
        return words
    finally:
        world.close()


def main():
    options = faults.parse()
    with tempfile.TemporaryDirectory(prefix='easel-faults-') as folder:
        options.certificate = faults.make_certificate(folder)
        cells = []
        for call in CALLS:
            for title, outcome in OUTCOMES:
                for provider in faults.PROVIDERS:
                    cells.append(Cell(
                        f'{call}, {title}, {faults.NAMES[provider]}',
                        lambda c=call, o=outcome, p=provider: run_cell(options, c, o, p),
                        slow=outcome == 'timeout_effect',
                        columns=(call, title, faults.NAMES[provider])))
        return faults.run(options, 'R1', ['call', 'outcome', 'provider', 'where', 'sentence',
                                          'button'], cells,
                          'What the person reads and can press, as the program says it.')


if __name__ == '__main__':
    sys.exit(main())
