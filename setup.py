"""Map the four top-level folders to one package tree; everything else stands in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = {
    "hs3": "hs3",
    "hs3.engine": "engine",
    "hs3.adapters": "adapters",
    "hs3.conformance": "conformance",
}

setup(
    package_dir=FOLDERS,
    packages=[
        f"{package}.{inner}" if inner else package
        for package, folder in FOLDERS.items()
        for inner in ["", *find_packages(folder)]
    ],
)
