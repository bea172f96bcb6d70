#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `meson install`, uninstalling and `meson dist` leave behind.

    check-install.py --build DIR --source DIR

Installs into a folder of its own, compares that with the list below, starts the program from
there, uninstalls. Makes the archive of the last commit and looks whether everything that the build
needs is in it. Prints TAP.
"""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

ID = 'io.github.cloudeasel.CloudEasel'
FILES = [
    'bin/cloud-easel',
    f'share/applications/{ID}.desktop',
    f'share/dbus-1/services/{ID}.service',
    f'share/glib-2.0/schemas/{ID}.gschema.xml',
    f'share/icons/hicolor/scalable/apps/{ID}.svg',
    f'share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg',
    *[f'share/locale/{language}/LC_MESSAGES/cloud-easel.mo'
      for language in ('de', 'es', 'fr', 'ja', 'zh_CN')],
    'libexec/cloud-easel-simulator',
    'share/man/man1/cloud-easel.1',
    f'share/metainfo/{ID}.metainfo.xml',
]
# “Print the version and exit”, as the option's help says it in German.
GERMAN = 'Version ausgeben'


def run(*command, env=None, cwd=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **(env or {})}, cwd=cwd, check=False,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise AssertionError(f'{" ".join(command)}: {done.returncode}\n{done.stdout}')
    return done.stdout


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(where, name), folder)
                  for where, _, names in os.walk(folder) for name in names)


def german(program):
    return run(program, '--help', env={'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'de'})


class Check:
    def __init__(self, options, folder):
        self.build = options.build
        self.source = options.source
        self.destination = os.path.join(folder, 'installed')
        settings = json.loads(run('meson', 'introspect', '--buildoptions', self.build))
        prefix = next(option['value'] for option in settings if option['name'] == 'prefix')
        self.prefix = self.destination + prefix
        self.program = os.path.join(self.prefix, 'bin', 'cloud-easel')
        self.folder = folder

    def installed_are_the_files_of_the_list(self):
        run('meson', 'install', '-C', self.build, '--no-rebuild', '--destdir', self.destination)
        found = files_below(self.prefix)
        assert found == sorted(FILES), f'more: {set(found) - set(FILES)}, ' \
                                       f'less: {set(FILES) - set(found)}'
        outside = len(files_below(self.destination)) - len(found)
        assert outside == 0, f'{outside} files outside of the prefix'

    def what_is_installed_starts(self):
        env = {name: os.path.join(self.folder, name) for name in
               ('HOME', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME')}
        schemas = os.path.join(self.prefix, 'share/glib-2.0/schemas')
        compiled = os.path.join(self.folder, 'schemas')
        os.makedirs(compiled)
        run('glib-compile-schemas', '--strict', '--targetdir', compiled, schemas)
        env['GSETTINGS_SCHEMA_DIR'] = compiled
        version = run(self.program, '--version', env=env)
        assert any(character.isdigit() for character in version), version
        # Without a key nothing can be proven, and nothing is asked of anybody.
        listed = subprocess.run([self.program, '--list', '--json', '--keys-from-input'],
                                env={**os.environ, **env}, stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        assert (listed.returncode, json.loads(listed.stdout)) == (1, []), listed

    def it_speaks_german_from_where_it_was_put(self):
        assert GERMAN in german(self.program), german(self.program)
        for path in glob.glob(self.prefix + '/share/locale/de/LC_MESSAGES/*.mo'):
            os.rename(path, path + '.away')
        away = german(self.program)
        for path in glob.glob(self.prefix + '/share/locale/de/LC_MESSAGES/*.away'):
            os.rename(path, path[:-len('.away')])
        assert GERMAN not in away, 'the words come from elsewhere'

    def it_speaks_german_in_the_build_tree(self):
        said = german(os.path.join(self.build, 'src', 'cloud-easel'))
        assert GERMAN in said, said

    def what_the_desktop_reads_names_what_is_there(self):
        def read(path):
            with open(os.path.join(self.prefix, path), encoding='utf-8') as file:
                return file.read()
        started = self.program[len(self.destination):]
        assert f'Exec={started} ' in read(f'share/dbus-1/services/{ID}.service')
        desktop = read(f'share/applications/{ID}.desktop')
        assert f'Icon={ID}\n' in desktop and 'Exec=cloud-easel\n' in desktop
        assert 'Comment[de]=' in desktop, 'the menu entry is not translated'
        assert 'xml:lang="ja"' in read(f'share/metainfo/{ID}.metainfo.xml')

    def uninstalled_leaves_nothing(self):
        run('ninja', '-C', self.build, 'uninstall')
        left = [os.path.join(where, name) for where, folders, names in os.walk(self.destination)
                for name in folders + names]
        assert left == [], left

    def the_archive_has_what_the_build_needs(self):
        if not os.path.exists(os.path.join(self.source, '.git')) or not shutil.which('git'):
            return 'not a git tree'
        # A clone: what is not committed is nobody else's, and the person's tree stays as it is.
        clone, built, unpacked = (os.path.join(self.folder, name)
                                  for name in ('clone', 'built', 'unpacked'))
        run('git', '-c', 'safe.directory=*', 'clone', '-q', '--shared', self.source, clone)
        run('meson', 'setup', built, clone)
        run('meson', 'dist', '-C', built, '--no-tests', '--formats', 'gztar')
        archive, = glob.glob(built + '/meson-dist/*.tar.gz')
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked)
        top, = glob.glob(unpacked + '/*')
        listed = set(run('git', '-C', clone, 'ls-files').split('\n')) - {''}
        assert set(files_below(top)) == listed, set(files_below(top)) ^ listed
        assert os.path.exists(top + '/subprojects/libsoup.wrap')
        # Configuring reads every meson.build; -n complains about a source that is not there.
        run('meson', 'setup', built + '-again', top)
        run('ninja', '-C', built + '-again', '-n')
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--source', required=True)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix='easel-install-')
    failures = 0
    try:
        check = Check(options, folder)
        tests = [check.installed_are_the_files_of_the_list, check.what_is_installed_starts,
                 check.it_speaks_german_from_where_it_was_put,
                 check.it_speaks_german_in_the_build_tree,
                 check.what_the_desktop_reads_names_what_is_there,
                 check.uninstalled_leaves_nothing, check.the_archive_has_what_the_build_needs]
        print(f'1..{len(tests)}')
        for number, test in enumerate(tests, 1):
            title = test.__name__.replace('_', ' ')
            try:
                skip = test()
                print(f'ok {number} {title}' + (f' # SKIP {skip}' if skip else ''))
            except (AssertionError, OSError, ValueError) as error:
                failures += 1
                print(f'not ok {number} {title}')
                print('\n'.join('# ' + line for line in str(error).split('\n')))
            sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
