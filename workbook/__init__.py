"""The commands that build, check, serve and test the workbook. No page imports this package."""
