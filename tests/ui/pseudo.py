#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a language that shows what is not translated and what has no room.

    pseudo.py ROOT FOLDER

Every sentence that the program marks for translation is put into brackets and made longer by a
third; FOLDER/eo/LC_MESSAGES/cloud-easel.mo is the result. (Esperanto stands for it because GTK and
the C library have to know the name.)
"""
import os
import re
import subprocess
import sys

HEADER = ('Language: eo\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n'
          'Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=2; plural=(n != 1);\n')


def quoted(text):
    for old, new in [('\\', '\\\\'), ('"', '\\"'), ('\n', '\\n')]:
        text = text.replace(old, new)
    return f'"{text}"'


def main():
    root, folder = (os.path.abspath(path) for path in sys.argv[1:])
    target = os.path.join(folder, 'eo', 'LC_MESSAGES')
    os.makedirs(target, exist_ok=True)
    english = subprocess.run(
        'xgettext --files-from=po/POTFILES.in --output=- --from-code=UTF-8 --keyword=_ '
        '--keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=g_dngettext:2,3 '
        '--keyword=ngettext:1,2 | msgen - | msgattrib --no-location --no-wrap --no-obsolete',
        shell=True, cwd=root, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, encoding='utf-8').stdout
    pseudo = []
    for entry in english.split('\n\n'):
        if 'Project-Id-Version' in entry:
            pseudo.append(f'msgid ""\nmsgstr {quoted(HEADER)}')
            continue
        lines, head, words = [], None, ''

        def flush():
            if head is not None:
                end = words[-2:] if words.endswith('\\n') else ''
                inner = words[:len(words) - len(end)]
                lines.append(f'{head} "⟦{inner} {"~" * max(1, len(inner) // 4)}⟧{end}"')
        for line in entry.split('\n'):
            start = re.match(r'(msgstr(?:\[\d\])?) "(.*)"$', line)
            if start:
                flush()
                head, words = start.groups()
            elif head is not None and line.startswith('"'):
                words += line[1:-1]
            else:
                lines.append(line)
        flush()
        pseudo.append('\n'.join(lines))
    subprocess.run(['msgfmt', '--output-file', os.path.join(target, 'cloud-easel.mo'), '-'],
                   input='\n\n'.join(pseudo) + '\n', check=True, text=True, encoding='utf-8')


if __name__ == '__main__':
    sys.exit(main())
