"""Writes YAML that readers of YAML 1.1 and 1.2 read the same."""

import yaml

from cardwright.interchange.yaml_text import is_text


def yaml_document(document: object) -> str:
    """Return a document of scalars, lists and dicts as YAML: keys in their order, each text on one line, no aliases."""
    found: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31 - 1)
    return found


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain = text.isprintable() and is_text(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


_Dumper.add_representer(str, _text)
