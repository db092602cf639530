"""Serve the workspace to browsers, until Ctrl C.

Starts the web application and the keeper, prints where it is, and for a new workspace once the link with which the
first administrator is made. Behind a proxy that speaks TLS, name the address that people open with --address.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.cli.parser import Parser

NAME = "serve"
EXAMPLE = "tenure serve --port 8000"


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.add_argument("--host", default="127.0.0.1", metavar="HOST", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=port, default=8000, metavar="PORT", help="which port (default: 8000)")
    parser.add_argument(
        "--address", default="", metavar="URL", help="how people reach it, if otherwise: https://tenure.example.com"
    )


def run(home: Path, args: argparse.Namespace) -> int:
    """Serve until stopped."""
    from tenure.web.serve import serve

    serve(home, host=args.host, port=args.port, address=args.address, say=lambda text: print(text, flush=True))
    return 0


def port(text: str) -> int:
    """A port as it is given. Raises ``ValueError``."""
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number
