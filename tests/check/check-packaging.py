#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak manifest, the wraps and the screenshots are what they have to be, and no more.
Prints TAP.

    check-packaging.py ROOT

What they name lies on the internet, so nothing is built here. Each check is shown a broken sample
first, and has to see it.
"""
import configparser
import glob
import json
import os
import re
import sys

ID = 'io.github.cloudeasel.CloudEasel'
# A permission more has to be argued for here.
PERMISSIONS = [
    '--share=network',
    '--share=ipc',
    '--socket=wayland',
    '--socket=fallback-x11',
    '--device=dri',
    '--talk-name=org.freedesktop.secrets',
    # Set Up Krita; notifications go through the portal and need none.
    '--filesystem=xdg-data/krita/ai_diffusion',
    '--filesystem=~/.var/app/org.kde.krita/data/krita/ai_diffusion',
]
MOST_PICTURE_BYTES = 400 * 1024
WRAPPED = {'json-glib-1.0', 'libsoup-3.0', 'libsecret-1'}


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def manifest_problems(text, meson):
    manifest = json.loads(text)
    app_id = re.search(r"^app_id = '(.*)'$", meson, re.M).group(1)
    if manifest.get('id') != app_id:
        yield f'the id is {manifest.get("id")}, the program calls itself {app_id}'
    if manifest.get('command') != 'cloud-easel':
        yield 'the command is not what is installed'
    if manifest.get('runtime') != 'org.gnome.Platform' or manifest.get('sdk') != 'org.gnome.Sdk':
        yield 'not the runtime of GNOME'
    if not re.fullmatch(r'\d\d', manifest.get('runtime-version', '')):
        yield 'the runtime is not pinned'
    for permission in set(manifest['finish-args']) ^ set(PERMISSIONS):
        yield f'{permission}: either missing or too much'
    for module in manifest['modules']:
        for source in module['sources']:
            if source['type'] == 'dir' and source['path'] == '..':
                continue
            if not re.fullmatch(r'[0-9a-f]{64}', source.get('sha256', '')) and \
                    not re.fullmatch(r'[0-9a-f]{40}', source.get('commit', '')):
                yield f'{module["name"]}: a source is not pinned'
    if manifest['modules'][-1]['name'] != 'cloud-easel':
        yield 'the program is not built last'


def wrap_problems(wraps, meson):
    """@wraps: contents by name."""
    provided = set()
    for name, text in wraps.items():
        wrap = configparser.ConfigParser(interpolation=None)
        wrap.read_string(text)
        file = dict(wrap['wrap-file']) if 'wrap-file' in wrap else {}
        if not file.get('source_url', '').startswith('https://download.gnome.org/sources/'):
            yield f'{name}: not from where GNOME keeps its releases'
        if not file.get('source_url', '').endswith('/' + file.get('source_filename', '?')):
            yield f'{name}: the file is not what the address ends with'
        if file.get('source_filename') != file.get('directory', '') + '.tar.xz':
            yield f'{name}: the folder is not that of the archive'
        if not re.fullmatch(r'[0-9a-f]{64}', file.get('source_hash', '')):
            yield f'{name}: not pinned'
        provided |= set(wrap['provide']) if 'provide' in wrap else set()
    for name in provided ^ WRAPPED:
        yield f'{name}: either not provided or not wanted'
    asked = set(re.findall(r"dependency\('([^']+)'", meson))
    for name in provided - asked:
        yield f'{name}: meson.build does not ask for it'


def picture_problems(sizes, texts):
    """@sizes: bytes by name; @texts: README and metainfo, which show all of them and no other."""
    if sum(sizes.values()) > MOST_PICTURE_BYTES:
        yield f'the pictures have {sum(sizes.values())} bytes, at most {MOST_PICTURE_BYTES}'
    for number, text in enumerate(texts):
        for name in set(re.findall(r'data/screenshots/([\w.-]+)', text)) ^ set(sizes):
            yield f'{name}: shown by text {number} or there, not both'


def main():
    root = sys.argv[1]
    meson = read(root, 'meson.build')
    manifest = read(root, 'data', f'{ID}.json')
    wraps = {os.path.basename(path): read(path)
             for path in sorted(glob.glob(os.path.join(root, 'subprojects', '*.wrap')))}
    soup = 'libsoup.wrap'

    texts = [read(root, 'README.md'), read(root, 'data', f'{ID}.metainfo.xml.in')]
    sizes = {os.path.basename(path): os.path.getsize(path)
             for path in glob.glob(os.path.join(root, 'data', 'screenshots', '*'))}

    def broken(old, new):
        return {**wraps, soup: wraps[soup].replace(old, new)}
    cases = [
        ('the Flatpak manifest', manifest_problems, manifest,
         [manifest.replace('"command": "cloud-easel"', '"command": "easel"'),
          manifest.replace('--share=ipc', '--filesystem=home'),
          manifest.replace('"dir"', '"git"'), manifest.replace('CloudEasel"', 'Other"', 1)]),
        ('the wraps', wrap_problems, wraps,
         [broken('source_hash', 'source_hush'), broken('https:', 'http:'),
          broken('libsoup-3.0 ', 'libsoup-2.4 '), broken('.tar.xz', '.zip')]),
        ('the screenshots', lambda sizes, _: picture_problems(sizes, texts), sizes,
         [{**sizes, 'more.png': 1}, {**sizes, 'gpu.png': 1000 * 1000}, {'gpu.png': 1}]),
    ]
    failures = 0
    print(f'1..{2 * len(cases)}')
    for number, (title, check, real, samples) in enumerate(cases):
        problems = list(check(real, meson))
        blind = [sample for sample in samples if not list(check(sample, meson))]
        for offset, (bad, what) in enumerate([(problems, title), (blind, f'{title}, broken')]):
            failures += bool(bad)
            print(f'{"not ok" if bad else "ok"} {2 * number + offset + 1} {what}')
            for line in bad:
                print(f'# {line}')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
