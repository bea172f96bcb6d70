#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs the programs that run in the rented container into C strings, at build time.

    pack.py GUARD.py HELPER.py OUTPUT.h
    pack.py --letters GUARD.py    looks for letters with which the guard is shorter, for a minute

The guard's names are shortened and its comments dropped, because vast.ai counts the letters of a
start command; the helper stays as it is written. Both are gzip without a time and then base64, the
same bytes each time. Also defines the SHA-256 of the helper's source.
"""
import ast
import base64
import builtins
import collections
import gzip
import hashlib
import io
import itertools
import keyword
import random
import sys
import time
import tokenize

# A C compiler need not take a longer string in one piece.
PIECE = 1000


# Names in this order, the most used first. Found by trying: how well letters go with the rest of
# the text is worth ten characters of the command.
LETTERS = 'esmnaroSvdxpltbEfyjVzkZNJAMFqCGKguRDXcOhUPIiTQLBWYHw'


def short_names(taken):
    for length in itertools.count(1):
        for letters in itertools.product(LETTERS, repeat=length):
            name = ''.join(letters)
            if name not in taken and not keyword.iskeyword(name):
                yield name


def bound_names(node):
    """What this piece of a program gives a name to, most used first."""
    uses = collections.Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    outside, found = set(), {}
    for part in ast.walk(node):
        if isinstance(part, ast.Global):
            outside.update(part.names)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found[part.id] = uses[part.id]
        elif isinstance(part, ast.arg):
            found[part.arg] = uses[part.arg] + 1
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found[part.name] = uses[part.name]
    return sorted((name for name in found if name not in outside), key=lambda name: -found[name])


class Shorten(ast.NodeTransformer):
    """Gives every name that the program binds a short one; what is bound inside of a function may
    be called like something that the function does not use."""

    def __init__(self, tree):
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        self.fixed = set(dir(builtins))
        names = {node.name: 1 for node in functions}
        for node in tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        names[alias.asname] = 1
                    else:
                        self.fixed.add(alias.name)
            elif not isinstance(node, ast.FunctionDef):
                names.update(dict.fromkeys(bound_names(node)))
        uses = collections.Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name))
        order = sorted(names, key=lambda name: -uses[name])
        self.names = dict(zip(order, short_names(self.fixed)))

    def short(self, name):
        return self.names.get(name, name)

    def visit_FunctionDef(self, node):
        outer = self.names
        local = bound_names(node)
        used = {outer.get(n.id, n.id) for n in ast.walk(node)
                if isinstance(n, ast.Name) and n.id not in local}
        used.update(outer.get(name, name) for part in ast.walk(node)
                    if isinstance(part, ast.Global) for name in part.names)
        node.name = self.short(node.name)
        self.names = {**outer, **dict(zip(local, short_names(used | self.fixed)))}
        self.generic_visit(node)
        self.names = outer
        return node

    def visit_Name(self, node):
        node.id = self.short(node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.short(node.arg)
        return node

    def visit_Global(self, node):
        node.names = [self.short(name) for name in node.names]
        return node

    def visit_Import(self, node):
        for alias in node.names:
            alias.asname = alias.asname and self.short(alias.asname)
        return node

    def visit_ExceptHandler(self, node):
        if node.name is None:
            node.type = None
        else:
            node.name = self.short(node.name)
        self.generic_visit(node)
        return node


def without_docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) \
                    and isinstance(first.value.value, str):
                node.body = node.body[1:] or [ast.Pass()]
    return tree


def with_one_import(tree):
    """The imports that stand first, as one statement."""
    first = list(itertools.takewhile(lambda node: isinstance(node, ast.Import), tree.body))
    names = [alias for node in first for alias in node.names]
    tree.body = [ast.Import(names)] + tree.body[len(first):]
    return tree


def is_word(letter):
    return letter.isalnum() or letter == '_'


def tighten(line):
    """One line as ast.unparse writes it, without the blanks that only people need."""
    depth = (len(line) - len(line.lstrip())) // 4
    result = ''
    for token in tokenize.generate_tokens(io.StringIO(line.strip() + '\n').readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
            break
        if result and is_word(result[-1]) and is_word(token.string[0]):
            result += ' '
        result += token.string
    return ' ' * depth + result


def join(lines):
    """Statements in as few lines as Python allows."""
    result = []  # (depth, text, whether more may follow in the same line)
    for line in lines:
        text = line.lstrip()
        depth = len(line) - len(text)
        is_head = text.endswith(':')
        if not is_head and result and result[-1][2] and result[-1][0] == depth:
            result[-1] = depth, result[-1][1] + ';' + text, True
        else:
            result.append((depth, text, not is_head))
    joined = []
    for number, (depth, text, is_simple) in enumerate(result):
        follows = result[number + 1][0] if number + 1 < len(result) else 0
        if is_simple and joined and joined[-1].endswith(':') and follows < depth:
            before = len(joined[-1]) - len(joined[-1].lstrip())
            if before == depth - 1:
                joined[-1] += text
                continue
        joined.append(' ' * depth + text)
    return joined


def minify(source):
    tree = with_one_import(without_docstrings(ast.parse(source)))
    if any(isinstance(node, (ast.ClassDef, ast.Nonlocal)) for node in ast.walk(tree)):
        sys.exit('pack.py: names inside of classes would have to be kept')
    text = ast.unparse(ast.fix_missing_locations(Shorten(tree).visit(tree)))
    if "'''" in text or '"""' in text:
        sys.exit('pack.py: a string over several lines would lose its indentation')
    return '\n'.join(join([tighten(line) for line in text.split('\n') if line.strip()])) + '\n'


def pack(data):
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def define(name, text):
    pieces = [text[i:i + PIECE] for i in range(0, len(text), PIECE)]
    return f'#define {name} \\\n' + ' \\\n'.join(f'  "{piece}"' for piece in pieces) + '\n'


def search(source):
    global LETTERS
    chance, end = random.Random(1), time.monotonic() + 60
    best, least = LETTERS, 10 ** 9
    while time.monotonic() < end:
        letters = list(best)
        for _ in range(chance.randint(1, 3)):
            one, other = chance.sample(range(len(letters)), 2)
            letters[one], letters[other] = letters[other], letters[one]
        LETTERS = ''.join(letters)
        length = len(gzip.compress(minify(source).encode(), 9, mtime=0))
        if length <= least:
            best, least = LETTERS, length
    print(best, least)


def main():
    if sys.argv[1] == '--letters':
        with open(sys.argv[2], encoding='utf-8') as file:
            search(file.read())
        return
    guard, helper, output = sys.argv[1:]
    with open(guard, encoding='utf-8') as file:
        guard_code = minify(file.read()).encode()
    with open(helper, 'rb') as file:
        helper_code = file.read()
    compile(guard_code, guard, 'exec')
    compile(helper_code, helper, 'exec')
    with open(output, 'w', encoding='utf-8') as file:
        file.write('/* Made by pack.py. */\n')
        file.write(define('EASEL_AGENT_GUARD_PACKED', pack(guard_code)))
        file.write(define('EASEL_AGENT_HELPER_PACKED', pack(helper_code)))
        file.write(define('EASEL_AGENT_HELPER_SHA256', hashlib.sha256(helper_code).hexdigest()))


if __name__ == '__main__':
    main()
