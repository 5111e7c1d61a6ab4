"""What is to be trained, what it will cost, and what the store already answers."""
