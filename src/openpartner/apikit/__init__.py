"""What every vendor dialect needs: declared operations, presence rules, limits, codecs and coverage."""
