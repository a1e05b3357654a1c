// Where toasts appear.
import "@mantine/notifications/styles.layer.css";
import { Notifications } from "@mantine/notifications";
import type { ReactElement } from "react";
import classes from "./Toasts.module.css";

const SHOWN_MAX = 4;

/** The stack of toasts at the lower right; above the bar on narrow screens. */
export function Toasts(): ReactElement {
  return <Notifications limit={SHOWN_MAX} position="bottom-right" transitionDuration={120} withinPortal={false} className={classes["toasts"] ?? ""} />;
}
