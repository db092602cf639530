"""The parts of an account's page, one module each: what is asked, and how it is put for a reader."""
