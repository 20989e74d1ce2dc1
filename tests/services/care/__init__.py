"""爱心妈妈 and children: proposals, clocks, two people, what she sees."""
