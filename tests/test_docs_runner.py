"""The runner of the documentation finds a page that lies."""

import pytest

from tests.docs_runner import Session, agrees, failures, steps

PAGE = """
Text with `$ code` in it.

```console
$ mkdir here && cd here
$ export NAME=Ada
$ echo one; \\
> echo two
one
two
```

1. A step

   ```console
   $ pwd; echo "$NAME"
   .../work/here
   Ada
   $ ls nowhere  # exits 2
   ...cannot access 'nowhere'...
   ```

```sh
false
```
"""


@pytest.fixture
def run(tmp_path):
    def run_page(text):
        page = tmp_path / "page.md"
        page.write_text(text)
        return failures(page, Session(tmp_path))

    return run_page


def test_a_true_page_passes_and_its_blocks_are_one_session(run):
    assert run(PAGE) == []


def test_a_page_is_read_into_commands_with_their_lines():
    read = steps(PAGE)
    assert [(step.line, step.exit_code) for step in read] == [(5, 0), (6, 0), (7, 0), (16, 0), (19, 2)]
    assert read[2].command == "echo one; \\\necho two"
    assert read[3].answer == (".../work/here", "Ada")


@pytest.mark.parametrize(
    "lie",
    [
        "```console\n$ echo 1\n2\n```\n",
        "```console\n$ echo 1\n```\n",
        "```console\n$ true\n1\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ true  # exits 1\n```\n",
        "```console\n$ echo 1; echo 2; echo 3\n1\n...\n2\n```\n",
    ],
)
def test_a_lie_is_found(run, lie):
    [told] = run("# Page\n\n" + lie)
    assert "page.md:4: $ " in told


@pytest.mark.parametrize(
    ("shown", "given", "same"),
    [
        ("a", "a  \n\n", True),
        ("a\n...\nd", "a\nb\nc\nd", True),
        ("a\n...\nd", "a\nd", True),
        ("a\n...", "a", True),
        ("took ... s", "took 0.31 s", True),
        ("took ... s", "took 0.31\ns", False),
        ("a.c", "abc", False),
        ("a", "a\nb", False),
    ],
)
def test_dots_stand_for_anything_else_for_itself(shown, given, same):
    assert agrees(shown.split("\n"), given.split("\n")) is same


def test_an_answer_without_a_command_is_a_mistake():
    with pytest.raises(ValueError, match="line 2"):
        steps("```console\nhello\n```\n")
