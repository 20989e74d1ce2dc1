"""What every notice says, a file for each side that receives it."""
