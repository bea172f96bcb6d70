#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of the source that no compiler knows. Prints TAP.

    check-source.py [--root DIR]        every rule against the tree, and against its own samples
    check-source.py --potfiles          prints what po/POTFILES.in has to say

A rule is a function from a Tree to the lines that break it, and comes with a sample that breaks
it: a rule that no longer sees its own sample fails.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

LAYERS = {
    'base': set(),
    'model': {'base'},
    'secrets': {'base'},
    'providers': {'base', 'model'},
    'server': {'base', 'model'},
    'session': {'base', 'model', 'providers', 'server', 'secrets'},
    'ui': {'base', 'model', 'session'},
    'simulator': {'base'},
}
TOP_LEVEL = {'.ci', '.clang-format', '.editorconfig', '.gitignore', 'COPYING', 'README.md', 'data',
             'meson.build', 'meson_options.txt', 'po', 'src', 'subprojects', 'tests'}
LONGEST_SOURCE = 1000
LONGEST_TEST = 1500
LONGEST_STYLE = 120


class Tree:
    """Paths and texts: of the real tree, or of a sample."""

    def __init__(self, files):
        self.files = files

    @classmethod
    def read(cls, root):
        try:
            listed = subprocess.run(['git', '-C', root, 'ls-files', '-z'], check=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            paths = [path for path in listed.decode().split('\0') if path]
        except (OSError, subprocess.CalledProcessError):
            paths = []
        if not paths:
            for folder, folders, names in os.walk(root):
                folders[:] = [f for f in folders if f not in ('.git', '_build', '__pycache__')]
                paths += [os.path.relpath(os.path.join(folder, name), root) for name in names]
        files = {}
        for path in sorted(paths):
            try:
                with open(os.path.join(root, path), encoding='utf-8') as file:
                    files[path] = file.read()
            except UnicodeDecodeError:
                files[path] = None
            except OSError:
                pass  # deleted, not yet committed
        return cls(files)

    def texts(self, pattern):
        for path, text in self.files.items():
            if text is not None and re.fullmatch(pattern, path):
                yield path, text

    def lines(self, pattern, comments=True, strings=True):
        """Numbered lines, without comments or what stands in strings if these do not count."""
        for path, text in self.texts(pattern):
            if not comments and path.endswith(('.c', '.h', '.css')):
                text = blank_out(text, strings)
            for number, line in enumerate(text.split('\n'), 1):
                yield path, number, line


def blank_out(text, strings=False):
    """C without comments, and without the contents of strings; lines stay where they are."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        found = match.group()
        if found[0] == '/':
            return '\n' * found.count('\n')
        # An #include's name is a string too, and has to stay.
        start = text.rfind('\n', 0, match.start()) + 1
        if strings or text[start:match.start()].lstrip().startswith('#'):
            return found
        return found[0] + found[0]

    return token.sub(blank, text)


def layer_of(path):
    if re.fullmatch(r'src/(main\.c|easel-application[^/]*)', path):
        return 'application'
    match = re.match(r'src/([^/]+)/', path)
    return match.group(1) if match else None


def rule_layers(tree):
    """Every layer includes only what it may know."""
    headers = {}
    for path in tree.files:
        if path.startswith('src/') and path.endswith('.h'):
            headers[os.path.basename(path)] = path
    for path, number, line in tree.lines(r'src/.*\.[ch]'):
        match = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
        layer = layer_of(path)
        if match is None or layer is None:
            continue
        name = match.group(1)
        where = f'{path}:{number}: {layer} includes {name}'
        if re.match(r'(gtk|gdk|gsk|graphene)[-/.\d]', name) and layer not in ('ui', 'application'):
            yield where
        if name.startswith('libsoup/') and layer != 'simulator' and \
                not path.startswith('src/base/easel-http'):
            yield where
        if name.startswith('libsecret/') and path != 'src/secrets/easel-secret-store-libsecret.c':
            yield where
        if name.startswith('json-glib/') and not path.startswith('src/base/easel-json.'):
            yield where
        header = headers.get(os.path.basename(name))
        if header is None or layer == 'application':
            continue
        other = layer_of(header)
        if other == layer:
            continue
        if other not in LAYERS.get(layer, ()):
            yield where
        elif header.endswith('-private.h'):
            yield where + ' (private to its layer)'
        elif other in ('providers', 'secrets') and \
                not re.fullmatch(r'src/(providers/easel-provider[^/]*|'
                                 r'secrets/easel-secret-store)\.h', header):
            yield where + ' (only the interface)'


LAYER_SAMPLES = [
    {'src/base/easel-a.c': '#include "easel-offer.h"\n', 'src/model/easel-offer.h': ''},
    {'src/model/easel-a.c': '#include "easel-provider.h"\n', 'src/providers/easel-provider.h': ''},
    {'src/ui/easel-a.c': '#include "easel-x-private.h"\n', 'src/session/easel-x-private.h': ''},
    {'src/ui/easel-a.c': '#include "easel-provider.h"\n', 'src/providers/easel-provider.h': ''},
    {'src/session/easel-a.c': '#include "easel-runpod-decode.h"\n',
     'src/providers/runpod/easel-runpod-decode.h': ''},
    {'src/session/easel-a.c': '#include "easel-secret-store-libsecret.h"\n',
     'src/secrets/easel-secret-store-libsecret.h': ''},
    {'src/simulator/easel-a.c': '#include "easel-offer.h"\n', 'src/model/easel-offer.h': ''},
    {'src/session/easel-a.c': '#include <gtk/gtk.h>\n'},
    {'src/providers/runpod/easel-a.c': '#include <libsoup/soup.h>\n'},
    {'src/secrets/easel-a.c': '#include <libsecret/secret.h>\n'},
    {'src/server/easel-a.c': '#include <json-glib/json-glib.h>\n'},
]


# What stands nowhere in the code: where it is looked for, what it looks like, where it may stand,
# why, and a line that breaks the rule.
FORBIDDEN = [
    (r'(src|tests)/.*\.[ch]', r'\b(g_usleep|usleep|nanosleep|sleep)\s*\(', None,
     'nothing sleeps: wait for a condition or use the clock', 'g_usleep (10);'),
    (r'src/.*\.[ch]', r'\b\w+_sync\s*\(', None,
     'no synchronous call', 'secret_password_lookup_sync (NULL);'),
    (r'src/.*\.[ch]', r'\b(g_main_loop_run|g_main_context_iteration)\s*\(',
     r'src/(easel-console|simulator/(main|.*-main))\.c',
     'no nested main loop', 'while (busy) g_main_context_iteration (NULL, TRUE);'),
    (r'src/.*\.[ch]', r'\bjson_(object_get_\w+_member|reader_|path_query|gobject_)\w*\s*\(',
     r'src/base/easel-json\.c',
     'JSON is read through easel-json.h', 'json_object_get_string_member (o, "a");'),
    (r'src/.*\.[ch]', r'\bjson_(parser_new|from_string)\w*\s*\(', r'src/base/easel-json\.c',
     'JSON is parsed by easel-json.c, which limits size and depth', 'p = json_parser_new ();'),
    (r'src/.*\.[ch]', r'\bgtk_assistant_\w+', r'src/ui/easel-wizard\.c',
     'GtkAssistant is touched in easel-wizard.c only', 'gtk_assistant_commit (a);'),
    (r'src/.*\.[ch]', r'\bg_error\s*\(', None, 'nothing aborts the program', 'g_error ("no");'),
    (r'src/.*\.[ch]', r'\bsoup_logger_new\b', None,
     'SoupLogger prints the key', 'soup_logger_new (SOUP_LOGGER_LOG_BODY);'),
    (r'src/(model|providers|server|session)/.*\.[ch]',
     r'\b(g_get_real_time|g_get_monotonic_time|g_timeout_add\w*|g_date_time_new_now\w*|time)\s*\(',
     None, 'time comes from EaselClock', 'g_timeout_add (10, f, NULL);'),
    (r'(src|tests)/.*\.[ch]',
     r'\b(G_GNUC_BEGIN_IGNORE_DEPRECATIONS|GDK_DISABLE_DEPRECATION_WARNINGS)\b', None,
     'it would hide symbols newer than the floor too', 'G_GNUC_BEGIN_IGNORE_DEPRECATIONS'),
    (r'(.*/)?meson(\.build|_options\.txt)', r'-Wno-(error=)?deprecated', None,
     'it would hide symbols newer than the floor too', "'-Wno-deprecated-declarations',"),
    (r'(src|tests)/.*\.[ch]', r'\bgoto\b', None, 'no goto', 'goto out;'),
    (r'src/.*\.[ch]', r'\b(gchar|gint|gshort|glong|gdouble|gfloat)\b', None,
     'plain C types', 'gchar *name;'),
    (r'src/.*\.[ch]', r'(\b(if|while|return)\b|&&|\|\|).*[!=]= *(TRUE|FALSE)\b', None,
     'a boolean is not compared', 'if (ready == TRUE)'),
]
# The same, in strings too.
FORBIDDEN_WORDS = [
    (r'src/.*\.(c|h|ui|css)', r'\bdim-label\b', None,
     'dim-label is too pale to be read', 'add_css_class (label, "dim-label");'),
]
# The same, in comments too.
FORBIDDEN_ANYWHERE = [
    (r'(src|tests|data|po)/.*', r'\b(TO' r'DO|FIX' r'ME)\b', None,
     'nothing half done', '/* TO''DO */'),
]


def forbidden_rule(where, pattern, allowed, comments, strings):
    def rule(tree):
        for path, number, line in tree.lines(where, comments, strings):
            if re.search(pattern, line) and not (allowed and re.fullmatch(allowed, path)):
                yield f'{path}:{number}: {line.strip()}'
    return rule


def sample_path(where):
    for path in ('src/session/easel-sample.c', 'meson.build'):
        if re.fullmatch(where, path):
            return path
    raise ValueError(where)


def rule_licence(tree):
    """Every file says its licence."""
    shape = r'((src|tests|data|po|\.ci)/.*\.(c|h|py|sh|css|ui|xml|in|json5)|(.*/)?meson\.build|' \
            r'meson_options\.txt|src/run|tests/run|\.ci/run)'
    for path, text in tree.texts(shape):
        if path.startswith('tests/data/') or path.endswith(('POTFILES.in', '.desktop.in')):
            continue
        lines = text.split('\n')
        if path.endswith(('.c', '.h')):
            if lines[0] != '/* SPDX-License-Identifier: GPL-3.0-or-later */':
                yield f'{path}:1: the first line is not the SPDX line'
        elif not any('SPDX-License-Identifier: ' in line for line in lines[:4]) and text.strip():
            yield f'{path}:1: no SPDX line'


def rule_purpose(tree):
    """A .c file says what it owns; a header is included once."""
    for path, text in tree.texts(r'src/.*\.[ch]'):
        if path.endswith('.h') and '#pragma once' not in text:
            yield f'{path}:1: no #pragma once'
        if path.endswith('.c') and not re.match(r'/\* SPDX.*\n+/\*', text):
            yield f'{path}:2: no comment on what this file is for'
        if path.endswith('.c'):
            first = re.search(r'^#include .*$', text, re.M)
            if first and first.group() != '#include "config.h"':
                yield f'{path}: the first #include is not "config.h"'


def rule_length(tree):
    """No file grows beyond what one can oversee."""
    for path, text in tree.texts(r'(src|tests)/.*\.(c|h|py)'):
        longest = LONGEST_SOURCE if path.startswith('src/') else LONGEST_TEST
        if text.count('\n') > longest:
            yield f'{path}: {text.count(chr(10))} lines, at most {longest}'


def rule_whitespace(tree):
    """No tabs, no blanks at the end of a line, a line end at the end."""
    for path, text in tree.texts(r'.*\.(c|h|py|ui|xml|css|build|sh|md)|(src|tests|\.ci)/run'):
        for number, line in enumerate(text.split('\n'), 1):
            if line != line.rstrip() or '\t' in line:
                yield f'{path}:{number}: blanks at the end, or a tab'
            widest = 130 if path.endswith('.css') else 100
            if len(line) > widest and path.endswith(('.c', '.h', '.py', '.css')) and \
                    not re.search(r'https?://\S{30}', line):
                yield f'{path}:{number}: longer than {widest} columns'
        if text and not text.endswith('\n'):
            yield f'{path}: no line end at the end'


def rule_listed(tree):
    """A source that stands in no meson.build is compiled and tested by nobody."""
    listed = {}
    for path, text in tree.texts(r'(.*/)?meson\.build'):
        listed[os.path.dirname(path)] = text
    for path in tree.files:
        if not re.fullmatch(r'(src|tests)/.*\.(c|ui|css)', path):
            continue
        name = os.path.basename(path)
        stem = os.path.splitext(name)[0]
        folder, around = os.path.dirname(path), []
        while folder:
            around.append(listed.get(folder, ''))
            around += [text for other, text in tree.files.items()
                       if other.endswith('.gresource.xml') and os.path.dirname(other) == folder]
            folder = os.path.dirname(folder)
        # Tests may be listed by the name alone: 'money' for test-money.c.
        short = re.sub(r'^(test|fuzz)-', '', stem)
        if not any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
                   for text in around for word in {stem, short}):
            yield f'{path}: in no meson.build'


def wanted_potfiles(tree):
    for path, text in tree.texts(r'(src|data)/.*\.(c|h|ui|desktop\.in|metainfo\.xml\.in|xml)'):
        if path.endswith(('.c', '.h')):
            if re.search(r'(?<!\w)(_|N_|C_|NC_|Q_|ngettext|dngettext|g_dngettext|gettext)\s*\(',
                         blank_out(text)) and 'define _(' not in text:
                yield path
        elif path.endswith('.ui'):
            if 'translatable="yes"' in text:
                yield path
        elif path.endswith('.in'):
            yield path


def potfiles_text(tree):
    comment = [line for line in tree.files['po/POTFILES.in'].split('\n') if line.startswith('#')]
    return '\n'.join(comment + sorted(wanted_potfiles(tree))) + '\n'


def rule_potfiles(tree):
    """po/POTFILES.in names every file with words for people, sorted, and no other."""
    lines = tree.files.get('po/POTFILES.in', '').split('\n')
    named = [line for line in lines if line and not line.startswith('#')]
    wanted = set(wanted_potfiles(tree))
    for path in sorted(wanted - set(named)):
        yield f'po/POTFILES.in: lacks {path}'
    for path in named:
        if path not in tree.files:
            yield f'po/POTFILES.in: {path} does not exist'
    if named != sorted(set(named)):
        yield 'po/POTFILES.in: not sorted'


def rule_top_level(tree):
    """The top level stays as it was laid down."""
    for entry in sorted({path.split('/')[0] for path in tree.files} - TOP_LEVEL):
        yield f'{entry}: not among the entries of the top level'


def rule_no_keys(tree):
    """Nothing in the tree looks like a key."""
    shapes = [r'\brpa_\w{16,}', r'\bhf_[A-Za-z0-9]{24,}', r'\bsk-[A-Za-z0-9]{20,}',
              r'\bghp_\w{20,}', r'\beyJ[\w-]{20,}\.[\w-]{10,}', r'-----BEGIN [A-Z ]*PRIVATE KEY',
              r'(?<!sha256:)(?<![\w/+-])[0-9a-f]{64}(?!\w)', r'\b[A-Z0-9]{40,}\b']
    for path, number, line in tree.lines(r'.*'):
        if path.endswith('.wrap') and line.startswith('source_hash = '):
            continue
        for shape in shapes:
            found = re.search(shape, line)
            if found and len(set(found.group())) > 6:
                yield f'{path}:{number}: looks like a key'


def rule_no_binaries(tree):
    """Nothing but text and pictures is kept."""
    for path, text in tree.files.items():
        if text is None and not path.endswith(('.png', '.safetensors')):
            yield f'{path}: not a text'


def rule_style(tree):
    """style.css: short, only the theme's colours, no fixed font size."""
    for path, text in tree.texts(r'src/.*\.css'):
        if text.count('\n') >= LONGEST_STYLE:
            yield f'{path}: {text.count(chr(10))} lines, fewer than {LONGEST_STYLE} wanted'
        bare = re.sub(r'/\*.*?\*/', lambda comment: '\n' * comment.group().count('\n'), text,
                      flags=re.S)
        for number, line in enumerate(bare.split('\n'), 1):
            if re.search(r'#[0-9a-fA-F]{3,8}\b(?=[^{]*;)|\b(rgba?|hsla?)\s*\(|@define-color', line):
                yield f'{path}:{number}: a colour that is not the theme\'s'
            elif re.search(r'(color|background|border)[^:;]*:[^;]*\b(black|white|gr[ae]y|red|green|'
                           r'blue|yellow|orange)\b', line):
                yield f'{path}:{number}: a colour that is not the theme\'s'
            if re.search(r'font-size\s*:[^;]*(?<!\d)(?!1px)\d+(px|pt)', line):
                yield f'{path}:{number}: a fixed font size'


def rule_routes(tree):
    """The simulator's control routes stand in its header, one a line."""
    for path, text in tree.texts(r'src/simulator/easel-sim-control\.c'):
        header = tree.files.get(path[:-1] + 'h') or ''
        told = set(re.findall(r'^ \* (GET|POST|DELETE) +/__/([a-z]+)(/[A-Z]+/[A-Z]+)? ', header,
                              re.M))
        for method, name, parts in re.findall(r'\{ "([A-Z]+)", "([a-z]+)", (\d), \w+ \}', text):
            if (method, name, '/ID/ACTION' if parts == '3' else '') not in told:
                yield f'{path[:-1]}h: says nothing of {method} /__/{name}'


def rule_tour_ignored(tree):
    """Where src/run leaves the tour's pictures, git does not look."""
    for path, text in tree.texts(r'src/run'):
        for folder in re.findall(r'\btour=\$\{tour:-([^}]+)\}', text) or ['?']:
            if f'{folder}/' not in re.split(r'\s', tree.files.get('.gitignore') or ''):
                yield f'.gitignore: {folder}/ is missing'


RULES = [
    (rule_layers, LAYER_SAMPLES),
    (rule_licence, [{'src/base/easel-a.c': 'int a;\n'}, {'tests/run': '#!/bin/bash\nset -e\n'}]),
    (rule_purpose, [
        {'src/base/easel-a.h': '/* SPDX-License-Identifier: GPL-3.0-or-later */\n'},
        {'src/base/easel-a.c': '/* SPDX-L */\n#include "config.h"\n'},
        {'src/base/easel-a.c': '/* SPDX-L */\n/* Owns. */\n#include "easel-a.h"\n'}]),
    (rule_length, [{'src/base/easel-a.c': '\n' * 1001}, {'tests/unit/test-a.c': '\n' * 1501}]),
    (rule_whitespace, [{'src/a.c': 'int a; \n'}, {'src/a.c': '\tint a;\n'}, {'src/a.c': 'int a;'},
                       {'src/a.c': f'int {"a" * 100};\n'}]),
    (rule_listed, [{'src/base/easel-a.c': '', 'src/base/meson.build': "files('easel-a-b.c')"},
                   {'tests/unit/test-a.c': '', 'tests/unit/meson.build': "['b']"}]),
    (rule_potfiles, [
        {'po/POTFILES.in': '', 'src/ui/easel-a.c': 'g_print (_("Rent"));'},
        {'po/POTFILES.in': '', 'src/ui/easel-a.c': 'ngettext ("a", "b", n);'},
        {'po/POTFILES.in': '', 'src/ui/easel-a.ui': '<p translatable="yes">Rent</p>'},
        {'po/POTFILES.in': 'src/gone.c\n'},
        {'po/POTFILES.in': 'src/b.c\nsrc/a.c\n', 'src/a.c': '_("a")', 'src/b.c': '_("b")'}]),
    (rule_top_level, [{'docs/a.md': ''}, {'Makefile': ''}]),
    (rule_no_keys, [{'tests/data/a.json': 'rpa_' + 'A1b2C3d4E5f6G7h8J9'},
                    {'src/a.c': '"' + '0123456789abcdef' * 4 + '"'}]),
    (rule_no_binaries, [{'data/a.bin': None}]),
    (rule_style, [{'src/ui/style.css': 'a { color: #fff; }\n'}, {'src/ui/style.css': '\n' * 120},
                  {'src/ui/style.css': 'a { background-color: white; }\n'},
                  {'src/ui/style.css': 'a { border: 1px solid rgba(0,0,0,.1); }\n'},
                  {'src/ui/style.css': 'a { font-size: 12px; }\n'}]),
    (rule_tour_ignored, [{'src/run': '  tour=${tour:-a-tour}\n', '.gitignore': '/a-tour\n'}]),
    (rule_routes, [
        {'src/simulator/easel-sim-control.c': '  { "GET", "pods", 1, get_pods },\n',
         'src/simulator/easel-sim-control.h': ' * addresses GET    /__/pods  all\n'}]),
]


def format_lines(root, paths):
    """What clang-format would change in these files."""
    run = subprocess.run(['clang-format', '--dry-run', '--Werror', '--style=file', *paths],
                         cwd=root, stderr=subprocess.PIPE, text=True)
    return [line for line in run.stderr.split('\n') if ': error:' in line]


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def result(self, name, problems, skip=None):
        self.count += 1
        self.failed += bool(problems)
        print(f'{"not ok" if problems else "ok"} {self.count} {name}'
              + (f' # SKIP {skip}' if skip else ''))
        for problem in problems[:40]:
            print(f'#   {problem}')
        if len(problems) > 40:
            print(f'#   … and {len(problems) - 40} more')

    def rule(self, name, rule, tree, samples):
        self.result(name, list(rule(tree)))
        blind = [f'sample {number} was not noticed' for number, sample in enumerate(samples, 1)
                 if not list(rule(Tree(sample)))]
        self.result(f'{name}: notices its samples', blind)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--root', default=os.path.join(os.path.dirname(__file__), '..', '..'))
    parser.add_argument('--potfiles', action='store_true')
    options = parser.parse_args()
    root = os.path.realpath(options.root)
    tree = Tree.read(root)
    if options.potfiles:
        sys.stdout.write(potfiles_text(tree))
        return 0

    tap = Tap()
    for rule, samples in RULES:
        tap.rule(rule.__doc__.rstrip('.').replace('#', ''), rule, tree, samples)
    for table, comments, strings in ((FORBIDDEN, False, False), (FORBIDDEN_WORDS, False, True),
                                     (FORBIDDEN_ANYWHERE, True, True)):
        for where, pattern, allowed, why, sample in table:
            rule = forbidden_rule(where, pattern, allowed, comments, strings)
            tap.rule(why, rule, tree, [{sample_path(where): sample + '\n'}])

    if shutil.which('clang-format'):
        sources = [path for path, _ in tree.texts(r'(src|tests)/.*\.[ch]')]
        tap.result('clang-format has nothing to change',
                   format_lines(root, sources) if sources else [])
        odd = subprocess.run(['clang-format', '--dry-run', '--Werror', '--style=file',
                              '--assume-filename=src/a.c'], cwd=root, stderr=subprocess.PIPE,
                             input='int  a(void){return 1;}\n', text=True)
        tap.result('clang-format notices its sample', [] if odd.returncode else ['not noticed'])
    else:
        tap.result('clang-format has nothing to change', [], skip='clang-format is not installed')
    print(f'1..{tap.count}')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
