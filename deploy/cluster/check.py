"""Do values fit a chart? Merges them with the chart's own, as Helm does, and holds them against its schema.

Usage: python deploy/cluster/check.py CHART VALUES.yaml
CHART: the chart's folder, with values.yaml and values.schema.yaml (or .json), as in the chart's repository.
"""

import sys
from pathlib import Path

import yaml
from jsonschema import Draft7Validator


def merged(own, given):
    """The chart's values with the given ones over them: mappings key by key, anything else as a whole."""
    if not (isinstance(own, dict) and isinstance(given, dict)):
        return given
    return own | {key: merged(own.get(key), value) for key, value in given.items()}


def unknown(own, given, path: str = "") -> list[str]:
    """The names that a chart without a schema does not have, and so ignores without a word."""
    if not (isinstance(own, dict) and own and isinstance(given, dict)):
        return []
    below = [name for key, value in given.items() for name in unknown(own.get(key), value, f"{path}{key}.")]
    return [*(f"{path}{key} is no value of this chart" for key in given if key not in own), *below]


def faults(chart: Path, values: Path) -> list[str]:
    """What does not fit, in words."""
    own, given = (yaml.safe_load(path.read_text("utf-8")) for path in (chart / "values.yaml", values))
    schemas = sorted(chart.glob("values.schema.*"))
    if not schemas:
        return unknown(own, given)
    validator = Draft7Validator(yaml.safe_load(schemas[0].read_text("utf-8")))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(merged(own, given))]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit("\n".join(faults(Path(sys.argv[1]), Path(sys.argv[2]))) or None)
