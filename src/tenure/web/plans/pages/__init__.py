"""Pages of success plans: for those who look after the account, and for the customer."""
