"""Who looks after which accounts: workload, coverage, balancing, headcount, levels of service, hand-overs from sales."""
