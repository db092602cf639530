"""The pages: the lines with the matrix, a metric along them, a person, and the form."""
