"""What is run by hand around the project: pictures, checks, and the demo town they look at."""
