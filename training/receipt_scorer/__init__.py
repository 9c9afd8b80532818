"""How the choice of the merchant is judged: hand weights against trained ones; nothing of this is in the package."""
