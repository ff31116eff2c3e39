"""The government's side of an assessment: clarifications, replies, answers to recommendations."""
