-- Starts Python for the macros of clinicledger.xlam: the sandbox of Excel lets nothing else start a program.
-- Everything is quoted, because the name of a workbook comes from outside and may hold what a shell obeys.

on VbaHandler(parameterString)
	set {searchPath, pythonProgram, pythonCommand, workbookName, excelName, logFile} to splitAtBars(parameterString)
	set pythonSource to "import sys;sys.path[:0]=filter(None,'" & searchPath & "'.split(';'));" & pythonCommand
	set shellLine to quoted form of pythonProgram & " -B -u -W ignore -c " & quoted form of pythonSource
	set shellLine to shellLine & " " & quoted form of ("--wb=" & workbookName) & " --from_xl=1"
	set shellLine to shellLine & " " & quoted form of ("--app=" & excelName)
	return do shell script shellLine & " > /dev/null 2> " & quoted form of logFile & " &"
end VbaHandler

on splitAtBars(joined)
	set usual to AppleScript's text item delimiters
	set AppleScript's text item delimiters to "|"
	set pieces to text items of joined
	set AppleScript's text item delimiters to usual
	return pieces
end splitAtBars
