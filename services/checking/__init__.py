"""Does the database agree with itself? Statements that find each breach, and the words for it."""
