import sys

import pytest

from tenure.core.registry import discover, locate


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes a package of these files, importable under the name it gives."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(*files):
        name = f"zoo_{tmp_path.name.replace('-', '_')}"
        for file in ("__init__.py", *files):
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / "__init__.py").touch()
            path.write_text(f"here = {file!r}\n")
        return name

    yield make
    for module in [module for module in sys.modules if module.startswith("zoo_")]:
        del sys.modules[module]


def test_modules_of_all_folders_are_found_by_name_and_sorted(package):
    name = package("zebra.py", "cats/lion.py", "cats/big/tiger.py", "ape.py")
    found = discover(name)
    assert list(found) == ["ape", "lion", "tiger", "zebra"]
    assert found["tiger"].here == "cats/big/tiger.py"
    assert found["lion"].__name__ == f"{name}.cats.lion"


def test_names_with_an_underscore_and_what_lies_below_are_left_out(package):
    assert list(discover(package("_notes.py", "_old/lion.py", "cats/_facts.py", "cats/lynx.py"))) == ["lynx"]


def test_two_things_of_one_name_are_an_error_that_names_both(package):
    name = package("cats/lion.py", "stars/lion.py")
    with pytest.raises(ImportError, match=rf"{name}\.cats\.lion and {name}\.stars\.lion"):
        discover(name)


def test_locating_imports_no_module(package):
    name = package("cats/lion.py")
    assert locate(name) == {"lion": f"{name}.cats.lion"}
    assert f"{name}.cats.lion" not in sys.modules


def test_an_empty_package_has_nothing(package):
    assert discover(package()) == {}
