"""The customer health score: how well a customer does with us, from what is known of it."""
