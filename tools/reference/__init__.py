"""Writes docs/reference from the headers of abi/ and from the personality's call table."""
