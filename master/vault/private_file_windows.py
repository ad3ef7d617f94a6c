"""The owner-only access list of Windows, set through ``advapi32``; ``chmod`` restricts nobody there."""

import ctypes
import sys
from ctypes import wintypes
from pathlib import Path
from typing import Final

assert sys.platform == "win32"

_advapi32: Final = ctypes.WinDLL("advapi32", use_last_error=True)
_kernel32: Final = ctypes.WinDLL("kernel32", use_last_error=True)

_TOKEN_QUERY: Final = 0x0008
_TOKEN_USER: Final = 1
_SDDL_REVISION: Final = 1
_DACL: Final = 0x00000004
_PROTECTED_DACL: Final = 0x80000000
_SE_FILE_OBJECT: Final = 1

_kernel32.GetCurrentProcess.restype = wintypes.HANDLE
_kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
_kernel32.LocalFree.argtypes = [wintypes.LPVOID]
_kernel32.LocalFree.restype = wintypes.LPVOID
_advapi32.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
_advapi32.GetTokenInformation.argtypes = [
    wintypes.HANDLE,
    ctypes.c_int,
    wintypes.LPVOID,
    wintypes.DWORD,
    ctypes.POINTER(wintypes.DWORD),
]
_advapi32.ConvertSidToStringSidW.argtypes = [wintypes.LPVOID, ctypes.POINTER(wintypes.LPWSTR)]
_advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW.argtypes = [
    wintypes.LPCWSTR,
    wintypes.DWORD,
    ctypes.POINTER(wintypes.LPVOID),
    ctypes.POINTER(wintypes.DWORD),
]
_advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW.argtypes = [
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    ctypes.POINTER(wintypes.LPWSTR),
    ctypes.POINTER(wintypes.DWORD),
]
_advapi32.GetSecurityDescriptorDacl.argtypes = [
    wintypes.LPVOID,
    ctypes.POINTER(wintypes.BOOL),
    ctypes.POINTER(wintypes.LPVOID),
    ctypes.POINTER(wintypes.BOOL),
]
_advapi32.SetNamedSecurityInfoW.argtypes = [
    wintypes.LPWSTR,
    ctypes.c_int,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.LPVOID,
    wintypes.LPVOID,
    wintypes.LPVOID,
]
_advapi32.SetNamedSecurityInfoW.restype = wintypes.DWORD
_advapi32.GetNamedSecurityInfoW.argtypes = [
    wintypes.LPCWSTR,
    ctypes.c_int,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.LPVOID,
    wintypes.LPVOID,
    wintypes.LPVOID,
    ctypes.POINTER(wintypes.LPVOID),
]
_advapi32.GetNamedSecurityInfoW.restype = wintypes.DWORD


def restrict(path: Path) -> None:
    """Leave full access to the user of this process and none to anybody else; nothing is inherited. ``OSError``."""
    inherit = "OICI" if path.is_dir() else ""
    descriptor = wintypes.LPVOID()
    _check(
        _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
            f"D:P(A;{inherit};FA;;;{_user_sid()})", _SDDL_REVISION, ctypes.byref(descriptor), None
        )
    )
    try:
        present, defaulted, acl = wintypes.BOOL(), wintypes.BOOL(), wintypes.LPVOID()
        _check(
            _advapi32.GetSecurityDescriptorDacl(
                descriptor, ctypes.byref(present), ctypes.byref(acl), ctypes.byref(defaulted)
            )
        )
        _check_status(
            _advapi32.SetNamedSecurityInfoW(str(path), _SE_FILE_OBJECT, _DACL | _PROTECTED_DACL, None, None, acl, None),
            path,
        )
    finally:
        _kernel32.LocalFree(descriptor)


def is_private(path: Path) -> bool:
    """Return whether the access list names the user of this process alone. ``OSError``."""
    (owner,) = _trustees(f"D:P(A;;FA;;;{_user_sid()})")
    descriptor = wintypes.LPVOID()
    _check_status(
        _advapi32.GetNamedSecurityInfoW(
            str(path), _SE_FILE_OBJECT, _DACL, None, None, None, None, ctypes.byref(descriptor)
        ),
        path,
    )
    try:
        return all(trustee == owner for trustee in _trustees_of(descriptor))
    finally:
        _kernel32.LocalFree(descriptor)


def _trustees(sddl: str) -> list[str]:
    """Return who is named in a list written by us, spelled as Windows does (it shortens well-known accounts)."""
    descriptor = wintypes.LPVOID()
    _check(
        _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
            sddl, _SDDL_REVISION, ctypes.byref(descriptor), None
        )
    )
    try:
        return _trustees_of(descriptor)
    finally:
        _kernel32.LocalFree(descriptor)


def _trustees_of(descriptor: wintypes.LPVOID) -> list[str]:
    text = wintypes.LPWSTR()
    _check(
        _advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, _SDDL_REVISION, _DACL, ctypes.byref(text), None
        )
    )
    try:
        entries = (text.value or "").split("(")[1:]
    finally:
        _kernel32.LocalFree(text)
    return [entry.rstrip(")").rpartition(";")[2] for entry in entries] or ["everybody: there is no list"]


def _user_sid() -> str:
    token = wintypes.HANDLE()
    _check(_advapi32.OpenProcessToken(_kernel32.GetCurrentProcess(), _TOKEN_QUERY, ctypes.byref(token)))
    try:
        size = wintypes.DWORD()
        _advapi32.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(size))  # asks for the size
        buffer = ctypes.create_string_buffer(size.value)
        _check(_advapi32.GetTokenInformation(token, _TOKEN_USER, buffer, size, ctypes.byref(size)))
        sid, text = wintypes.LPVOID.from_buffer(buffer), wintypes.LPWSTR()  # TOKEN_USER begins with the pointer
        _check(_advapi32.ConvertSidToStringSidW(sid, ctypes.byref(text)))
        try:
            return text.value or ""
        finally:
            _kernel32.LocalFree(text)
    finally:
        _kernel32.CloseHandle(token)


def _check(succeeded: int) -> None:
    if not succeeded:
        raise ctypes.WinError(ctypes.get_last_error())


def _check_status(status: int, path: Path) -> None:
    if status:
        raise OSError(0, ctypes.FormatError(status), str(path), status)
