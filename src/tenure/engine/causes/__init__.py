"""What there is to do about accounts: the kinds of cause, how urgent each is, and what a workspace declares of them."""
