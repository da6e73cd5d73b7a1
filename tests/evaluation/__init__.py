"""Measures the models of deals on simulated companies, whose truth is known, and on data from outside."""
