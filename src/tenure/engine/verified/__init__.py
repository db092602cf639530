"""What ``verify`` looks at, a module for each part of a workspace."""
