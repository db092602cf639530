"""Who looks after which accounts, with how many hours: pure computing, without a clock and without the warehouse."""
