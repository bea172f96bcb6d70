#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through all pages on a display without a screen and leaves a picture of each.

    tour.py --build DIR --output DIR [--paths] [--text-scale N] [--screenshots DIR]

Light and dark. --screenshots keeps those that README.md and the metainfo show, which lie in
data/screenshots. Prints TAP, a test for each picture, or with --paths the pictures' paths.
"""
import argparse
import os
import subprocess
import sys

from easel_desk import Desk, missing_tools, wait_until
from easel_scenario import Stage, check

# A picture in which almost every pixel has one colour shows nothing.
LEAST_COLOURS = 40
SHOWN = ['gpu', 'review', 'ready', 'studio']


class Tour:
    def __init__(self, desk, options, variant):
        self.options = options
        self.variant = variant
        self.stage = Stage(desk, options, f'tour-{variant}')
        desk.set_appearance(dark=variant == 'dark', text_scale=options.text_scale)
        self.pictures = []

    def picture(self, name):
        stage = self.stage
        # The mouse would leave its mark on what it rests on.
        stage.desk.run('xdotool', 'mousemove', '1270', '1015')
        window = wait_until(lambda: stage.desk.windows()[-1:], 'a window')[0]
        path = os.path.join(self.options.output,
                            f'{len(self.pictures) + 1:02d}-{name}-{self.variant}.png')
        self.pictures.append(path)
        previous = None

        def is_still():
            nonlocal previous
            stage.desk.picture(path, window)
            with open(path, 'rb') as file:
                now = file.read()
            same = now == previous
            previous = now
            return same
        # Time and money run on some pages; those are taken as they are.
        try:
            wait_until(is_still, 'the window to stand still', 3)
        except Exception:
            pass
        colours = subprocess.run(['identify', '-format', '%k', path], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        check(int(colours) >= LEAST_COLOURS, f'{path} shows nothing')
        if self.options.screenshots and self.variant == 'light' and name in SHOWN:
            # Without the window's shadow, which is not drawn here.
            subprocess.run(['convert', path, '-shave', '4x4', '-strip', '-colors', '256',
                            f'png8:{self.options.screenshots}/{name}.png'], check=True)
        self.tell(path)

    def tell(self, path):
        if self.options.paths:
            print(path, flush=True)
        else:
            self.options.count += 1
            print(f'ok {self.options.count} {os.path.basename(path)}', flush=True)

    def walk(self):
        stage = self.stage
        cloud = stage.start_cloud(speed=60)
        program = stage.start_program()
        program.wait_text('Paint with a rented GPU')
        self.picture('start')
        stage.to_account()
        self.picture('account')
        stage.paste_key('wrong-key')
        program.wait_text('does not know this key')
        self.picture('account-wrong-key')
        stage.paste_key()
        program.wait_text('Key accepted')
        self.picture('account-accepted')
        stage.click('Next')
        program.wait_text('What do you want to paint')
        self.picture('template')
        stage.click('Next')
        program.wait_text('Recommended', seconds=30)
        self.picture('gpu')
        stage.click('Next')
        program.wait('Rent', sensitive=True)
        self.picture('review')
        cloud.control('clock', {'set_speed': 20})
        stage.click('Rent')
        program.wait_text('Downloading', seconds=60)
        self.picture('starting')
        stage.wait_address(seconds=120)
        self.picture('ready')
        program.stop()

        program = stage.start_program()
        program.wait_text(r'You pay \$\d', seconds=30)
        program.wait('Copy Address', sensitive=True, seconds=60)
        self.picture('studio')
        stage.choose('I’m Done…')
        program.wait('Delete', role='button')
        self.picture('done')
        stage.click('Delete')
        program.wait_text('You pay nothing right now', seconds=60)
        stage.wait_nothing_billed()
        self.picture('studio-nothing')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--output', required=True)
    parser.add_argument('--paths', action='store_true')
    parser.add_argument('--screenshots')
    parser.add_argument('--text-scale', type=float, default=1.0)
    options = parser.parse_args()
    options.build = os.path.realpath(options.build)
    options.output = os.path.realpath(options.output)
    options.count = 0
    lacking = missing_tools()
    if lacking:
        sys.exit('Not installed: ' + ', '.join(lacking))
    os.makedirs(options.output, exist_ok=True)

    complaints = []
    with Desk() as desk:
        for variant in ('light', 'dark'):
            tour = Tour(desk, options, variant)
            try:
                tour.walk()
            except Exception as error:
                print(f'{variant}: {error}', file=sys.stderr)
                try:
                    print(tour.stage.desk.picture(os.path.join(options.output,
                                                               f'failed-{variant}.png')),
                          file=sys.stderr)
                finally:
                    complaints.append(str(error))
            finally:
                tour.stage.close()
            complaints += tour.stage.complaints()
    if not options.paths:
        options.count += 1
        print(f'{"not ok" if complaints else "ok"} {options.count} no warning on the way')
        print(f'1..{options.count}')
    for line in complaints:
        print(f'# {line}' if not options.paths else line, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
