// Theme, zone, shortcuts, sending data, signing out: what is set once.
import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSettings, IconSun, IconUpload, IconWorld } from "@tabler/icons-react";
import { useSyncExternalStore, type ReactElement } from "react";
import { onToken, setToken, token } from "@/api/token";
import { showOverlay } from "@/shell/overlays";
import { useZone } from "@/shell/timeRange";
import controls from "./controls.module.css";

const SCHEMES = [
  { scheme: "dark", label: "Dark", icon: IconMoon },
  { scheme: "light", label: "Light", icon: IconSun },
  { scheme: "auto", label: "As the system", icon: IconDeviceDesktop },
] as const satisfies readonly { scheme: MantineColorScheme; label: string; icon: unknown }[];

/** The menu at the right end of the header. */
export function SettingsMenu(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { zone, setZone } = useZone();
  const signedIn = useSyncExternalStore(onToken, token) !== undefined;
  return (
    <Menu position="bottom-end" width={232} withinPortal={false}>
      <Menu.Target>
        <button type="button" className={`${controls["button"]} ${controls["icon"]}`} aria-label="Theme, time zone and help" title="Theme, time zone and help">
          <IconSettings size={16} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(next) => setColorScheme(SCHEMES.find((one) => one.scheme === next)?.scheme ?? "auto")}>
          {SCHEMES.map(({ scheme, label, icon: Picture }) => (
            <Menu.RadioItem key={scheme} value={scheme} rightSection={<Picture size={16} stroke={1.6} aria-hidden />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.CheckboxItem checked={zone === "utc"} onChange={(utc) => setZone(utc ? "utc" : "local")} rightSection={<IconWorld size={16} stroke={1.6} aria-hidden />}>
          Times in UTC
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUpload size={16} stroke={1.6} aria-hidden />} onClick={() => showOverlay("firstData")}>
          Send data here
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} stroke={1.6} aria-hidden />} rightSection={<kbd className={controls["kbd"]}>?</kbd>} onClick={() => showOverlay("shortcuts")}>
          Keyboard shortcuts
        </Menu.Item>
        {signedIn ? (
          <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} aria-hidden />} onClick={() => (setToken(undefined), location.reload())}>
            Forget the token
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
