// How to send data to this server, as a dialog.
import type { ReactElement } from "react";
import { Dialog } from "@/shell/Dialog";
import { FirstData } from "@/shell/FirstData";
import { showOverlay } from "@/shell/overlays";

/** The dialog behind "Send data here". */
export function FirstDataDialog({ opened }: { readonly opened: boolean }): ReactElement {
  return (
    <Dialog opened={opened} onClose={() => showOverlay("firstData", false)} title="Send data here">
      <FirstData signal="spans" bare />
    </Dialog>
  );
}
