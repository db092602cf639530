"""Over which times kept scores are told, and what a risk is called."""

#: In days: how far back a health score is compared, and how far ahead a risk of leaving looks.
BACK, AHEAD = (30, 91, 182), (30, 90, 180)
#: Bands of the probability of leaving within 90 days, each with the share from which on it holds, the worst first.
RISK_BANDS = (("high", "0.2"), ("raised", "0.05"), ("low", "0"))
#: The kept risk of leaving until two weeks after the next renewal, where that lies near enough.
WITH_RENEWAL = "churn_risk_renewal"
