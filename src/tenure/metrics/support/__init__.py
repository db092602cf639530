"""Speed and soundness of support."""
