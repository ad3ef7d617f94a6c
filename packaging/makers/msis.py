"""Windows: a package for administrators, for all users of a machine, made by wixl of msitools."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from makers.contexts import Context
from makers.nsis import windows_bundle
from makers.windows_resources import ICON, PUBLISHER, three_numbers

HINT: Final = "it comes with msitools (Debian: apt install wixl)"
UPGRADE_CODE: Final = "0B5F2F0C-1A53-4C5E-9A0C-3E7B6E1C6B1D"
"""Of the product for ever: by it a newer package finds the older one."""
NAMESPACE: Final = uuid.UUID(UPGRADE_CODE)
CONSOLE: Final = "watchkeeper-cli.exe"
WINDOW: Final = "watchkeeper.exe"
MARKER: Final = "managed-by.txt"
MARK: Final = "Windows Installer\n"
"""Whoever installs for all looks after updates too: a user could not install one."""
PROGRAM: Final = "program"
STOP: Final = "stop --everywhere --wait 30"


def make(context: Context) -> list[Path]:
    """Make ``Watchkeeper-VERSION-windows-x64.msi``. Raises ``PackagingError``."""
    bundle = windows_bundle(context)
    wixl = context.tool("wixl", HINT)
    work = context.work / "msi"
    work.mkdir(parents=True, exist_ok=True)
    context.dist.mkdir(parents=True, exist_ok=True)
    marker = work / MARKER
    marker.write_text(MARK, encoding="utf-8")
    source = work / "watchkeeper.wxs"
    # wixl takes files by their path from the source alone.
    shutil.copyfile(ICON, work / ICON.name)
    program = work / PROGRAM
    program.unlink(missing_ok=True)
    program.symlink_to(bundle, target_is_directory=True)
    source.write_text(document(context.version, bundle), encoding="utf-8")
    out = context.dist / f"Watchkeeper-{context.version}-windows-x64.msi"
    context.run(wixl, "--arch", "x64", "--output", out, source, cwd=work, env={"SOURCE_DATE_EPOCH": str(context.epoch)})
    return [out]


def product_code(version: str) -> str:
    """Return the code of this version: another one for each, the same whenever it is built."""
    return str(uuid.uuid5(NAMESPACE, f"product {version}")).upper()


def document(version: str, bundle: Path) -> str:
    """Return the source of the package of ``bundle``, which lies beside it as :data:`PROGRAM`, like marker and icon."""
    files = Files(bundle)
    folders = "\n".join(files.folder(bundle, "        "))
    references = "\n".join(f"      <ComponentRef Id={quoteattr(name)}/>" for name in files.components)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="{product_code(version)}" Name="Watchkeeper" UpgradeCode="{UPGRADE_CODE}" Language="1033"
           Codepage="1252" Version="{three_numbers(version)}" Manufacturer={quoteattr(PUBLISHER)}>
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine" Platform="x64"
             Description="Watchkeeper {version}" Manufacturer={quoteattr(PUBLISHER)}/>
    <MajorUpgrade DowngradeErrorMessage="A newer version of Watchkeeper is installed."/>
    <Media Id="1" Cabinet="product.cab" EmbedCab="yes"/>
    <Icon Id="watchkeeper.ico" SourceFile="{ICON.name}"/>
    <Property Id="ARPPRODUCTICON" Value="watchkeeper.ico"/>
    <Property Id="ARPNOMODIFY" Value="1"/>
    <Property Id="MSIRESTARTMANAGERCONTROL" Value="Disable"/>
    <Property Id="DISABLEADVTSHORTCUTS" Value="1"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramMenuFolder"/>
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="Watchkeeper">
{folders}
        <Component Id="Marker" Guid="{component_code(MARKER)}" Win64="yes">
          <File Id="Marker.File" Name="{MARKER}" Source="{MARKER}" KeyPath="yes"/>
        </Component>
        <Component Id="Scheme" Guid="{component_code("*scheme")}" Win64="yes">
{scheme()}
        </Component>
        </Directory>
      </Directory>
    </Directory>
    <Feature Id="Main" Level="1">
      <ComponentRef Id="Marker"/>
      <ComponentRef Id="Scheme"/>
{references}
    </Feature>
    <CustomAction Id="StopRunning" FileKey="{files.key(CONSOLE)}" ExeCommand="{STOP}" Return="ignore"/>
    <InstallExecuteSequence>
      <Custom Action="StopRunning" Before="InstallValidate">Installed OR WIX_UPGRADE_DETECTED</Custom>
    </InstallExecuteSequence>
  </Product>
</Wix>
"""


def scheme() -> str:
    """Return the registry values that let links begin with ``watchkeeper:``."""
    command = quoteattr(f'"[INSTALLDIR]{WINDOW}" "%1"')
    return f"""          <RegistryKey Root="HKLM" Key="Software\\Classes\\watchkeeper">
            <RegistryValue Type="string" Value="URL:Watchkeeper" KeyPath="yes"/>
            <RegistryValue Name="URL Protocol" Type="string" Value=""/>
          </RegistryKey>
          <RegistryKey Root="HKLM" Key="Software\\Classes\\watchkeeper\\shell\\open\\command">
            <RegistryValue Type="string" Value={command}/>
          </RegistryKey>"""


def component_code(place: str) -> str:
    """Return the code of what lies at ``place`` below the program's folder: the same in every version."""
    return str(uuid.uuid5(NAMESPACE, f"component {place}")).upper()


class Files:
    """The files of a program, a component each, as Windows counts and repairs them."""

    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle
        self.components: list[str] = []

    def key(self, place: str) -> str:
        """Return the key of a file in the tables of the package; 72 characters are the most."""
        return "f" + uuid.uuid5(NAMESPACE, f"file {place}").hex

    def folder(self, folder: Path, indent: str) -> Iterator[str]:
        """Yield the lines of what is in ``folder``, sorted, so that the package of the same program is the same."""
        for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
            place = path.relative_to(self._bundle).as_posix()
            key = self.key(place)
            if path.is_dir():
                yield f"{indent}<Directory Id={quoteattr('d' + key)} Name={quoteattr(path.name)}>"
                yield from self.folder(path, indent + "  ")
                yield f"{indent}</Directory>"
                continue
            component = "c" + key
            self.components.append(component)
            yield f'{indent}<Component Id="{component}" Guid="{component_code(place)}" Win64="yes">'
            name, source = quoteattr(path.name), quoteattr(f"{PROGRAM}/{place}")
            file = f'{indent}  <File Id="{key}" Name={name} Source={source} KeyPath="yes"'
            if place == WINDOW:
                yield f"{file}>"
                yield (
                    f'{indent}    <Shortcut Id="StartMenu" Directory="ProgramMenuFolder" Name="Watchkeeper" '
                    f'WorkingDirectory="INSTALLDIR" Icon="watchkeeper.ico"/>'
                )
                yield f"{indent}  </File>"
            else:
                yield f"{file}/>"
            yield f"{indent}</Component>"
