"""The pages: who may leave, who may pay less, who is ready to grow."""
