#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything with the keyboard alone, through all pages. Only keys go to the program; the
accessibility bus is asked where the focus is, as a screen reader does."""
import sys

from easel_desk import wait_until
from easel_scenario import GOOD_KEY, check, equal, run

MOST_TABS = 60


def tab_to(stage, name, role=None):
    """Presses Tab until this has the focus."""
    program = stage.program
    passed = []
    for _ in range(MOST_TABS):
        focused = program.focused()
        words = focused and [node.name for node in [focused, *focused.ancestors()]][:3]
        if focused is not None and name in words and role in (None, focused.role):
            return focused
        passed.append(words[0] if words else None)
        stage.desk.keys('Tab')
    raise AssertionError(f'“{name}” is not reached by Tab; passed were {passed}')


def press(stage, name):
    tab_to(stage, name)
    stage.desk.keys('Return')


def all_pages(stage):
    """From the first page to the address, copied and deleted, with keys only"""
    # Where the end is confirmed soon, closing would not ask.
    cloud = stage.start_cloud(agent='none')
    program = stage.start_program()
    window = program.windows()[0]
    stage.desk.focus(window)

    press(stage, 'Next')
    program.wait('API Key', test=lambda node: node.can('EditableText'))
    tab_to(stage, 'API Key')
    stage.desk.type(GOOD_KEY)
    stage.desk.keys('Return')
    program.wait_text('Key accepted')
    check(not program.says('What do you want to paint'), 'Return in the entry left the page')
    press(stage, 'Next')
    program.wait_text('What do you want to paint')
    press(stage, 'Next')
    program.wait_text('Choose a GPU')
    program.wait_text('Recommended', seconds=30)
    press(stage, 'Next')
    program.wait('Rent', sensitive=True)

    # Return rents only where the button has the focus; here it opens the list of hours.
    stage.desk.keys('Return')
    if program.find('24 hours'):
        stage.desk.keys('Escape')
    program.wait('Rent', sensitive=True)
    equal(cloud.ledger(), [], 'the ledger after a Return that was meant for nothing')

    press(stage, 'Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    # Escape deletes nothing: it asks, and Escape answers that.
    program.wait('Cancel and Delete…')
    stage.desk.keys('Escape')
    wait_until(lambda: len(program.windows()) > 1, 'a question')
    stage.desk.focus_newest()
    stage.desk.keys('Escape')
    wait_until(lambda: len(program.windows()) == 1, 'the question to go')
    equal(len(cloud.billed()), 1, 'pods billed after Escape')

    address = stage.wait_address()
    stage.desk.focus(program.windows()[0])
    press(stage, 'Copy Address')
    copied = wait_until(stage.desk.clipboard, 'something in the clipboard')
    equal(copied, address, 'the clipboard')
    press(stage, 'I’m Done…')
    wait_until(lambda: len(program.windows()) > 1, 'a question')
    stage.desk.focus_newest()
    press(stage, 'Delete')
    stage.wait_nothing_billed()


if __name__ == '__main__':
    sys.exit(run([all_pages]))
