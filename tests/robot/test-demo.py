#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What src/run --demo shows: the practice cloud lasts like a real one, and is gone when asked."""
import subprocess
import sys

from easel_desk import wait_until
from easel_scenario import check, equal, run


def simulators():
    return subprocess.run(['pgrep', '-fc', 'cloud-easel-simulator.*--exit-with-parent'],
                          stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def practice(stage):
    """A practice GPU outlives the program, and is deleted from the studio afterwards"""
    before = simulators()
    program = stage.start_program('--demo')
    program.wait_text('Practice: nothing costs money')
    wait_until(lambda: stage.desk.has_icon(stage.desk.windows()[-1]), 'an icon of the window')
    stage.to_account()
    stage.click('Use the Practice Key')
    program.wait_text('Key accepted')
    stage.click('Skip to Review')
    program.wait('Rent', sensitive=True)
    address = stage.rent()
    stage.click('Copy Address')
    equal(wait_until(stage.desk.clipboard, 'something in the clipboard'), address, 'the clipboard')
    check(stage.clicks <= 5, f'{stage.clicks} clicks')
    program.stop()
    wait_until(lambda: simulators() == before, 'the practice cloud to end with the program')

    program = stage.start_program('--demo')
    program.wait_text(r'You pay \$\d+\.\d\d per hour', seconds=30)
    check(not program.find('API Key'), 'the key was asked for again')
    stage.done()
    program.wait_text('You pay nothing right now', seconds=60)
    program.stop()

    program = stage.start_program('--demo')
    program.wait_text('You pay nothing right now', seconds=30)


if __name__ == '__main__':
    sys.exit(run([practice]))
