"""Parameters that data are simulated from and predictions are made with: the published fits to CDNOW, in weeks."""

WEEKS_IN_A_MONTH = 365.25 / 12 / 7

# Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284.
BETA_GEO = {"r": 0.2425945, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}
PARETO_NBD = {"r": 0.553277, "alpha": 10.577683, "s": 0.606240, "beta": 11.668735}
# Fader & Hardie (2013), note 025.
GAMMA_GAMMA = {"p": 6.249572, "q": 3.744225, "gamma": 15.443521}

# Predictions are made in months: lifetimes and pymc-marketing take a month for 4.345 weeks or 30 days otherwise.
BETA_GEO_MONTHS = BETA_GEO | {"alpha": BETA_GEO["alpha"] / WEEKS_IN_A_MONTH}
MONTHS = 12
MONTHLY_DISCOUNT = 0.01
