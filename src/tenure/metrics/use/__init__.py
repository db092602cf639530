"""How the product is used, by whom, and by how many of those who may."""
