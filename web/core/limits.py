"""How often one address may POST. Generous, since a whole school or office shares an address."""

from extensions import limiter

ON_PASSWORDS = limiter.limit("30 per 5 minutes", methods=["POST"])
ON_NEW_LINKS = limiter.limit("20 per 15 minutes", methods=["POST"])
ON_PLEDGES = limiter.limit("150 per hour", methods=["POST"])
