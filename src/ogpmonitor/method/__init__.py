"""The rules of the field as data: forms, scales, values, policy areas, deadlines, questionnaires."""
