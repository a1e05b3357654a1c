// How to send data to this server, as a dialog.
import { Modal } from "@mantine/core";
import type { ReactElement } from "react";
import { FirstData } from "@/shell/FirstData";
import { showOverlay } from "@/shell/overlays";

/** The dialog behind "Send data here". */
export function FirstDataDialog({ opened }: { readonly opened: boolean }): ReactElement {
  return (
    <Modal opened={opened} onClose={() => showOverlay(undefined)} title="Send data here" size="xl" closeButtonProps={{ "aria-label": "Close" }}>
      <FirstData signal="spans" bare />
    </Modal>
  );
}
