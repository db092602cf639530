"""The pages: renewals and one of them, their forecast by groups, its accuracy, and the growth pipeline."""
