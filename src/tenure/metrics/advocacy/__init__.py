"""Customers who recommend us: referrals, references and the like."""
