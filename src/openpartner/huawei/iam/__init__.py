"""What the SDK and token users need of IAM and STS."""
