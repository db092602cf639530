"""The parts of a business review, one a module, each made of what may be shown to the customer."""
