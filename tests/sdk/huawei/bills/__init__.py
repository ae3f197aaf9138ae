"""Huawei's operations on bills and costs, through the official SDKs."""
