from pathlib import Path
def measure(home: Path, peers: Path | None) -> None:
    print("peers skipped")
