#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chosen GPU goes to somebody else between the choice and the click on Rent."""
import re
import sys

from easel_desk import wait_until
from easel_scenario import check, equal, run


def next_best(stage):
    """The chosen GPU is gone: the next best is taken within the price"""
    cloud = stage.start_cloud()
    cloud.control('faults', {'gpus': 100})  # prices a fifth of a cent apart
    program = stage.start_program()
    stage.to_review()
    ceiling = program.wait_text(r'At most \$(\d+\.\d+)').group(1)
    cloud.fault('create', '400capacity')
    stage.rent()
    pods = cloud.ledger()
    equal(len(pods), 1, 'pods in the ledger')
    dearest = max(charge['gpu_rate_micros'] for charge in pods[0]['intervals'])
    check(dearest <= float(ceiling) * 1e6,
          f'{dearest} micro-dollars per hour, accepted were {ceiling}')
    stage.done()
    # Far sooner than the limits would end it by themselves.
    stage.wait_nothing_billed(seconds=15)


def next_is_dearer(stage):
    """The chosen GPU is gone and the next costs more than accepted: asked first, then taken"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    ceiling = program.wait_text(r'At most \$(\d+\.\d+)').group(1)
    cloud.fault('create', '400capacity')
    stage.click('Rent')
    wait_until(lambda: program.says('just taken') or stage.address(), 'a word or an address', 60)
    if stage.address():
        raise AssertionError('another GPU was near enough: this scenario needs other prices')
    equal(cloud.ledger(), [], 'the ledger before somebody agreed')
    price = program.wait_text(r'Take the Next for \$(\d+\.\d+)').group(1)
    check(float(price) > float(ceiling), f'{price} was within {ceiling}')
    stage.click(re.compile('^Take the Next for '))
    stage.wait_address()
    equal(len(cloud.ledger()), 1, 'pods in the ledger')
    stage.done()
    # Far sooner than the limits would end it by themselves.
    stage.wait_nothing_billed(seconds=15)


def none_left(stage):
    """No GPU is left: a sentence, and nothing is billed"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    cloud.sell_out()
    stage.click('Rent')
    program.wait_text('Nothing is rented|taken|None is free|free now', seconds=60)
    equal(cloud.ledger(), [], 'the ledger')
    check(program.find(sensitive=True, role='button'), 'nothing to press')

    # Nothing that was chosen is lost: as soon as there is stock it goes on.
    cloud.sell_out(availability='HIGH')
    for name in ('Try Again', 'Choose Another GPU', 'Back to Review'):
        if program.find(name, sensitive=True):
            stage.click(name)
            break
    wait_until(program.look, 'a window')
    check(not program.find('API Key', test=lambda node: node.can('EditableText')),
          'the key is asked for again')


def tell_when_free(stage):
    """Nothing is free: a notification tells when that changes, and nothing was rented"""
    cloud = stage.start_cloud()
    cloud.sell_out()
    with stage.desk.notification_log() as told:
        program = stage.start_program()
        stage.to_account()
        stage.paste_key()
        program.wait_text('Key accepted')
        stage.click('Next')
        program.wait_text('What do you want to paint')
        stage.click('Next')
        program.wait('Tell Me When One Is Free', sensitive=True)
        stage.click('Tell Me When One Is Free')
        check('free again' not in told(), told())
        cloud.sell_out(availability='HIGH')
        wait_until(lambda: 'A GPU is free again' in told(), 'a notification', 20, program.process)
        check('app.rent-again' in told(), told())
    equal(cloud.ledger(), [], 'the ledger')


def no_credit(stage):
    """An account without credit: a sentence with what to pay in, and nothing is rented"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    stage.paste_key('poor-robot')
    program.wait_text(r'credit|balance', seconds=20)
    program.wait('Add Funds')
    equal(cloud.ledger(), [], 'the ledger')


def may_only_look(stage):
    """A key that may look but not rent: told at the latest when renting, and nothing is lost"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    stage.paste_key('readonly-robot')
    wait_until(lambda: program.says('Key accepted|may look but not rent'), 'an answer')
    if program.says('Key accepted'):
        stage.click('Skip to Review')
        stage.click('Rent')
        program.wait_text('may look but not rent', seconds=30)
    equal(cloud.ledger(), [], 'the ledger')


if __name__ == '__main__':
    sys.exit(run([next_best, next_is_dearer, none_left, tell_when_free, no_credit, may_only_look]))
