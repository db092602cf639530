"""The pages: workload, coverage, balance, headcount, levels of service, hand-overs from sales."""
