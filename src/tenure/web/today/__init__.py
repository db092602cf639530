"""The morning of whoever looks after customers: what to do now, what comes, and what was done."""
