// Theme, zone, shortcuts, sending data, signing out: what is set once.
import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogout, IconSettings, IconUpload } from "@tabler/icons-react";
import { useSyncExternalStore, type ReactElement } from "react";
import { onToken, setToken, token } from "@/api/token";
import { Choice } from "@/shell/Choice";
import { Flyout } from "@/shell/Flyout";
import { showOverlay, useOverlay } from "@/shell/overlays";
import { useZone } from "@/shell/timeRange";
import controls from "./controls.module.css";
import classes from "./SettingsMenu.module.css";

const SCHEMES: readonly { readonly value: MantineColorScheme; readonly label: string }[] = [
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
  { value: "auto", label: "As the system" },
];
const ZONES = [
  { value: "local", label: "Local" },
  { value: "utc", label: "UTC" },
] as const;

function Entries(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { zone, setZone } = useZone();
  const signedIn = useSyncExternalStore(onToken, token) !== undefined;
  return (
    <div className={classes["panel"]}>
      <Choice title="Theme" value={colorScheme} options={SCHEMES} onChange={setColorScheme} focus />
      <Choice title="Times in" value={zone} options={ZONES} onChange={setZone} />
      <div className={classes["actions"]}>
        <button type="button" className={classes["action"]} onClick={() => showOverlay("firstData")}>
          <IconUpload size={16} stroke={1.6} aria-hidden /> Send data here
        </button>
        <button type="button" className={classes["action"]} onClick={() => showOverlay("shortcuts")}>
          <IconKeyboard size={16} stroke={1.6} aria-hidden /> Keyboard shortcuts <kbd className={controls["kbd"]}>?</kbd>
        </button>
        {signedIn ? (
          <button type="button" className={classes["action"]} onClick={() => (setToken(undefined), location.reload())}>
            <IconLogout size={16} stroke={1.6} aria-hidden /> Forget the token
          </button>
        ) : null}
      </div>
    </div>
  );
}

/** The settings at the right end of the header. */
export function SettingsMenu(): ReactElement {
  return (
    <Flyout
      opened={useOverlay("settings")}
      onOpened={(open) => showOverlay("settings", open)}
      title="Settings"
      buttonLabel="Theme, time zone and help"
      buttonTitle="Theme, time zone and help"
      buttonClass={`${controls["button"]} ${controls["icon"]}`}
      button={<IconSettings size={16} stroke={1.6} aria-hidden />}
    >
      <Entries />
    </Flyout>
  );
}
