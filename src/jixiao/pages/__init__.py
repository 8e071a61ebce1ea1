"""The table layer: any file -> a flow of paragraphs and whole tables. It knows no budgets."""
