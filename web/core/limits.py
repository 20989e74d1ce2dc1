"""How often one address may POST. Generous, since a whole school or office shares an address."""

from extensions import limiter

ON_PASSWORDS = limiter.limit("30 per 5 minutes", methods=["POST"])
ON_NEW_LINKS = limiter.limit("20 per 15 minutes", methods=["POST"])
# A code is never guessed; this keeps who tries from slowing the others.
ON_VERIFYING = limiter.limit("60 per 15 minutes")
# A provider repeats what we do not take, and many donors' payments come from its few addresses.
ON_CALLBACKS = limiter.limit("600 per minute", methods=["POST"])
ON_PAYMENTS = limiter.limit("60 per hour", methods=["POST"])
ON_PLEDGES = limiter.limit("150 per hour", methods=["POST"])
