; A shortcut that carries System.AppUserModel.ID, so that the taskbar puts it and the window together, and notices bear
; the program's name. NSIS has no command for that; the shell does it through IPropertyStore.

!define CLSID_ShellLink "{00021401-0000-0000-C000-000000000046}"
!define IID_IShellLink "{000214F9-0000-0000-C000-000000000046}"
!define IID_IPersistFile "{0000010B-0000-0000-C000-000000000046}"
!define IID_IPropertyStore "{886D8EEB-8CF2-4446-8D02-CDBA1DBDCF99}"
!define FMTID_AppUserModel "{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}"

; Puts the block of properties at the end of the shortcut $R0, before the four zeros that end it.
Function AppendProperty
  InitPluginsDir
  File "/oname=$PLUGINSDIR\properties.bin" "${PROPERTIES}"
  FileOpen $1 "$R0" a
  FileSeek $1 -4 END
  FileOpen $2 "$PLUGINSDIR\properties.bin" r
  ClearErrors
  FileReadByte $2 $3
  ${DoUntil} ${Errors}
    FileWriteByte $1 $3
    FileReadByte $2 $3
  ${Loop}
  FileClose $2
  FileClose $1
FunctionEnd

; Makes the shortcut whose path is on the stack.
Function MakeShortcut
  Exch $R0
  CreateShortcut "$R0" "$INSTDIR\${PROGRAM}" "" "$INSTDIR\${PROGRAM}" 0
  Push $0
  Push $1
  Push $2
  Push $3
  Push $4
  Push $5
  System::Call 'ole32::CoCreateInstance(g "${CLSID_ShellLink}", p 0, i 1, g "${IID_IShellLink}", *p .r1) i .r0'
  ${If} $0 = 0
    System::Call '$1->0(g "${IID_IPersistFile}", *p .r2) i .r0' ; QueryInterface
    ${If} $0 = 0
      System::Call '$2->5(w "$R0", i 2) i .r0' ; IPersistFile::Load, STGM_READWRITE
      System::Call '$1->0(g "${IID_IPropertyStore}", *p .r3) i .r0'
      ${If} $0 = 0
        System::Call '*(&g16 "${FMTID_AppUserModel}", &i4 5) p .r4' ; PROPERTYKEY: System.AppUserModel.ID
        System::Call '*(&w128 "${IDENTIFIER}") p .r5'
        System::Call '*(&i2 31, &i2 0, &i4 0, p r5, p 0) p .r0' ; PROPVARIANT: VT_LPWSTR
        Push $0
        System::Call '$3->6(p r4, p r0) i .r0' ; IPropertyStore::SetValue
        System::Call '$3->7() i .r0' ; Commit
        Pop $0
        System::Free $0
        System::Free $5
        System::Free $4
        System::Call '$2->6(w "$R0", i 1) i .r0' ; IPersistFile::Save
        System::Call '*(&i2 0, &i2 0, &i4 0, p 0, p 0) p .r5'
        System::Call '*(&g16 "${FMTID_AppUserModel}", &i4 5) p .r4'
        System::Call '$3->5(p r4, p r5) i .r0' ; GetValue
        System::Free $4
        System::Free $5
        System::Call '$3->2()'
        ${If} $0 <> 0
          ; A shell that takes a property and keeps none, as Wine's: it is written as the format has it.
          Push $1
          Push $2
          Call AppendProperty
          Pop $2
          Pop $1
        ${EndIf}
      ${EndIf}
      System::Call '$2->2()'
    ${EndIf}
    System::Call '$1->2()'
  ${EndIf}
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
  Pop $R0
FunctionEnd
