"""Churn risk: how likely a customer is to leave, learned from those who did."""
