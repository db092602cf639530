"""Recurly: accounts, subscriptions with their add-ons, invoices and transactions, as connectors export them."""
