; Stands in for the programs of a package where no Windows Python is: it writes what it was called with, and
;   stop …      tells those beside it to end and ends itself
;   plant NAME  writes an entry of the Credential Manager;   look NAME  writes whether it is there
;   stubborn    runs and ends for nobody;   anything else  runs until somebody says stop; both 30 s at most
; Given: OUT, MARK.
Unicode true
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUT}"
Name "stand-in"
!include LogicLib.nsh
!include FileFunc.nsh

Section
SectionEnd

Function Say
  Exch $R0
  Push $R1
  FileOpen $R1 "$EXEDIR\calls.txt" a
  FileSeek $R1 0 END
  FileWrite $R1 "${MARK} $R0$\r$\n"
  FileClose $R1
  Pop $R1
  Pop $R0
FunctionEnd

Function .onInit
  ${GetParameters} $0
  StrCpy $1 $0 4
  ${If} $1 == "stop"
    Push $0
    Call Say
    FileOpen $1 "$EXEDIR\stop.txt" w
    FileClose $1
    Sleep 500
    Delete "$EXEDIR\stop.txt"
    Quit
  ${ElseIf} $1 == "plan"
    StrCpy $2 $0 "" 6
    System::Call '*(&i4 7) p .r3'
    System::Call '*(i 0, i 1, w r2, p 0, l 0, i 4, i 0, p r3, i 2, i 0, p 0, p 0, w "somebody") p .r4'
    System::Call 'advapi32::CredWriteW(p r4, i 0) i .r5'
    Push "planted $2 $5"
    Call Say
    Quit
  ${ElseIf} $1 == "look"
    StrCpy $2 $0 "" 5
    System::Call 'advapi32::CredReadW(w r2, i 1, i 0, *p .r4) i .r5'
    Push "looked $2 $5"
    Call Say
    Quit
  ${ElseIf} $0 == ""
    Quit
  ${EndIf}
  Push $0
  Call Say
  StrCpy $3 0
  ${Do}
    Sleep 50
    IntOp $3 $3 + 1
    ${If} $3 > 600
      ${Break}
    ${EndIf}
    ${If} $0 != "stubborn"
    ${AndIf} ${FileExists} "$EXEDIR\stop.txt"
      ${Break}
    ${EndIf}
  ${Loop}
  Quit
FunctionEnd
