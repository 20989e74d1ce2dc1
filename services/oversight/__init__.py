"""Who looked, who was refused, what left the house: file access, samples, exports, incidents."""
