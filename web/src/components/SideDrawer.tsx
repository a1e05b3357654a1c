// A drawer over the page: a dialog with a title and a close button, without landmarks of its own.
import { Drawer } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { IconButton } from "./IconButton";
import classes from "./SideDrawer.module.css";

interface SideDrawerProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** Width, px; never wider than the window. */
  size?: number;
  position?: "left" | "right";
  children: ReactNode;
}

/** The drawer. What has `data-autofocus` takes the focus when it opens. */
export function SideDrawer({ opened, onClose, title, size = 320, position = "right", children }: SideDrawerProps) {
  return (
    <Drawer.Root opened={opened} onClose={onClose} position={position} size={size} classNames={{ content: classes.content ?? "", body: classes.body ?? "" }}>
      <Drawer.Overlay />
      <Drawer.Content aria-label={title}>
        <div className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          <IconButton icon={IconX} label="Close" onClick={onClose} />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
