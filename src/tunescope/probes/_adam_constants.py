"""The constants of Adam as Kingma and Ba (2015) recommend them and scikit-learn has them."""

BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = 1e-8
