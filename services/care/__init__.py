"""爱心妈妈 and children: proposals with clocks, two people's yes, a trial, and the goodbye."""
