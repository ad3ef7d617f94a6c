"""The bundle for macOS: what it says, its layout, the order in which it is sealed, and what is never an argument."""

import base64
import io
import plistlib
import runpy
import struct
import sys
from dataclasses import replace

import pytest
from PIL import Image

from desktop.integration.deep_links import SCHEME
from desktop.integration.login_items import FIRST_MACOS
from desktop.integration.url_schemes import BundledScheme, bundle_plist
from makers import dmgs, mac_infos, mac_layouts, mac_signatures
from makers.contexts import IDENTIFIER, PackagingError, make_context
from makers.machos import Slice, read_slices
from tests.architecture.rules import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bundles have links and bits that Windows lacks")

VERSION = "1.4.0"
ARM, INTEL = 0x0100000C, 0x01000007


def macho(machine: int = ARM, kind: int = 6, minimum: tuple[int, int] = (11, 0), signed: bool = True) -> bytes:
    commands = struct.pack("<6I", 0x32, 24, 1, minimum[0] << 16 | minimum[1] << 8, 0, 0)
    if signed:
        commands += struct.pack("<4I", 0x1D, 16, 4096, 100)
    return struct.pack("<4s7I", b"\xcf\xfa\xed\xfe", machine, 0, kind, 2, len(commands), 0, 0) + commands + b"\0" * 64


def fat(*parts: bytes) -> bytes:
    table, body, at = b"", b"", 4096
    for part in parts:
        (machine,) = struct.unpack_from("<I", part, 4)
        table += struct.pack(">5I", machine, 0, at + len(body), len(part), 12)
        body += part
    return (struct.pack(">II", 0xCAFEBABE, len(parts)) + table).ljust(at, b"\0") + body


@pytest.fixture
def app(tmp_path):
    """A bundle as the builder makes it, completed."""
    bundle = tmp_path / "Applications" / "Watchkeeper.app"
    contents = bundle / "Contents"
    files = {
        "Info.plist": plistlib.dumps(mac_infos.info_plist(VERSION)),
        "MacOS/watchkeeper": macho(kind=2),
        "Frameworks/libcrypto.3.dylib": fat(macho(INTEL), macho()),
        "Frameworks/PySide6/QtCore.abi3.so": macho(kind=8, minimum=(15, 0)),
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": macho(),
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/Resources/Info.plist": b"<plist/>",
        "Resources/watchkeeper.icns": b"icns",
        "Resources/base_library.zip": b"PK",
        "Resources/aiohttp-3.14.5.dist-info/METADATA": b"Name: aiohttp",
        f"Resources/keeper-{VERSION}/watchkeeper-keeper": macho(kind=2),
        f"Resources/keeper-{VERSION}/_internal/Python": macho(),
        f"Resources/keeper-{VERSION}/_internal/base_library.zip": b"PK",
    }
    for name, content in files.items():
        (contents / name).parent.mkdir(parents=True, exist_ok=True)
        (contents / name).write_bytes(content)
        (contents / name).chmod(0o755)
    (contents / "Frameworks" / "base_library.zip").symlink_to("../Resources/base_library.zip")
    (contents / "Frameworks" / "aiohttp-3.14.5.dist-info").symlink_to("../Resources/aiohttp-3.14.5.dist-info")
    (contents / "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/Current").symlink_to("A")
    mac_layouts.complete(bundle)
    return bundle


def test_the_property_list_survives_a_round_trip_and_says_what_the_program_relies_on(app):
    info = plistlib.loads((app / "Contents" / "Info.plist").read_bytes())
    assert info == mac_infos.info_plist(VERSION)
    assert info["CFBundleIdentifier"] == IDENTIFIER
    assert info["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == [SCHEME] == [mac_infos.SCHEME]
    assert int(info["LSMinimumSystemVersion"].split(".")[0]) >= FIRST_MACOS
    assert info["CFBundleVersion"] == info["CFBundleShortVersionString"] == VERSION
    assert info["CFBundleLocalizations"] == ["en", "zh-Hans"]
    # The program finds itself in it.
    plist = bundle_plist(str(app / "Contents" / "MacOS" / "watchkeeper"))
    assert plist == app / "Contents" / "Info.plist"
    assert BundledScheme(plist).registered([])


def test_a_version_of_macos_is_numbers():
    assert mac_infos.bundle_version("1.4.0rc2") == "1.4.0"
    assert mac_infos.bundle_version("2.1.3.dev4+g1") == "2.1.3"
    assert mac_infos.info_plist("1.4.0rc2")["CFBundleShortVersionString"] == "1.4.0rc2"
    with pytest.raises(ValueError, match="begins with no number"):
        mac_infos.bundle_version("next")


def test_questions_of_the_system_have_a_reason_in_both_languages(app):
    keys = set(mac_infos.WORDS["en"])
    assert keys == set(mac_infos.WORDS["zh-Hans"])
    assert keys <= set(mac_infos.info_plist(VERSION))
    text = (app / "Contents/Resources/zh-Hans.lproj/InfoPlist.strings").read_text(encoding="utf-8")
    assert f'"{mac_infos.LOCAL_NETWORK}" = "用于' in text
    assert all(line.startswith('"') and line.endswith('";') for line in text.splitlines())


def test_only_what_is_needed_is_excepted():
    assert all(mac_infos.ENTITLEMENTS.values())
    assert not [name for name in mac_infos.ENTITLEMENTS if "library-validation" in name or "debugger" in name]


def test_the_icon_is_the_mark(qapp):
    render = runpy.run_path(str(mac_infos.FOLDER / "make_icon.py"))["render"]
    with Image.open(mac_infos.ICON) as icon, Image.open(io.BytesIO(render(1024))) as fresh:
        assert {size * scale for size, _, scale in icon.info["sizes"]} >= {32, 64, 128, 256, 512, 1024}
        there, now = (one.convert("RGBA").resize((64, 64)).tobytes() for one in (icon, fresh))
    differences = [abs(one - other) for one, other in zip(there, now, strict=True)]
    assert max(differences) <= 8, "python -m uv run python packaging/macos/make_icon.py makes it anew"


def test_a_mach_o_file_says_what_it_is(tmp_path):
    file = tmp_path / "lib"
    file.write_bytes(fat(macho(INTEL, minimum=(10, 15), signed=False), macho(ARM, kind=8)))
    assert read_slices(file) == [
        Slice(machine="x86_64", kind="library", minimum="10.15", signed=False),
        Slice(machine="arm64", kind="bundle", minimum="11.0", signed=True),
    ]
    for other in (b"", b"#!/bin/sh\n", b"\xca\xfe\xba\xbe\0\0\0\x41java"):
        file.write_bytes(other)
        assert read_slices(file) == []
    for broken in (macho()[:40], fat(macho())[:60], macho()[:36] + b"\0\0\0\0" + macho()[40:]):
        file.write_bytes(broken)
        with pytest.raises(ValueError, match=r"cut off|load command|no 64-bit"):
            read_slices(file)


def test_a_bundle_as_it_should_be_passes(app, capsys):
    assert mac_layouts.faults(app, VERSION, "arm64") == []
    assert dmgs.main(["check", str(app)]) == (0 if make_context(ROOT).version == VERSION else 1)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("MacOS/notes.txt", b"x", "MacOS/notes.txt is data: it belongs into Resources"),
        ("Frameworks/data/x.json", b"{}", "x.json is data: it belongs into Resources"),
        ("Frameworks/PySide6/Qt/lib/libQt.dylib", macho(minimum=(15, 0)), "libQt.dylib needs macOS 15.0"),
        ("Frameworks/lib.so", macho(minimum=(14, 0)), "lib.so needs macOS 14.0, the program promises 13.0"),
        ("Frameworks/lib.so", macho(INTEL), "lib.so has no code for arm64"),
        ("Frameworks/lib.so", macho()[:40], "lib.so cannot be read"),
        ("Frameworks/other.libs/lib.so", macho(), "other.libs: codesign takes a folder with a dot"),
        ("Resources/tool", macho(kind=2), "tool is code: it belongs into Frameworks or MacOS"),
        ("extra/readme", b"x", "Contents/extra has no place in a bundle"),
        ("Info.plist", plistlib.dumps({"CFBundleIdentifier": "x"}), "Info.plist says 'x' for CFBundleIdentifier"),
        ("Info.plist", b"nothing", "Info.plist cannot be read"),
    ],
)
def test_what_codesign_or_the_notary_would_refuse_is_found(app, name, content, fault):
    file = app / "Contents" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    assert [line for line in mac_layouts.faults(app, VERSION, "arm64") if fault in line]
    with pytest.raises(PackagingError, match="cannot be given away"):
        dmgs.check(app, VERSION, "arm64")


def test_missing_parts_and_links_that_lead_away_are_found(app, tmp_path):
    contents = app / "Contents"
    (contents / f"Resources/keeper-{VERSION}/watchkeeper-keeper").chmod(0o644)
    (contents / "Resources/watchkeeper.icns").unlink()
    (contents / "Resources/zh-Hans.lproj/InfoPlist.strings").unlink()
    (contents / "Frameworks/a").symlink_to("/usr/lib/liba.dylib")
    (contents / "Frameworks/b").symlink_to("nowhere")
    (tmp_path / "outside").touch()
    (contents / "Frameworks/c").symlink_to("../../../../outside")
    found = "\n".join(mac_layouts.faults(app, VERSION))
    for fault in (
        "watchkeeper-keeper may not be run", "watchkeeper.icns is missing", "zh-Hans.lproj/InfoPlist.strings is",
        "Frameworks/a is a link to /usr/lib/liba.dylib, which is outside", "b is a link to nowhere, which is not there",
        "c is a link that leads out of the bundle",
    ):  # fmt: skip
        assert fault in found
    assert mac_layouts.faults(tmp_path, VERSION) == [f"{tmp_path.name} is no bundle: it has no Contents"]
    assert dmgs.main(["check", str(tmp_path)]) == 1


def test_seals_are_made_from_the_inside_out(app, tmp_path):
    rights = tmp_path / "entitlements.plist"
    identity = mac_signatures.Identity(name="AB12", keychain=tmp_path / "k.keychain-db")
    commands = list(mac_signatures.sign_commands(app, identity, rights))
    order = [word.removeprefix(f"{app}/Contents/") for command in commands for word in command if str(app) in word]
    framework = "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A"
    assert set(order) == {
        f"{framework}/QtCore", framework, "Frameworks/libcrypto.3.dylib", "Frameworks/PySide6/QtCore.abi3.so",
        f"Resources/keeper-{VERSION}/_internal/Python", f"Resources/keeper-{VERSION}/watchkeeper-keeper", str(app),
    }  # fmt: skip
    assert order.index(f"{framework}/QtCore") < order.index(framework) < order.index(order[-2])
    assert order[-2:] == [f"Resources/keeper-{VERSION}/watchkeeper-keeper", str(app)]
    for command in commands:
        assert command[:4] == ["codesign", "--force", "--sign", "AB12"]
        assert {"--timestamp", "--options", "runtime", "--keychain"} <= set(command)
        # Only programs have rights: those of libraries would say nothing.
        assert ("--entitlements" in command) == (command[-1].endswith(("watchkeeper-keeper", ".app")))


def test_without_a_certificate_it_is_signed_ad_hoc_and_loads_its_libraries(app, tmp_path):
    for command in mac_signatures.sign_commands(app, mac_signatures.Identity(), tmp_path / "e"):
        assert command[:5] == ["codesign", "--force", "--sign", "-", "--timestamp=none"]
        assert "runtime" not in command
    context = make_context(ROOT)
    with mac_signatures.identity_of(context, {}) as identity:
        assert not identity.known
    assert not mac_signatures.can_notarize({})


def test_half_of_the_secrets_is_an_error_that_names_the_rest():
    context = make_context(ROOT)
    with (
        pytest.raises(PackagingError, match="MACOS_CERTIFICATE_PASSWORD must be set too"),
        mac_signatures.identity_of(context, {"MACOS_CERTIFICATE": "x"}),
    ):
        pass
    with pytest.raises(PackagingError, match="MACOS_NOTARY_KEY, MACOS_NOTARY_ISSUER must be set too"):
        mac_signatures.can_notarize({"MACOS_NOTARY_KEY_ID": "x"})


@pytest.fixture
def mac(tmp_path, monkeypatch):
    """A context whose programs are those of a Mac that only notes what it is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "said").touch()
    script = f"""#!/bin/sh
echo "$(basename "$0") $*" >> {tmp_path}/said
case "$(basename "$0") $1 $2" in
  "security -i ") cat > {tmp_path}/given; cp {tmp_path}/made/certificate.p12 {tmp_path}/certificate; touch {tmp_path}/made/signing.keychain-db;;
  "security list-keychains -d") echo '    "/Library/login.keychain-db"';;
  "security find-identity -v") echo '  1) 0A1B2C "Developer ID Application: Somebody (TEAM)"'; echo '     1 valid identities found';;
  "security delete-keychain "*) rm "$2";;
  "xcrun notarytool submit") cat {tmp_path}/answer;;
  "xcrun notarytool log") echo the reason;;
esac
"""  # noqa: E501
    for name in ("security", "codesign", "xcrun", "ditto"):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return replace(make_context(ROOT), work=tmp_path / "made", dist=tmp_path / "dist")


def test_no_secret_is_an_argument_and_nothing_of_them_stays(mac, tmp_path):
    environment = {
        "MACOS_CERTIFICATE": base64.b64encode(b"the certificate").decode(),
        "MACOS_CERTIFICATE_PASSWORD": 'pass "word" \\',
        "MACOS_NOTARY_KEY": "-----BEGIN SECRET-----",
        "MACOS_NOTARY_KEY_ID": "KEY1",
        "MACOS_NOTARY_ISSUER": "issuer",
    }
    (tmp_path / "answer").write_text('{"status": "Accepted", "id": "1"}')
    with mac_signatures.identity_of(mac, environment) as identity:
        assert (identity.name, identity.known) == ("0A1B2C", True)
        mac_signatures.notarize(mac, tmp_path / "x.zip", tmp_path / "x.app", environment)
    said = (tmp_path / "said").read_text()
    assert "word" not in said
    assert "SECRET" not in said
    assert f"xcrun notarytool submit {tmp_path}/x.zip --key {mac.work}/notary.p8 --key-id KEY1" in said
    assert f"xcrun stapler staple {tmp_path}/x.app" in said
    assert f"list-keychains -d user -s {mac.work}/signing.keychain-db /Library/login.keychain-db" in said
    assert "security delete-keychain" in said.splitlines()[-1]
    assert (tmp_path / "certificate").read_bytes() == b"the certificate"
    assert '-P "pass \\"word\\" \\\\" -T /usr/bin/codesign' in (tmp_path / "given").read_text()
    assert list(mac.work.iterdir()) == []


def test_what_the_notary_refuses_is_told_with_its_reason(mac, tmp_path):
    environment = {"MACOS_NOTARY_KEY": "k", "MACOS_NOTARY_KEY_ID": "i", "MACOS_NOTARY_ISSUER": "s"}
    (tmp_path / "answer").write_text('{"status": "Invalid", "id": "1"}')
    with pytest.raises(PackagingError, match=r"The notary says Invalid to x\.dmg\.\nthe reason"):
        mac_signatures.notarize(mac, tmp_path / "x.dmg", tmp_path / "x.dmg", environment)
    assert list(mac.work.iterdir()) == []
    assert "stapler" not in (tmp_path / "said").read_text()


def test_identities_other_than_one_are_refused():
    with pytest.raises(PackagingError, match="0 identities"):
        mac_signatures.fingerprint("     0 valid identities found\n")


def test_the_image_is_made_on_macos_alone(monkeypatch):
    monkeypatch.setattr(dmgs.platform, "system", lambda: "Linux")
    with pytest.raises(PackagingError, match="dmg is made on macOS"):
        dmgs.make(make_context(ROOT))


def test_the_window_of_the_image_shows_the_program_beside_applications(app):
    settings = dmgs.image_settings(app)
    (left, top), (right, other) = settings["icon_locations"].values()
    (_, (width, height)) = settings["window_rect"]
    assert list(settings["icon_locations"]) == [app.name, "Applications"] == [app.name, *settings["symlinks"]]
    assert top == other < height
    assert left + right == width  # in the middle
    context = make_context(ROOT)
    assert dmgs.image_path(context, "arm64").name == f"Watchkeeper-{context.version}-macos-arm64.dmg"
