"""Commands on the document as a text: `hs3 schema`, `hs3 canonical`, `hs3 hash`."""

from __future__ import annotations

import sys

from hs3.cli.options import File, Json
from hs3.cli.terminal import say, say_json


def schema() -> None:
    """Print the JSON Schema of HS3 documents, for editors and other tools."""
    from hs3.schema import json_schema

    say_json(json_schema())


def canonical_(file: File) -> None:
    """Print the canonical form of a JSON document (RFC 8785), of which the hash is taken."""
    from hs3.canonical import canonical
    from hs3.reading import json_of

    sys.stdout.buffer.write(canonical(json_of(file)))


def hash_(file: File, json: Json = False) -> None:
    """Print the SHA-256 of the canonical form: the same for documents that are equal as JSON."""
    from hs3.canonical import sha256
    from hs3.reading import json_of

    digest = sha256(json_of(file))
    if json:
        say_json({"file": file, "sha256": digest})
    else:
        say(digest)
