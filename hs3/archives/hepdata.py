"""An archive as a submission to HEPData: a record of the files, and a table of the numbers.

Source: hepdata-submission.readthedocs.io ("submission.yaml", "YAML data files", "Analyses"),
schema 1.1.1. HEPData recognises a model by the type HS3 of its resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hs3 import jsonio

Json = dict[str, Any]
SUBMISSION, TABLE = "submission.yaml", "reference.yaml"


def submission(description: str, resources: Mapping[str, str], model: str) -> str:
    """The documents of ``submission.yaml``.

    Args:
        description: one line about the model.
        resources: what each file is.
        model: the file that holds the model.
    """
    listed = [
        {"location": name, "description": text, **({"type": "HS3"} if name == model else {})}
        for name, text in resources.items()
    ]
    record = {"comment": " ".join(description.split()), "additional_resources": listed}
    table = {
        "name": "Reference values",
        "description": "Values of -2 ln L and best-fit parameters of the statistical model.",
        "keywords": [{"name": "phrases", "values": ["statistical model", "HS3"]}],
        "data_file": TABLE,
    }
    return "".join(f"---\n{_text(document)}" for document in (record, table))


def table(numbers: Mapping[str, Any]) -> str:
    """The table of reference numbers in HEPData's form."""
    rows = list(_rows(numbers))
    independent = [
        {"header": {"name": name}, "values": [{"value": row[i]} for row in rows]}
        for i, name in enumerate(("Model", "Quantity"))
    ]
    dependent = [{"header": {"name": "Value"}, "values": [row[2] for row in rows]}]
    return _text({"independent_variables": independent, "dependent_variables": dependent})


def _rows(numbers: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    entries = {name: entry for kind in numbers.values() for name, entry in kind.items()}
    for name, entry in entries.items():
        if "error" in entry:
            continue
        yield name, "-2 ln L at the start", {"value": entry["start"]}
        for point, value in entry["points"].items():
            if value is not None:
                yield name, f"-2 ln L at {point}", {"value": value}
        fit = entry.get("fit")
        if fit is None:
            continue
        yield name, "-2 ln L of the best fit", {"value": fit["twice_nll"]}
        for parameter, value in fit["values"].items():
            error = fit["errors"][parameter]
            errors = {"errors": [{"symerror": error, "label": "fit"}]} if error else {}
            yield name, parameter, {"value": value, **errors}


def _text(document: Json) -> str:
    """JSON, which is YAML too."""
    return jsonio.dumps(document, indent=1) + "\n"
