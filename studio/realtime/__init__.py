"""Websockets: who may listen, and one hub per process that writes each message to each socket once."""
