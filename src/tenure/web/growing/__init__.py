"""How our people grow: skills, courses, recognition, and an anonymous team pulse."""
