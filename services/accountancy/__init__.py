"""The books towards the accountant and the auditor: nightly comparison, its stop, and vouchers."""
