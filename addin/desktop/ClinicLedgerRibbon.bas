Attribute VB_Name = "ClinicLedgerRibbon"
Option Explicit

' The one macro behind every button: a button's id is the name of its command.
Public Sub RunRibbonCommand(control As IRibbonControl)
    If ActiveWorkbook Is Nothing Then
        MsgBox "Open a workbook first. In Protected View, press Enable Editing first.", vbInformation, "Clinic Ledger"
        Exit Sub
    End If
    RunPython "from addin.desktop import ribbon; ribbon.run('" & control.ID & "')"
End Sub
