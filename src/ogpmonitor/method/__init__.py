"""The field's rules as data: forms, scales, values, areas, deadlines, distinctions, questionnaires, reference cases."""
