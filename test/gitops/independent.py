"""Reads pairs of files with a parser that is not ours and prints where they differ, as JSON: {path: [[place, before, after], ...]}."""
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Any tag is data: CI files and Ansible have their own."""


def plain(loader, _suffix, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!", plain)


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    if path.endswith((".yaml", ".yml", ".json")):
        return list(yaml.load_all(text, Loader))
    return text.splitlines()


def same(left, right):
    """One member of a list, changed or not."""
    if isinstance(left, dict) and isinstance(right, dict) and "name" in left:
        return left["name"] == right.get("name")
    return left == right


def differences(before, after, place=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), f"{place}/{key}")
    elif isinstance(before, list) and isinstance(after, list):
        # One member more is that member, not everything behind it.
        rest = list(after)
        for index, member in enumerate(before):
            while len(rest) > len(before) - index and not same(rest[0], member):
                yield [f"{place}/+", None, rest.pop(0)]
            yield from differences(member, rest.pop(0), f"{place}/{index}") if rest else [[f"{place}/{index}", member, None]]
        for member in rest:
            yield [f"{place}/+", None, member]
    elif before != after:
        yield [place, before, after]


old, new = sys.argv[1:3]
print(json.dumps({path: list(differences(read(f"{old}/{path}"), read(f"{new}/{path}"))) for path in sys.stdin.read().splitlines()}))
