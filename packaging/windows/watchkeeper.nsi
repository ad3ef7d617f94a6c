; Setup program of Watchkeeper for Windows, for one user, without rights of an administrator.
; `python packaging/make_installers.py nsis` gives VERSION, VERSION_NUMBERS (a.b.c.d), BUNDLE, SIZE_KB, IDENTIFIER,
; LICENSE, ICON and OUT. Switches: README.md beside this file.

Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestSupportedOS all
ManifestDPIAware true
ManifestLongPathAware true

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include StrFunc.nsh
${StrStr}
${UnStrStr}

!define NAME "Watchkeeper"
!define PROGRAM "watchkeeper.exe"
!define CONSOLE "watchkeeper-cli.exe"
!define KEEPER "watchkeeper-keeper.exe"
!define UNINSTALLER "uninstall.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED_KEY "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define RUN_ONCE_KEY "Software\Microsoft\Windows\CurrentVersion\RunOnce"
!define SCHEME_KEY "Software\Classes\watchkeeper"
!define TOAST_KEY "Software\Classes\AppUserModelId\${IDENTIFIER}"
!define NEW "$INSTDIR\.new"
!define OLD "$INSTDIR\.old"
!define EXIT_NEWER 10 ; a newer version is installed
!define EXIT_RUNS 11 ; it runs and did not end
!define EXIT_FILES 12 ; files could not be replaced; what was there is there again

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION_NUMBERS}"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey CompanyName "Watchkeeper contributors"
VIAddVersionKey LegalCopyright "Watchkeeper contributors. MIT licence."

Var Failed ; of a step: empty, or what could not be done
Var Kept ; not empty: keepers of jobs still run; commands that delete their folders

; -- pages

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_LANGDLL_REGISTRY_ROOT HKCU
!define MUI_LANGDLL_REGISTRY_KEY "Software\${NAME}\Setup"
!define MUI_LANGDLL_REGISTRY_VALUENAME "Language"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENSE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_RESERVEFILE_LANGDLL
!include texts.nsh

; -- steps of both directions

!macro STEPS UN
; Ends what runs from $INSTDIR, whatever its profile; keepers of jobs go on. Sets $Failed.
Function ${UN}EndProgram
  StrCpy $Failed ""
  IfFileExists "$INSTDIR\${CONSOLE}" 0 look
  DetailPrint "$(STOPPING)"
  nsExec::ExecToStack '"$INSTDIR\${CONSOLE}" stop --everywhere --wait 30'
  Pop $0
  Pop $1
  look:
  StrCpy $2 0
  again:
  ; A file that a process was started from cannot be opened for writing.
  StrCpy $Failed ""
  Push "$INSTDIR\${PROGRAM}"
  Call ${UN}LookAtFile
  Push "$INSTDIR\${CONSOLE}"
  Call ${UN}LookAtFile
  ${If} $Failed != ""
  ${AndIf} $2 < 20
    IntOp $2 $2 + 1
    Sleep 250
    Goto again
  ${EndIf}
FunctionEnd

; Adds the file on the stack to $Failed when a process runs from it.
Function ${UN}LookAtFile
  Exch $R0
  Push $R1
  ${If} ${FileExists} "$R0"
    ClearErrors
    FileOpen $R1 "$R0" a
    ${If} ${Errors}
      StrCpy $Failed "$R0"
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
  Pop $R1
  Pop $R0
FunctionEnd

; Has the program end, and asks again while it does not. Returns only when nothing runs.
Function ${UN}DemandEnd
  again:
  Call ${UN}EndProgram
  ${If} $Failed != ""
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNS)" /SD IDCANCEL IDRETRY again
    SetErrorLevel ${EXIT_RUNS}
    Quit
  ${EndIf}
FunctionEnd

; Deletes the folders of keepers that no job needs any more, but not the one on the stack. Sets $Kept.
Function ${UN}CleanKeepers
  Exch $R0
  Push $R1
  Push $R2
  StrCpy $Kept ""
  FindFirst $R1 $R2 "$INSTDIR\keeper-*"
  ${DoWhile} $R2 != ""
    ${If} $R2 != $R0
      ; Windows deletes no file that a process was started from; its libraries stay with it.
      ClearErrors
      Delete "$INSTDIR\$R2\${KEEPER}"
      ${If} ${FileExists} "$INSTDIR\$R2\${KEEPER}"
        StrCpy $Kept '$Kept rmdir /s /q "$INSTDIR\$R2" &'
      ${Else}
        RMDir /r "$INSTDIR\$R2"
      ${EndIf}
    ${EndIf}
    FindNext $R1 $R2
  ${Loop}
  FindClose $R1
  Pop $R2
  Pop $R1
  Pop $R0
FunctionEnd
!macroend
!insertmacro STEPS ""
!insertmacro STEPS "un."

; -- installing

; Puts no older version in the place of a newer one: it may not be able to read what that one wrote.
Function AskOlder
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "VersionNumbers"
  ${If} $0 == ""
    Return
  ${EndIf}
  ${VersionCompare} "$0" "${VERSION_NUMBERS}" $1
  ${If} $1 != 1
    Return
  ${EndIf}
  ${GetParameters} $2
  ClearErrors
  ${GetOptions} $2 "/ALLOWOLDER" $3
  ${IfNot} ${Errors}
    Return
  ${EndIf}
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "DisplayVersion"
  MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(NEWER)" /SD IDNO IDYES older
  SetErrorLevel ${EXIT_NEWER}
  Quit
  older:
FunctionEnd

; Puts the new program in the place of the old one by renaming: whoever looks finds one of them whole. Sets $Failed.
Function Swap
  StrCpy $Failed ""
  RMDir /r "${OLD}"
  CreateDirectory "${OLD}"
  Push "_internal"
  Call SwapOne
  Push "${PROGRAM}"
  Call SwapOne
  Push "${CONSOLE}"
  Call SwapOne
  ${If} $Failed != ""
    ; Back, the last one first.
    Push "${CONSOLE}"
    Call SwapBack
    Push "${PROGRAM}"
    Call SwapBack
    Push "_internal"
    Call SwapBack
    ; What could not be put back stays: it is the only one there is.
    RMDir "${OLD}"
  ${Else}
    RMDir /r "${OLD}"
  ${EndIf}
FunctionEnd

Function SwapOne
  Exch $R0
  ${If} $Failed == ""
    ${If} ${FileExists} "$INSTDIR\$R0"
      ClearErrors
      Rename "$INSTDIR\$R0" "${OLD}\$R0"
      ${If} ${Errors}
        StrCpy $Failed "$INSTDIR\$R0"
      ${EndIf}
    ${EndIf}
    ${If} $Failed == ""
      ClearErrors
      Rename "${NEW}\$R0" "$INSTDIR\$R0"
      ${If} ${Errors}
        StrCpy $Failed "$INSTDIR\$R0"
      ${EndIf}
    ${EndIf}
  ${EndIf}
  Pop $R0
FunctionEnd

Function SwapBack
  Exch $R0
  ${If} ${FileExists} "${OLD}\$R0"
    RMDir /r "$INSTDIR\$R0"
    Delete "$INSTDIR\$R0"
    Rename "${OLD}\$R0" "$INSTDIR\$R0"
  ${EndIf}
  Pop $R0
FunctionEnd

Section "!${NAME}" SecProgram
  SectionIn RO
  Call DemandEnd
  ; What an interrupted setup left.
  RMDir /r "${NEW}"
  ClearErrors
  SetOutPath "${NEW}"
  File /r /x "keeper-*" "${BUNDLE}\*.*"
  ${If} ${Errors}
    StrCpy $Failed "${NEW}"
  ${Else}
    ; The keeper of this very version may keep jobs already: then it stays as it is.
    StrCpy $Failed ""
    Push "$INSTDIR\keeper-${VERSION}\${KEEPER}"
    Call LookAtFile
    ${If} $Failed == ""
      ClearErrors
      SetOutPath "$INSTDIR\keeper-${VERSION}"
      File /r "${BUNDLE}\keeper-${VERSION}\*.*"
      ${If} ${Errors}
        StrCpy $Failed "$INSTDIR\keeper-${VERSION}"
      ${EndIf}
    ${Else}
      StrCpy $Failed ""
    ${EndIf}
  ${EndIf}
  SetOutPath "$INSTDIR"
  ${If} $Failed == ""
    Call Swap
  ${EndIf}
  ${If} $Failed != ""
    RMDir /r "${NEW}"
    MessageBox MB_OK|MB_ICONSTOP "$(FILES_IN_USE)" /SD IDOK
    SetErrorLevel ${EXIT_FILES}
    Quit
  ${EndIf}
  ; Small files that stand beside the program, whatever they are.
  CopyFiles /SILENT "${NEW}\*.*" "$INSTDIR"
  RMDir /r "${NEW}"
  Push "keeper-${VERSION}"
  Call CleanKeepers
  DeleteRegValue HKCU "${RUN_ONCE_KEY}" "${NAME}Leftovers"
  WriteUninstaller "$INSTDIR\${UNINSTALLER}"
  Call Register
SectionEnd

Section /o "$(DESKTOP_SHORTCUT)" SecDesktop
  Push "$DESKTOP\${NAME}.lnk"
  Call MakeShortcut
SectionEnd

Function Register
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "VersionNumbers" "${VERSION_NUMBERS}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "Watchkeeper contributors"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ; As the program itself writes it (desktop/integration/url_schemes.py): quotes only where they are needed.
  StrCpy $0 "$INSTDIR\${PROGRAM}"
  ${StrStr} $1 "$0" " "
  ${If} $1 != ""
    StrCpy $0 '"$0"'
  ${EndIf}
  WriteRegStr HKCU "${SCHEME_KEY}" "" "URL:${NAME}"
  WriteRegStr HKCU "${SCHEME_KEY}" "URL Protocol" ""
  WriteRegStr HKCU "${SCHEME_KEY}\shell\open\command" "" '$0 "%1"'
  ; What notices and the taskbar are called.
  WriteRegStr HKCU "${TOAST_KEY}" "DisplayName" "${NAME}"
  Push "$SMPROGRAMS\${NAME}.lnk"
  Call MakeShortcut
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; SHCNE_ASSOCCHANGED
FunctionEnd

!include shortcuts.nsh

; -- uninstalling

Section "!un.${NAME}" SecRemoval
  SectionIn RO
  Call un.DemandEnd
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  ; What was written by this installation alone: another one may have its own.
  ReadRegStr $0 HKCU "${SCHEME_KEY}\shell\open\command" ""
  ${UnStrStr} $1 "$0" "$INSTDIR\${PROGRAM}"
  ${If} $1 != ""
    DeleteRegKey HKCU "${SCHEME_KEY}"
  ${EndIf}
  ReadRegStr $0 HKCU "${RUN_KEY}" "${NAME}"
  ${UnStrStr} $1 "$0" "$INSTDIR\${PROGRAM}"
  ${If} $1 != ""
    DeleteRegValue HKCU "${RUN_KEY}" "${NAME}"
    DeleteRegValue HKCU "${APPROVED_KEY}" "${NAME}"
  ${EndIf}
  DeleteRegKey HKCU "${TOAST_KEY}"
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\${PROGRAM}"
  Delete "$INSTDIR\${CONSOLE}"
  Delete "$INSTDIR\managed-by.txt"
  Push ""
  Call un.CleanKeepers
  Delete "$INSTDIR\${UNINSTALLER}"
  SetOutPath "$TEMP"
  ClearErrors
  RMDir "$INSTDIR"
  ${If} $Kept != ""
    ; Running jobs go on; what keeps them goes at the next sign-in. (Deleting at the next start is an administrator's.)
    DetailPrint "$(JOBS_GO_ON)"
    WriteRegStr HKCU "${RUN_ONCE_KEY}" "${NAME}Leftovers" '"$SYSDIR\cmd.exe" /d /c$Kept rmdir "$INSTDIR"'
  ${EndIf}
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  DeleteRegKey HKCU "Software\${NAME}\Setup"
  DeleteRegKey /ifempty HKCU "Software\${NAME}"
SectionEnd

Section /o "un.$(PURGE)" SecPurge
  Call un.DeleteCredentials
  RMDir /r "$LOCALAPPDATA\${NAME}"
SectionEnd

; Deletes all entries of the Credential Manager that begin with "Watchkeeper/".
Function un.DeleteCredentials
  System::Call 'advapi32::CredEnumerateW(w "${NAME}/*", i 0, *i .r1, *p .r2) i .r0'
  ${If} $0 = 0
    Return
  ${EndIf}
  StrCpy $3 $2
  ${For} $4 1 $1
    System::Call '*$3(p .r5)'
    System::Call '*$5(i, i .r6, w .r7)' ; CREDENTIALW: flags, type, name of the target
    System::Call 'advapi32::CredDeleteW(w r7, i r6, i 0)'
    IntPtrOp $3 $3 + 8
  ${Next}
  System::Call 'advapi32::CredFree(p r2)'
FunctionEnd

; -- beginnings: after the sections whose numbers they need

Function .onInit
  !insertmacro MUI_LANGDLL_DISPLAY
  Call AskOlder
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/DESKTOP" $1
  ${IfNot} ${Errors}
    SectionSetFlags ${SecDesktop} 1
  ${EndIf}
FunctionEnd

Function un.onInit
  !insertmacro MUI_UNGETLANGUAGE
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/PURGE" $1
  ${IfNot} ${Errors}
    SectionSetFlags ${SecPurge} 1
  ${EndIf}
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SecProgram} "$(ABOUT_PROGRAM)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecDesktop} "$(ABOUT_DESKTOP)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END
!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SecRemoval} "$(ABOUT_REMOVAL)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SecPurge} "$(ABOUT_PURGE)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
