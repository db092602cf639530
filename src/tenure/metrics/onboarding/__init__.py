"""The way from the purchase to value: onboarding, training and what customers want to achieve."""
