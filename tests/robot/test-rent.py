#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way, from a key to an address that works and back to “nothing is running”; and what
happens when the program dies on it."""
import json
import os
import re
import signal
import sys

from easel_desk import wait_until
from easel_scenario import GOOD_KEY, SECRET_SCHEMA, ask, check, equal, run

MOST_CLICKS = 4
MOST_CLICKS_AGAIN = 2


def look_for_key(stage, key):
    """The key stands in no log, on no command line and in no environment."""
    check(key not in stage.logs(), 'the key is in the log')
    for program in stage.programs:
        if program.alive():
            for name in ('cmdline', 'environ'):
                with open(f'/proc/{program.process.pid}/{name}', 'rb') as file:
                    check(key.encode() not in file.read(), f'the key is in {name}')
    for folder, _, names in os.walk(stage.desk.home):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                check(key.encode() not in file.read(), f'the key is in {folder}/{name}')


def whole_way(stage):
    """From the key to an address and back to nothing, with a restart between"""
    cloud = stage.start_cloud()
    program = stage.start_program()

    # A wrong key is refused with a sentence, the right one kept.
    stage.to_account()
    program.write('API Key', 'wrong-key')
    program.wait_text('does not know this key')
    equal(stage.desk.secrets(**{'xdg:schema': SECRET_SCHEMA}), [], 'the keyring')
    stage.paste_key()
    program.wait_text('Key accepted')
    found = wait_until(lambda: stage.desk.secrets(**{'xdg:schema': SECRET_SCHEMA}),
                       'the key in the keyring')
    equal(len(found), 1, 'keys in the keyring')
    check(f'secret = {GOOD_KEY}' in found[0], 'another key is in the keyring')

    # Rented once, with no more clicks than promised.
    stage.click('Skip to Review')
    check(not cloud.ledger(), 'something was rented before the click on Rent')
    shown = stage.rent()
    stage.click('Copy Address')
    check(stage.clicks <= MOST_CLICKS, f'{stage.clicks} clicks, at most {MOST_CLICKS}')
    equal(len(cloud.ledger()), 1, 'pods in the ledger')

    # The address that is shown is the one in the clipboard, and it answers.
    copied = wait_until(stage.desk.clipboard, 'something in the clipboard')
    equal(copied, shown, 'the clipboard')
    pod = cloud.control('pods')['pods'][0]
    outside = pod['proxy']['3001']
    check(re.fullmatch(re.escape(outside) + '/[a-z0-9]{26}', copied), f'the address is “{copied}”')
    equal(ask(outside + '/system_stats')[0], 404, 'the address without its secret')
    status, text = ask(copied + '/system_stats')
    equal(status, 200, 'system_stats')
    check(json.loads(text)['devices'], 'system_stats tells no device')

    # Closing keeps it; a new start asks no key and shows it.
    look_for_key(stage, GOOD_KEY)
    program.stop()
    equal(len(cloud.billed()), 1, 'pods billed while the program is away')
    program = stage.start_program()
    program.wait_text(r'You pay \$\d+\.\d\d per hour', seconds=30)
    check(not program.find('API Key'), 'the key was asked for again')
    stage.clicks = 0
    stage.click('Copy Address')
    stage.done()
    equal(stage.clicks, 4, 'clicks to copy, open the menu and be done')
    program.wait_text('You pay nothing right now', seconds=60)
    stage.wait_nothing_billed()
    equal(len(cloud.ledger()), 1, 'pods in the ledger')

    # The same again: two clicks to a new address.
    stage.clicks = 0
    stage.click('Rent the Same Again')
    stage.click('Rent')
    equal(stage.clicks, MOST_CLICKS_AGAIN, 'clicks to rent the same again')
    again = stage.wait_address()
    check(again != shown, 'the address is the old one')
    equal(len(cloud.billed()), 1, 'pods billed')
    equal(ask(again + '/system_stats')[0], 200, 'system_stats')
    stage.done()
    stage.wait_nothing_billed()
    look_for_key(stage, GOOD_KEY)


def killed_while_starting(stage):
    """The program is killed while a GPU starts: the next start picks it up"""
    cloud = stage.start_cloud(speed=30)
    program = stage.start_program()
    stage.to_review()
    stage.click('Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    program.wait('Cancel and Delete…')
    program.stop(signal.SIGKILL)
    equal(len(cloud.billed()), 1, 'pods billed')

    program = stage.start_program()
    wait_until(lambda: program.says(r'per hour|Getting your GPU ready'), 'the pod in a window', 30)
    wait_until(lambda: stage.address() or program.find('Copy Address', sensitive=True),
               'the pod to be ready', 120, program.process)
    equal(len(cloud.ledger()), 1, 'pods in the ledger')
    stage.done()
    stage.wait_nothing_billed()
    program.wait_text('You pay nothing right now', seconds=60)


def killed_with_the_request_under_way(stage):
    """The program is killed before the create was answered: no pod stays unseen"""
    cloud = stage.start_cloud(speed=30)
    cloud.fault('create', 'timeout_effect')
    program = stage.start_program()
    stage.to_review()
    stage.click('Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    program.stop(signal.SIGKILL)

    program = stage.start_program()
    program.wait_text(r'You pay \$\d+\.\d\d per hour|Getting your GPU ready', seconds=60)
    wait_until(lambda: stage.address() or program.find('Copy Address', sensitive=True),
               'the pod to be ready', 120, program.process)
    equal(len(cloud.ledger()), 1, 'pods in the ledger')
    stage.done()
    stage.wait_nothing_billed()


def cancelled(stage):
    """Cancel and Delete… while it starts: gone only when the ledger says so"""
    cloud = stage.start_cloud(speed=30)
    program = stage.start_program()
    stage.to_review()
    stage.click('Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    stage.done('Cancel and Delete…')
    program.wait_text('It is gone', seconds=60)
    equal(cloud.billed(), [], 'the ledger after “It is gone”')


def hidden(stage):
    """Hide while it starts: it goes on, and the studio shows it"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    stage.click('Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    stage.click('Hide')
    program.wait('Copy Address', sensitive=True, seconds=90)
    check(program.says(r'You pay \$'), 'no headline with the money')
    stage.done()
    stage.wait_nothing_billed()


if __name__ == '__main__':
    sys.exit(run([whole_way, killed_while_starting, killed_with_the_request_under_way, cancelled,
                  hidden]))
