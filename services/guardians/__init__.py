"""What a family and a guardian read, answer and ask for."""
