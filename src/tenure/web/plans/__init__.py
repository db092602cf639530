"""Success plans: what a customer wants to achieve, the steps of both sides, and a link by which the customer sees it."""
