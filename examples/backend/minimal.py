"""A backend that knows normal distributions, and says of everything else that it does not."""

import json
import math
from pathlib import Path


class Unknown(NotImplementedError):
    """What it cannot do, which is counted apart from what it gets wrong."""


class Backend:
    """The methods that the official suite asks for, as far as there is something to say."""

    def load_workspace(self, path):
        """Whatever the other methods need of the document."""
        return json.loads(Path(path).read_text(encoding="utf-8"))

    def run_structure_check(self, workspace, check):
        """The names that were found."""
        sections = {"pdfs": "distributions", "functions": "functions", "data": "data"}
        return {k: [e["name"] for e in workspace.get(s, ())] for k, s in sections.items()}

    def run_pdf_scan(self, workspace, check, path):
        """The density at each point, normalised over the observables."""
        pdf = next(e for e in workspace["distributions"] if e["name"] == check["target"]["pdf"])
        if pdf["type"] != "gaussian_dist":
            raise Unknown(pdf["type"])
        axis = next(a for d in workspace["domains"] for a in d["axes"] if a["name"] == pdf["x"])
        values, names = [], check["scan_parameters"]
        for point in check["scan_points"]:
            at = {**check["reference_point"], **dict(zip(names, point, strict=True))}
            x, mean, sigma = (at.get(pdf[key], pdf[key]) for key in ("x", "mean", "sigma"))
            width = sigma * math.sqrt(2)
            low, high = ((axis[end] - mean) / width for end in ("min", "max"))
            low, high = (low, high) if low > 0 else (-high, -low)
            norm = 0.5 * math.sqrt(math.pi) * width * (math.erfc(low) - math.erfc(high))
            values.append(math.exp(-(((x - mean) / width) ** 2)) / norm)
        return values
