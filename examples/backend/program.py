"""The same as a program that speaks JSON lines; any language can do this."""

import json
import math
import sys


def answer(path, check):
    """What the program says to one request."""
    with open(path, encoding="utf-8") as stream:
        functions = {e["name"]: e for e in json.load(stream).get("functions", ())}
    if check["kind"] != "function_scan":
        return {"error": f"no {check['kind']} here", "unsupported": True}
    function = functions[check["target"]["function"]]
    combine = {"sum": sum, "product": math.prod}.get(function["type"])
    if combine is None:
        return {"error": function["type"], "unsupported": True}
    parts = function.get("summands") or function.get("factors")
    values = []
    for point in check["scan_points"]:
        at = {**check["reference_point"], **dict(zip(check["scan_parameters"], point, strict=True))}
        values.append(combine(float(at.get(part, part)) for part in parts))
    return {"value": values}


print(json.dumps({"ready": True, "version": "1.0"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        said = answer(request["path"], request["check"])
    except Exception as error:
        said = {"error": repr(error)}
    print(json.dumps(said), flush=True)
