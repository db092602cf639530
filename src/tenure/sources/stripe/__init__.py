"""Stripe: tables of Stripe Billing and Payments, as connectors export them."""
